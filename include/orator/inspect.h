/*
 * inspect.h - what a file is, in one JSON object.
 */
#ifndef ORATOR_INSPECT_H
#define ORATOR_INSPECT_H

#include "orator/context.h"
#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Examine any file or folder orator knows: clip, numbered sequence, sound, PNG, EXR, npy,
 * safetensors, motion track, curve file, landmark file, subject folder. Clips are decoded whole.
 * On success *json is owned by the caller, to be released with orator_string_free(); its schema
 * is data/schemas/info.schema.json. On failure *json is NULL.
 *   ORATOR_E_IO, ORATOR_E_FORMAT, ORATOR_E_UNSUPPORTED, ORATOR_E_CHECKPOINT (damaged weights)
 */
orator_status orator_inspect(char **json, orator_context *ctx, const char *path);

/* Release a string that orator returned as owned; NULL is fine. */
void orator_string_free(char *s);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_INSPECT_H */
