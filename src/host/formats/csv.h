/*
 * csv.h - comma-separated text, a row at a time, read as hostile input.
 *
 * Cells may be quoted ("" inside quotes is a quote); blanks around a cell do not count; lines end
 * in LF, CRLF or CR; a byte-order mark at the start and empty lines are skipped.
 */
#ifndef ORA_CSV_H
#define ORA_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

enum { ORA_CSV_MAX_CELLS = 4096 };

typedef struct ora_csv {
    const char *name; /* borrowed, for messages                                  */
    char *text;       /* owned copy, cut into cells in place                     */
    char *at, *end;   /* what is left of it                                      */
    char **cell;      /* [n_cells] of the current row, 0-terminated, in `text`   */
    int32_t n_cells;
    int32_t n_kept;    /* capacity of `cell`           */
    int64_t line;      /* of the current row, from 1   */
    int64_t next_line; /* where the next row begins    */
} ora_csv;

/* Start on text [n]. On failure there is nothing to clear. ORATOR_E_NOMEM, ORATOR_E_FORMAT (a 0). */
orator_status ora_csv_open(ora_csv *c, const char *text, size_t n, const char *name);
void ora_csv_clear(ora_csv *c);

/*
 * Step to the next row; *more is false when there is none.
 *   ORATOR_E_FORMAT  a quote that never ends or has text after it, too many cells
 */
orator_status ora_csv_next(ora_csv *c, bool *more);

/*
 * Cell `column` (from 0) of the current row as a number that fits a float.
 *   ORATOR_E_FORMAT  not there or not a number; the message has file, line and column
 */
orator_status ora_csv_number(double *out, const ora_csv *c, int32_t column);

#endif /* ORA_CSV_H */
