/*
 * frame_to_image.h - decoded frames as full-range RGB(A) pictures, upright.
 *
 *     y = (Y - y0) / ys,  u = (U - c0) / cs,  v = (V - c0) / cs
 *     R = y + 2 (1 - kr) v,  B = y + 2 (1 - kb) u,  G = (y - kr R - kb B) / (1 - kr - kb)
 *
 * ITU-T H.273 8.3, in f32 for every depth. swscale only brings chroma to the size of luma: its own
 * matrix is off by up to 1.5 code values of 8 bit (see docs/pitfalls.md).
 */
#ifndef ORA_FRAME_TO_IMAGE_H
#define ORA_FRAME_TO_IMAGE_H

#include <libavutil/frame.h>

#include "core/image.h"

/* How the stored picture turns into the upright one: transposed first, then flipped. */
typedef struct ora_orientation {
    bool is_transposed, flips_x, flips_y;
} ora_orientation;

/*
 * From a display matrix (9 values, 16.16 fixed point), rounded to right angles. *rotation_deg is
 * clockwise; *is_mirrored says that the picture is mirrored left-right after the rotation.
 */
ora_orientation ora_orientation_of_matrix(const int32_t matrix[9], int32_t *rotation_deg,
                                          bool *is_mirrored);

typedef struct ora_frame_converter ora_frame_converter;

/* ORATOR_E_NOMEM */
orator_status ora_frame_converter_open(ora_frame_converter **out, ora_orientation orientation);
void ora_frame_converter_close(ora_frame_converter **c);

/*
 * *img (reshaped to `sample`) shows `f`, read with the complete encoding `colour`. RGB, grey and
 * YUV of up to 16 bit and float; grey becomes RGB. Alpha is straight. F32 keeps what lies outside
 * 0..1. Allocates only when the shape or pixel format changes.
 *   ORATOR_E_UNSUPPORTED  a pixel format or matrix we have no formula for
 */
orator_status ora_frame_to_image(ora_frame_converter *c, ora_image *img, const AVFrame *f,
                                 ora_colour colour, ora_sample sample);

/* True for RGB and grey pixel formats, whose untagged range is full. */
bool ora_pixel_format_is_rgb(int pixel_format);

/*
 * Luma (or green, or the palette's green) of row y, 0..1 of full scale, into row [width]; `line` is
 * scratch [width].
 */
void ora_frame_luma_row(float *row, uint32_t *line, const AVFrame *f, int y);

#endif /* ORA_FRAME_TO_IMAGE_H */
