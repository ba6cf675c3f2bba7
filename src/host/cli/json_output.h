/*
 * json_output.h - the one object that --json prints.
 */
#ifndef ORA_JSON_OUTPUT_H
#define ORA_JSON_OUTPUT_H

#include <cjson/cJSON.h>

#include "formats/json_file.h"
#include "orator/status.h"

/* Object that begins with "schema": "orator.<name>/<version>"; owned. NULL = no memory. */
cJSON *ora_json_output_new(const char *name, int version);

/* Words of "a b c" as an array of strings. */
void ora_json_add_words(cJSON *object, const char *key, const char *words);

/* Print to stdout and delete *json, on failure too. ORATOR_E_NOMEM. */
orator_status ora_json_output_print(cJSON **json);

#endif /* ORA_JSON_OUTPUT_H */
