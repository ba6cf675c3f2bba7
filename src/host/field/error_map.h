/*
 * error_map.h - where the field is wrong: over the head's box and over the frames.
 *
 * Both are running means of squared errors. Draws are half even and half in proportion to the
 * error, so that nothing is forgotten.
 */
#ifndef ORA_ERROR_MAP_H
#define ORA_ERROR_MAP_H

#include <stdint.h>

#include "base/rng_stream.h"
#include "orator/status.h"

enum { ORA_ERROR_SIDE = 32, ORA_ERROR_CELLS = ORA_ERROR_SIDE * ORA_ERROR_SIDE };

typedef struct ora_error_map {
    float *state; /* owned [CELLS + n_frames]: cells row by row, then frames; 0 = nothing known */
    double *sum;  /* owned [CELLS + n_frames] of the errors noted since the last finish         */
    int32_t *n;   /* owned [CELLS + n_frames]                                                   */
    int64_t
        n_state; /* CELLS + n_frames                                                           */
    double cell_end[ORA_ERROR_CELLS]; /* running sum of the cells' weights, for draws             */
    double *frame_end; /* owned [n_frames]                                          */
} ora_error_map;

/* ORATOR_E_NOMEM; clear it in any case. */
orator_status ora_error_map_init(ora_error_map *m, int64_t n_frames);
void ora_error_map_clear(ora_error_map *m);

/* A cell 0..CELLS-1. Needs prepare() after every change of the state. */
void ora_error_map_prepare(ora_error_map *m);
int32_t ora_error_map_draw_cell(const ora_error_map *m, ora_rng *r);

/*
 * n_out different ones of ids [n_ids] (ascending, n_out <= n_ids) into out [n_out].
 */
void ora_error_map_draw_frames(int32_t *out, int32_t n_out, ora_error_map *m, const int32_t *ids,
                               int32_t n_ids, ora_rng *r);

/* Note the squared error of a ray of `frame`; cell -1 = outside the head's box. */
void ora_error_map_note(ora_error_map *m, int32_t cell, int32_t frame, float sq_error);

/* Take what was noted into the running means. */
void ora_error_map_finish(ora_error_map *m);

#endif /* ORA_ERROR_MAP_H */
