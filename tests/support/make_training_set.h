/*
 * make_training_set.h - a small scene with a closed form, to train a field on in seconds.
 *
 * A ball of 80 mm with a coloured pattern and a mouth that opens, in front of a block of stripes
 * that sways, before a plate with a gradient; all frames in memory. The last eighth of the frames
 * is held out.
 */
#ifndef ORA_MAKE_TRAINING_SET_H
#define ORA_MAKE_TRAINING_SET_H

#include "field/training_set.h"

typedef struct test_scene {
    int32_t size; /* width and height of the pictures, pixels, >= 16 */
    int64_t n_frames;
    int32_t n_hull;     /* cells per axis */
    uint64_t ram_bytes; /* of the store, 0 = all frames */
} test_scene;

/* The set of `scene`; fails the running case when it cannot be made. Owned: clear it. */
void test_training_set_make(ora_training_set *out, const test_scene *scene);

#endif /* ORA_MAKE_TRAINING_SET_H */
