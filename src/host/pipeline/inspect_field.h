/*
 * inspect_field.h - facts of a trained field as a JSON object.
 */
#ifndef ORA_INSPECT_FIELD_H
#define ORA_INSPECT_FIELD_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "orator/context.h"
#include "orator/status.h"

/* True for a model folder, and for a tensor file that says it is a field. */
bool ora_inspect_field_is(const char *path);

/* Reads all of it, so a field that is damaged is ORATOR_E_CHECKPOINT. */
orator_status ora_inspect_field(cJSON *o, orator_context *ctx, const char *path);

#endif /* ORA_INSPECT_FIELD_H */
