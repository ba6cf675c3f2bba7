/*
 * colour.h - what a picture's numbers mean: primaries, transfer, matrix, range.
 *
 * Values are those of ITU-T H.273, so they equal FFmpeg's. 2 = unspecified everywhere.
 */
#ifndef ORA_COLOUR_H
#define ORA_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

enum { ORA_COLOUR_UNSPECIFIED = 2 };

typedef enum ora_colour_range {
    ORA_RANGE_UNSPECIFIED = 0,
    ORA_RANGE_LIMITED = 1, /* 8-bit luma 16..235 */
    ORA_RANGE_FULL = 2
} ora_colour_range;

typedef struct ora_colour {
    int32_t primaries; /* 1 BT.709, 5 BT.601-625, 6 BT.601-525, 9 BT.2020, 12 P3-D65, ... */
    int32_t transfer;  /* 1 BT.709, 6 BT.601, 8 linear, 13 sRGB, 14/15 BT.2020, 16 PQ, 18 HLG */
    int32_t matrix;    /* 0 RGB, 1 BT.709, 5 BT.601-625, 6 BT.601-525, 9 BT.2020 ncl      */
    ora_colour_range range;
} ora_colour;

/* True when none of the four is unspecified. */
bool ora_colour_is_complete(ora_colour c);

/*
 * Fill what is unspecified the way broadcasters read untagged pictures: RGB sources sRGB; up to 576
 * lines and 1024 columns BT.601 (525 up to 486 lines, else 625), else BT.709; YUV limited, RGB full.
 * A matrix or primaries of BT.601, 709 or 2020 that are known count more than the size. *guessed
 * tells whether anything had to be filled, so that the caller can warn.
 */
ora_colour ora_colour_complete(ora_colour c, int32_t width, int32_t height, bool is_rgb,
                               bool *guessed);

/* "bt709", "bt2020nc", "unspecified" ...; static, never NULL. FFmpeg's spelling, but for "unspecified". */
const char *ora_colour_primaries_name(int32_t v);
const char *ora_colour_transfer_name(int32_t v);
const char *ora_colour_matrix_name(int32_t v);
const char *ora_colour_range_name(ora_colour_range v); /* "tv", "pc", "unspecified" */

/* Code of a name above, or -1; "unknown" counts as "unspecified". */
int32_t ora_colour_primaries_code(const char *name);
int32_t ora_colour_transfer_code(const char *name);
int32_t ora_colour_matrix_code(const char *name);
int32_t ora_colour_range_code(const char *name);

/*
 * CIE xy of the primaries: [R, G, B, white][x, y]. False for codes without chromaticities.
 * ITU-R BT.709, BT.601, BT.2020, SMPTE RP 431/432.
 */
bool ora_colour_chromaticities(float out[4][2], int32_t primaries);

/* Code of the primaries with these chromaticities within 0.001, else unspecified. */
int32_t ora_colour_primaries_of(const float xy[4][2]);

/*
 * One component, encoded 0..1 <-> linear light (1 = reference white; PQ: 1 = 10000 cd/m2, HLG: scene
 * light). Transfers 1, 6, 14, 15 use the inverse of the camera curve (scene light). NaN for a
 * transfer we do not know; ask ora_transfer_is_known(). Negative values mirror positive ones.
 */
bool ora_transfer_is_known(int32_t transfer);
double ora_transfer_to_linear(int32_t transfer, double v);
double ora_transfer_from_linear(int32_t transfer, double v);

#endif /* ORA_COLOUR_H */
