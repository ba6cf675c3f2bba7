/*
 * print_json.h - a JSON result as lines for people.
 */
#ifndef ORA_PRINT_JSON_H
#define ORA_PRINT_JSON_H

#include <stdio.h>

/*
 * A clip as lines of what matters, with units; of anything else one line a member: names as they
 * are, arrays and small objects on one line, larger objects and members of arrays indented below.
 * `json` is valid JSON made by the library.
 */
void ora_print_json(FILE *out, const char *json);

/* How many members the array `key` of the object has; 0 where there is none. */
int ora_json_count(const char *json, const char *key);

#endif /* ORA_PRINT_JSON_H */
