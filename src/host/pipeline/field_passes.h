/*
 * field_passes.h - what an engine renders, as the pictures that a writer takes.
 */
#ifndef ORA_FIELD_PASSES_H
#define ORA_FIELD_PASSES_H

#include "core/field_engine.h"
#include "media/video_writer.h"

typedef struct ora_field_passes {
    unsigned passes;
    bool has_plate, is_exr;
    bool is_layer; /* RGBA of head and torso alone, premultiplied; else RGB over a plate or black */
    ora_field_pixels pixels;   /* what the engine fills; its arrays are owned */
    ora_image picture;         /* for the writer, F32                         */
    ora_image alpha[2], depth; /* one channel, F32                            */
    ora_exr_layer more[3];     /* alpha.head, alpha.torso, depth              */
    int32_t n_more;
} ora_field_passes;

/* `passes` 0 = colour, and alpha where there is no plate. */
void ora_field_passes_plan(ora_field_passes *p, unsigned passes, bool has_plate);

/* ORATOR_E_INVALID: passes that the codec does not hold; `out` is for the message. Notes the codec. */
orator_status ora_field_passes_check(ora_field_passes *p, ora_codec codec, const char *out);

/* Storage, after the check; `bits` 32 = 32-bit channels. ORATOR_E_NOMEM. */
orator_status ora_field_passes_make(ora_field_passes *p, int32_t width, int32_t height,
                                    ora_colour colour, int32_t bits);

/* Pictures from the pixels. */
void ora_field_passes_fill(ora_field_passes *p);
void ora_field_passes_clear(ora_field_passes *p);

#endif /* ORA_FIELD_PASSES_H */
