/*
 * image_to_frame.h - an RGB(A) picture as the code values an encoder takes.
 *
 * Own arithmetic with one rounding at the end: libswscale's way from 16 bits to 10 is up to 3.7
 * codes off in luma, 1.7 too high on average (docs/pitfalls.md).
 */
#ifndef ORA_IMAGE_TO_FRAME_H
#define ORA_IMAGE_TO_FRAME_H

#include <libavutil/frame.h>

#include "core/image.h"

typedef struct ora_frame_maker ora_frame_maker;

/*
 * For pictures of width x height. `format` is planar YUV(A) of 8..16 bits with whole, 4:2:2 or
 * 4:2:0 chroma, planar GBR(A) of 16 bits, or BGR0 or BGRA. `colour` is complete; its matrix and
 * range say how YUV is made. Chroma lies on the left luma sample, between the lines for 4:2:0.
 *   ORATOR_E_INVALID  a format or matrix of another kind
 *   ORATOR_E_NOMEM
 */
orator_status ora_frame_maker_open(ora_frame_maker **out, enum AVPixelFormat format, int32_t width,
                                   int32_t height, ora_colour colour);
void ora_frame_maker_close(ora_frame_maker **m);

/*
 * A writable, tagged frame with the picture in it, borrowed until the next call or close. Grey is
 * spread over R, G, B; alpha is taken as it is; a picture without alpha is opaque. Values outside
 * 0..1 are clipped.
 *   ORATOR_E_INVALID  another size
 *   ORATOR_E_NOMEM
 */
orator_status ora_frame_maker_make(ora_frame_maker *m, AVFrame **out, const ora_image *img);

#endif /* ORA_IMAGE_TO_FRAME_H */
