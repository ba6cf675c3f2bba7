/*
 * json_schema.h - the part of JSON Schema that the schemas in data/schemas use: type, required,
 * properties, additionalProperties false, items, enum, const, minimum, minItems, oneOf, $ref to
 * "#/$defs/...".
 */
#ifndef ORA_JSON_SCHEMA_H
#define ORA_JSON_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * True when `value` is what `schema` describes; otherwise `why` [n] says where it is not. A keyword
 * that is not known is a fault of the schema, so that nothing is left unchecked.
 */
bool json_schema_holds(const cJSON *schema, const cJSON *value, char *why, size_t n);

#endif /* ORA_JSON_SCHEMA_H */
