/*
 * json_file.h - cJSON with limits, and with messages that name file and key.
 */
#ifndef ORA_JSON_FILE_H
#define ORA_JSON_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "orator/status.h"

/*
 * Parse a whole file of strict JSON, at most 64 MB, 64 levels deep and 8 Mi values; a key twice in
 * one object is refused. *out is owned: cJSON_Delete(). Numbers are doubles.
 *   ORATOR_E_IO, ORATOR_E_FORMAT (message has file and line), ORATOR_E_NOMEM
 */
orator_status ora_json_read(cJSON **out, const char *path);
orator_status ora_json_parse(cJSON **out, const char *text, size_t n, const char *name);

/*
 * Indented text, keys in their order, with a last newline; numbers read back with the same bits.
 * *out is owned (free()).
 *   ORATOR_E_INVALID  NaN, an infinity, or more than 64 levels
 *   ORATOR_E_NOMEM
 */
orator_status ora_json_print(char **out, const cJSON *json);

/* The same into a file, atomically. ORATOR_E_WRITE, and what ora_json_print() returns. */
orator_status ora_json_write(const cJSON *json, const char *path);

/* Append `s` in quotes, escaped. */
void ora_json_add_quoted(ora_text *t, const char *s);

/*
 * Add a member to `object`, null for NULL; bytes that are no UTF-8 (file names may have any) become
 * '?'. Where memory runs out the member is missing.
 */
void ora_json_add_text(cJSON *object, const char *key, const char *text);

/*
 * Typed members of the object `o`. `name` is the file, for messages. A missing or mistyped member
 * is ORATOR_E_FORMAT: "'subject.json': 'width' is missing, want a number". Whole numbers from 2^53
 * on are refused, for a double does not hold them exactly.
 */
orator_status ora_json_get_text(const char **out, const cJSON *o, const char *key,
                                const char *name); /* borrowed from o */
orator_status ora_json_get_i64(int64_t *out, const cJSON *o, const char *key, int64_t min,
                               int64_t max, const char *name);
orator_status ora_json_get_f64(double *out, const cJSON *o, const char *key, const char *name);
orator_status ora_json_get_bool(bool *out, const cJSON *o, const char *key, const char *name);
orator_status ora_json_get_object(cJSON **out, const cJSON *o, const char *key, const char *name);
orator_status ora_json_get_array(cJSON **out, const cJSON *o, const char *key, const char *name);

/* Array of exactly n numbers. */
orator_status ora_json_get_f64_array(double *out, int n, const cJSON *o, const char *key,
                                     const char *name);

/* Rational as text "24000/1001" or "25", both parts 1..2^31 - 1; not reduced. */
orator_status ora_json_get_rate(int64_t *num, int64_t *den, const cJSON *o, const char *key,
                                const char *name);

#endif /* ORA_JSON_FILE_H */
