/*
 * sequence_writer.h - one PNG or EXR file a frame. Each file appears complete or not at all.
 */
#ifndef ORA_SEQUENCE_WRITER_H
#define ORA_SEQUENCE_WRITER_H

#include "media/video_writer.h"

typedef struct ora_sequence_writer ora_sequence_writer;

/* `params` are complete: codec, bits and colour chosen; borrowed until close. */
orator_status ora_sequence_writer_open(ora_sequence_writer **out, orator_context *ctx,
                                       const ora_video_writer_params *params);

/* Frame number i = 0, 1, ...; any encoding of colour; with more layers [n_more] in EXR. */
orator_status ora_sequence_writer_put(ora_sequence_writer *w, const ora_image *image, int64_t i,
                                      const ora_exr_layer *more, int32_t n_more);
void ora_sequence_writer_close(ora_sequence_writer **w);

#endif /* ORA_SEQUENCE_WRITER_H */
