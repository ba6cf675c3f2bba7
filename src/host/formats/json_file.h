/*
 * json_file.h - cJSON with limits, and with messages that name file and key.
 */
#ifndef ORA_JSON_FILE_H
#define ORA_JSON_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

/*
 * Parse a whole file, at most 64 MB and 64 levels deep. *out is owned: cJSON_Delete().
 *   ORATOR_E_IO, ORATOR_E_FORMAT (message has file and line)
 */
orator_status ora_json_read(cJSON **out, const char *path);
orator_status ora_json_parse(cJSON **out, const char *text, size_t n, const char *name);

/* Write indented, keys in their order, with a last newline, atomically. */
orator_status ora_json_write(const cJSON *json, const char *path);

/*
 * Typed members of the object `o`. `name` is the file, for messages. A missing or mistyped member
 * is ORATOR_E_FORMAT: "'subject.json': 'width' is missing, want a number".
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

/* Rational as text "24000/1001". */
orator_status ora_json_get_rate(int64_t *num, int64_t *den, const cJSON *o, const char *key,
                                const char *name);

#endif /* ORA_JSON_FILE_H */
