/*
 * json_output.h - the one object that --json prints, and texts in it that are always valid UTF-8.
 */
#ifndef ORA_JSON_OUTPUT_H
#define ORA_JSON_OUTPUT_H

#include <cjson/cJSON.h>

#include "orator/status.h"

/* Object that begins with "schema": "orator.<name>/<version>"; owned. NULL = no memory. */
cJSON *ora_json_output_new(const char *name, int version);

/* Add a string; bytes that are no UTF-8 (file names may have any) become '?'. NULL is null. */
void ora_json_add_text(cJSON *object, const char *key, const char *text);

/* Words of "a b c" as an array of strings. */
void ora_json_add_words(cJSON *object, const char *key, const char *words);

/* Print to stdout and delete *json, on failure too. ORATOR_E_NOMEM. */
orator_status ora_json_output_print(cJSON **json);

#endif /* ORA_JSON_OUTPUT_H */
