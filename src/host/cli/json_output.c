#include "cli/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"

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
