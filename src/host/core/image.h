/*
 * image.h - a picture in memory: interleaved, full range, display-like encoding unless it says
 * linear.
 */
#ifndef ORA_IMAGE_H
#define ORA_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "core/colour.h"
#include "orator/status.h"

typedef enum ora_sample {
    ORA_SAMPLE_U8 = 1,  /* 0..255   */
    ORA_SAMPLE_U16 = 2, /* 0..65535 */
    ORA_SAMPLE_F32 = 4  /* 1.0 = reference white, may be outside 0..1 */
} ora_sample;           /* value = bytes per sample */

typedef enum ora_alpha {
    ORA_ALPHA_NONE = 0,
    ORA_ALPHA_STRAIGHT,
    ORA_ALPHA_PREMULTIPLIED
} ora_alpha;

/* [height][width][channels]; channels 1 = grey, 2 = grey alpha, 3 = RGB, 4 = RGBA. */
typedef struct ora_image {
    int32_t width, height; /* pixels, 1..ORA_IMAGE_MAX */
    int32_t channels;      /* 1..4 */
    ora_sample sample;
    ora_alpha alpha;
    ora_colour colour;   /* matrix is RGB (0), range full */
    size_t stride_bytes; /* from row to row */
    unsigned char *data; /* owned, 64-byte aligned */
} ora_image;

enum { ORA_IMAGE_MAX = 32768 };

/*
 * Storage for a picture; pixels are not initialised. Reuses `img`'s storage where it has the same
 * shape already, so a loop over frames allocates once. Start from a zeroed ora_image. Colour
 * becomes sRGB, alpha straight where there is a channel for it; the caller sets what differs. On
 * failure *img is empty.
 *   ORATOR_E_INVALID  a size outside 1..ORA_IMAGE_MAX
 *   ORATOR_E_NOMEM
 */
orator_status ora_image_shape(ora_image *img, int32_t width, int32_t height, int32_t channels,
                              ora_sample sample);

/* Free the storage and zero *img. */
void ora_image_clear(ora_image *img);

/* Deep copy; *dst is reshaped. Here and below dst and src are two objects. ORATOR_E_NOMEM. */
orator_status ora_image_copy(ora_image *dst, const ora_image *src);

/*
 * Other sample type, 8 <-> 16 bit by exact 257 scaling with rounding, float 0..1; float values
 * outside are clamped, NaN becomes 0. ORATOR_E_NOMEM.
 */
orator_status ora_image_convert_sample(ora_image *dst, const ora_image *src, ora_sample sample);

/*
 * Area-averaging reduction or bilinear enlargement, each axis on its own, of the values as stored
 * (straight alpha weighs its colour). ORATOR_E_NOMEM, ORATOR_E_INVALID.
 */
orator_status ora_image_resize(ora_image *dst, const ora_image *src, int32_t width, int32_t height);

#endif /* ORA_IMAGE_H */
