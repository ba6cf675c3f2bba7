#include "support/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "formats/json_file.h"

/* What was read prints, and the print reads back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    cJSON *json = NULL, *again = NULL;
    char *text = NULL;

    if (ora_json_parse(&json, (const char *)data, n, "fuzz") == ORATOR_OK &&
        ora_json_print(&text, json) == ORATOR_OK &&
        ora_json_parse(&again, text, strlen(text), "fuzz") != ORATOR_OK)
        abort();
    free(text);
    cJSON_Delete(again);
    cJSON_Delete(json);
    return 0;
}
