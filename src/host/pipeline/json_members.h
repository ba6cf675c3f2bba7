/*
 * json_members.h - members of JSON results.
 *
 * Texts are added with ora_json_add_text(). Where memory runs out a member is left out; callers
 * print the object, which then fails too.
 */
#ifndef ORA_JSON_MEMBERS_H
#define ORA_JSON_MEMBERS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/colour.h"
#include "core/rational.h"
#include "core/timecode.h"

void ora_member_i64(cJSON *o, const char *key, int64_t value);

/* null where the value is 0, which stands for unknown. */
void ora_member_known_i64(cJSON *o, const char *key, int64_t value);
void ora_member_f64(cJSON *o, const char *key, double value);
void ora_member_bool(cJSON *o, const char *key, bool value);

/* "24000/1001" and, as key + "_value", the number; null where unknown. */
void ora_member_rational(cJSON *o, const char *key, ora_rational r);

/* {primaries, transfer, matrix, range} by name. */
void ora_member_colour(cJSON *o, const char *key, ora_colour c);

/* "01:00:00:00", null where unknown. */
void ora_member_timecode(cJSON *o, const char *key, ora_timecode tc);
void ora_member_texts(cJSON *o, const char *key, char *const *values, int64_t n);
void ora_member_i64_array(cJSON *o, const char *key, const int64_t *values, int64_t n);

#endif /* ORA_JSON_MEMBERS_H */
