/*
 * torso_pyramid.h - grey pictures of a frame at several sizes, with where its torso surely is.
 *
 * Level 0 is at most 256 pixels wide (whole blocks of the frame averaged, then smoothed with a
 * 3x3 binomial, so that bilinear lookups do not pull to whole pixels); each further level is half
 * as large. The mask is the torso's matte, at least 0.9 in every pixel it stands for, eroded.
 */
#ifndef ORA_TORSO_PYRAMID_H
#define ORA_TORSO_PYRAMID_H

#include <stdint.h>

#include "orator/status.h"

enum { ORA_TORSO_LEVELS = 4 };

typedef struct ora_torso_level {
    int32_t width, height; /* pixels                                                         */
    float scale;           /* pixels of this level in the frame's width                      */
    float *grey;           /* [height][width] 0..1                                           */
    uint8_t *mask;         /* [height][width] 1 = torso                                      */
} ora_torso_level;

typedef struct ora_torso_pyramid {
    int32_t frame_width, frame_height;
    int32_t block; /* pixels of the frame, each way, in one of level 0 */
    int32_t erode; /* pixels of level 0                                */
    int32_t n_levels;
    ora_torso_level level[ORA_TORSO_LEVELS];
    float *grey_work; /* [level 0] */
    uint8_t *mask_work;
    void *memory; /* owned; all of the above lies in it */
} ora_torso_pyramid;

/* For frames of this size. ORATOR_E_NOMEM: *p is then empty. */
orator_status ora_torso_pyramid_open(ora_torso_pyramid *p, int32_t width, int32_t height);
void ora_torso_pyramid_clear(ora_torso_pyramid *p);

/* Fill all levels from a frame of a frame store, [height][width][ORA_STORE_CHANNELS]. */
void ora_torso_pyramid_fill(ora_torso_pyramid *p, const uint8_t *pixels);

#endif /* ORA_TORSO_PYRAMID_H */
