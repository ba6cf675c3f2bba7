#include "cli/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"
#include "formats/json_file.h"

/* Bytes of the UTF-8 character at s, 0 where there is none (overlong forms and surrogates count
 * as none). */
static size_t utf8_bytes(const unsigned char *s)
{
    size_t n;

    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        n = 2;
    else if (s[0] >= 0xe0 && s[0] <= 0xef)
        n = 3;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        n = 4;
    else
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void ora_json_add_text(cJSON *object, const char *key, const char *text)
{
    char *copy = text ? ora_text_copy(text) : NULL;
    size_t i = 0;

    if (!text)
        (void)cJSON_AddNullToObject(object, key);
    while (copy && copy[i]) {
        const size_t n = utf8_bytes((const unsigned char *)copy + i);

        if (n == 0)
            copy[i] = '?';
        i += n ? n : 1;
    }
    if (copy)
        (void)cJSON_AddStringToObject(object, key, copy);
    free(copy);
}

void ora_json_add_words(cJSON *object, const char *key, const char *words)
{
    cJSON *array = cJSON_AddArrayToObject(object, key);

    for (const char *s = words + strspn(words, " "); *s; s += strspn(s, " ")) {
        const size_t n = strcspn(s, " ");
        char *word = ora_text_format("%.*s", (int)n, s);

        if (word)
            (void)cJSON_AddItemToArray(array, cJSON_CreateString(word));
        free(word);
        s += n;
    }
}

cJSON *ora_json_output_new(const char *name, int version)
{
    cJSON *json = cJSON_CreateObject();
    char schema[64];

    (void)snprintf(schema, sizeof schema, "orator.%s/%d", name, version);
    (void)cJSON_AddStringToObject(json, "schema", schema);
    return json;
}

orator_status ora_json_output_print(cJSON **json)
{
    char *text = NULL;
    const orator_status st =
        *json ? ora_json_print(&text, *json) : ora_fail(ORATOR_E_NOMEM, "no memory for the result");

    if (st == ORATOR_OK)
        (void)fputs(text, stdout); /* the program checks stdout at its end */
    free(text);
    cJSON_Delete(*json);
    *json = NULL;
    return st;
}
