#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "field/training_set.h"

enum { W = 96, H = 64 };

static void check_box(const int32_t box[4], int x0, int y0, int x1, int y1)
{
    CHECK_I64(box[0], x0);
    CHECK_I64(box[1], y0);
    CHECK_I64(box[2], x1);
    CHECK_I64(box[3], y1);
}

/* Landmarks of frame 1 lie in a row of 0.5 pixels a step at y = 20.25, frame 0 elsewhere. */
static ora_training_set make_set(void)
{
    ora_training_set s = {.n_frames = 2, .camera = {.width = W, .height = H}};

    s.points = calloc(2 * 2 * ORATOR_LANDMARKS, sizeof *s.points);
    for (int i = 0; i < ORATOR_LANDMARKS && s.points; i++) {
        s.points[2 * (ORATOR_LANDMARKS + i)] = 0.5f * (float)i;
        s.points[2 * (ORATOR_LANDMARKS + i) + 1] = 20.25f;
    }
    return s;
}

TEST(training_set, boxes_hold_their_landmarks_and_a_margin)
{
    ora_training_set s = make_set();
    int32_t box[4];

    ora_training_set_box(&s, 1, ORA_REGION_MOUTH, box); /* x 24 .. 33.5, 2 pixels around */
    check_box(box, 22, 18, 36, 23);
    ora_training_set_box(&s, 1, ORA_REGION_EYES, box); /* x 18 .. 23.5 */
    check_box(box, 16, 18, 26, 23);
    ora_training_set_box(&s, 1, ORA_REGION_FACE, box); /* x 0 .. 33.5, 4 around, clipped */
    check_box(box, 0, 16, 38, 25);
    ora_training_set_clear(&s);
}

TEST(training_set, boxes_stay_inside_the_picture)
{
    ora_training_set s = make_set();
    int32_t box[4];

    for (int i = 0; i < 2 * ORATOR_LANDMARKS; i++)
        s.points[i] = i % 2 ? 1e9f : -1e9f;
    ora_training_set_box(&s, 0, ORA_REGION_FACE, box);
    check_box(box, 0, H, 0, H);
    ora_training_set_clear(&s);
}

TEST(training_set, head_box_is_that_of_the_matte)
{
    ora_training_set s = make_set();
    uint8_t *pixels = calloc((size_t)W * H, ORA_STORE_CHANNELS);
    int32_t box[4];

    CHECK(pixels != NULL);
    ora_training_set_head_box(&s, pixels, box);
    check_box(box, 0, 0, 0, 0);
    memset(pixels, 127, (size_t)W * H * ORA_STORE_CHANNELS);
    ora_training_set_head_box(&s, pixels, box);
    check_box(box, 0, 0, 0, 0);
    pixels[(10 * W + 30) * ORA_STORE_CHANNELS + 3] = 128;
    pixels[(40 * W + 20) * ORA_STORE_CHANNELS + 3] = 255;
    pixels[(50 * W + 60) * ORA_STORE_CHANNELS + 4] = 255; /* torso */
    ora_training_set_head_box(&s, pixels, box);
    check_box(box, 20, 10, 31, 41);
    free(pixels);
    ora_training_set_clear(&s);
}

TEST(training_set, clear_of_an_empty_set_is_fine)
{
    ora_training_set s = {0};

    ora_training_set_clear(&s);
    ora_training_set_clear(&s);
}
