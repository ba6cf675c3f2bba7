#include "pipeline/json_members.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "formats/json_file.h"

void ora_member_i64(cJSON *o, const char *key, int64_t value)
{
    (void)cJSON_AddNumberToObject(o, key, (double)value);
}

void ora_member_known_i64(cJSON *o, const char *key, int64_t value)
{
    if (value != 0)
        ora_member_i64(o, key, value);
    else
        (void)cJSON_AddNullToObject(o, key);
}

void ora_member_f64(cJSON *o, const char *key, double value)
{
    (void)cJSON_AddNumberToObject(o, key, value);
}

void ora_member_bool(cJSON *o, const char *key, bool value)
{
    (void)cJSON_AddBoolToObject(o, key, value);
}

void ora_member_rational(cJSON *o, const char *key, ora_rational r)
{
    char value_key[64];
    char text[48];

    (void)snprintf(value_key, sizeof value_key, "%s_value", key);
    if (!ora_rational_is_known(r)) {
        (void)cJSON_AddNullToObject(o, key);
        (void)cJSON_AddNullToObject(o, value_key);
        return;
    }
    ora_rational_print(text, r);
    ora_json_add_text(o, key, text);
    ora_member_f64(o, value_key, ora_rational_to_f64(r));
}

void ora_member_colour(cJSON *o, const char *key, ora_colour c)
{
    cJSON *inner = cJSON_AddObjectToObject(o, key);

    ora_json_add_text(inner, "primaries", ora_colour_primaries_name(c.primaries));
    ora_json_add_text(inner, "transfer", ora_colour_transfer_name(c.transfer));
    ora_json_add_text(inner, "matrix", ora_colour_matrix_name(c.matrix));
    ora_json_add_text(inner, "range", ora_colour_range_name(c.range));
}

void ora_member_timecode(cJSON *o, const char *key, ora_timecode tc)
{
    char text[16];

    if (tc.is_known)
        ora_timecode_print(text, tc);
    ora_json_add_text(o, key, tc.is_known ? text : NULL);
}

void ora_member_texts(cJSON *o, const char *key, char *const *values, int64_t n)
{
    cJSON *array = cJSON_AddArrayToObject(o, key);

    for (int64_t i = 0; i < n; i++) {
        char *copy = ora_text_copy(values[i]);

        if (copy)
            ora_text_make_utf8(copy);
        (void)cJSON_AddItemToArray(array, copy ? cJSON_CreateString(copy) : NULL);
        free(copy);
    }
}

void ora_member_i64_array(cJSON *o, const char *key, const int64_t *values, int64_t n)
{
    cJSON *array = cJSON_AddArrayToObject(o, key);

    for (int64_t i = 0; i < n; i++)
        (void)cJSON_AddItemToArray(array, cJSON_CreateNumber((double)values[i]));
}
