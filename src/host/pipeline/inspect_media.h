/*
 * inspect_media.h - facts of clips, sounds, pictures and subject folders as JSON objects.
 *
 * Each adds its members to `o`. Schema: docs/formats.md, "JSON outputs".
 */
#ifndef ORA_INSPECT_MEDIA_H
#define ORA_INSPECT_MEDIA_H

#include <cjson/cJSON.h>

#include "orator/context.h"
#include "orator/status.h"

/* A clip or a sequence; decodes all of it. */
orator_status ora_inspect_clip(cJSON *o, orator_context *ctx, const char *path);
orator_status ora_inspect_sound(cJSON *o, orator_context *ctx, const char *path);
orator_status ora_inspect_png(cJSON *o, orator_context *ctx, const char *path);
orator_status ora_inspect_exr(cJSON *o, orator_context *ctx, const char *path);

/* A subject folder with every fault its check finds. */
orator_status ora_inspect_subject(cJSON *o, orator_context *ctx, const char *path);

#endif /* ORA_INSPECT_MEDIA_H */
