/*
 * field_source.h - pictures and mattes of a subject as training frames.
 */
#ifndef ORA_FIELD_SOURCE_H
#define ORA_FIELD_SOURCE_H

#include "field/frame_store.h"
#include "subject/subject_impl.h"

/* The pictures wanted, in what size. */
typedef struct ora_field_source_params {
    const uint8_t *use; /* [n_frames] not 0 = wanted, borrowed until the source is closed */
    int32_t width, height;
} ora_field_source_params;

/*
 * Frames with use[i] != 0 in order of their ids, clip and mattes decoded side by side and
 * area-averaged to width x height. `ctx` is borrowed until the source is closed, `s` is not.
 *   ORATOR_E_FORMAT  sizes that are not the subject's, mattes that are no lossless RGB, too few
 *                    frames: the message names the file
 *   ORATOR_E_IO, ORATOR_E_UNSUPPORTED, ORATOR_E_NOMEM
 */
orator_status ora_field_source_open(ora_frame_source *out, orator_context *ctx,
                                    const orator_subject *s, const ora_field_source_params *params);

#endif /* ORA_FIELD_SOURCE_H */
