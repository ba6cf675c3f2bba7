/*
 * exr_input.h - an OpenEXR file in memory, opened by the C core and checked: what its header says
 * can be trusted as a size.
 */
#ifndef ORA_EXR_INPUT_H
#define ORA_EXR_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMATH_HALF_NO_LOOKUP_TABLE /* the table lives in a C++ library that is not linked */
#include <half.h>
#include <openexr.h>

#include "orator/status.h"

enum { ORA_EXR_MAX_CHANNELS = 1024 };

#define ORA_EXR_MAX_BYTES ((size_t)4 << 30)

typedef struct ora_exr_input {
    const unsigned char *bytes;
    size_t n;
    const char *name;
    char why[200]; /* last message of the core */
    exr_context_t ctx;
    exr_attr_box2i_t data, display;
    int32_t width, height; /* of the display window */
    const exr_attr_chlist_t *channels;
    exr_compression_t compression;
    int32_t to_sample[ORA_EXR_MAX_CHANNELS]; /* index in the pixel of the layer asked for, or -1 */
    float *lines;                            /* [lines of a chunk][data width][channels], owned   */
} ora_exr_input;

/* Fill what stands below `why` from bytes, n and name. ORATOR_E_FORMAT, _UNSUPPORTED, _NOMEM. */
orator_status ora_exr_input_open(ora_exr_input *in);
void ora_exr_input_close(ora_exr_input *in);

/* The core's failure `rc` as ours, with the core's last message. */
orator_status ora_exr_damaged(const ora_exr_input *in, exr_result_t rc);

/* Red, green, blue, white as x, y; false where the header has none. */
bool ora_exr_chromaticities(float out[4][2], const ora_exr_input *in);

#endif /* ORA_EXR_INPUT_H */
