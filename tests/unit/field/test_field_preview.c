/* Where the parts of the page lie, told by their pixels. */
#include "eval_scene.h"

static const ora_eval_params held_out = {
    .use = ORA_USE_VAL, .every = 1, .n_samples = 4, .n_supersample = 1};
static const int64_t ids[] = {22, 31, 39};

enum { STEP = SCENE_WIDTH + 2 /* from column to column */ };

static const uint8_t *pixel(const ora_image *img, int32_t x, int32_t y)
{
    return img->data + (size_t)y * img->stride_bytes + (size_t)x * 3;
}

TEST(field_preview, each_row_shows_truth_render_and_difference)
{
    eval_scene s;
    ora_image page = {0};
    int32_t row_height;

    eval_scene_open(&s);
    s.engine.error = 9;
    CHECK_OK(ora_field_preview(&page, &s.engine.base, &s.set, &held_out, ids, 3));
    CHECK_I64(page.height % 3, 0);
    row_height = page.height / 3;
    CHECK(row_height >= SCENE_HEIGHT);
    for (int32_t i = 0; i < 3; i++) {
        const uint8_t *truth = ora_frame_store_get(s.set.frames, ids[i]);

        for (int32_t y = 10; y < SCENE_HEIGHT; y += 3) { /* below the numbers */
            for (int32_t x = 0; x < SCENE_WIDTH; x += 5) {
                const uint8_t *want = truth + (y * SCENE_WIDTH + x) * ORA_STORE_CHANNELS;
                const int32_t at = i * row_height + y;

                for (int c = 0; c < 3; c++) {
                    CHECK_I64(pixel(&page, x, at)[c], want[c]);
                    CHECK_I64(pixel(&page, STEP + x, at)[c], want[c] + 9);
                    CHECK_I64(pixel(&page, 2 * STEP + x, at)[c], 36);
                }
            }
        }
    }
    ora_image_clear(&page);
    eval_scene_close(&s);
}

TEST(field_preview, mouth_and_eyes_stand_beside_four_times_as_large_truth_above_render)
{
    static const ora_region regions[] = {ORA_REGION_MOUTH, ORA_REGION_EYES};
    eval_scene s;
    ora_image page = {0};
    int32_t column = 3 * STEP;

    eval_scene_open(&s);
    s.engine.error = 9;
    CHECK_OK(ora_field_preview(&page, &s.engine.base, &s.set, &held_out, ids, 1));
    for (int r = 0; r < 2; r++) {
        const uint8_t *truth = ora_frame_store_get(s.set.frames, ids[0]);
        int32_t box[4];
        int32_t height;

        ora_training_set_box(&s.set, ids[0], regions[r], box);
        height = 4 * (box[3] - box[1]);
        for (int32_t y = 0; y < height; y += 5) {
            for (int32_t x = 0; x < 4 * (box[2] - box[0]); x += 3) {
                const uint8_t *want =
                    truth + ((box[1] + y / 4) * SCENE_WIDTH + box[0] + x / 4) * ORA_STORE_CHANNELS;

                CHECK_I64(pixel(&page, column + x, y)[1], want[1]);
                CHECK_I64(pixel(&page, column + x, height + 2 + y)[1], want[1] + 9);
            }
        }
        column += 4 * (box[2] - box[0]) + 2;
    }
    CHECK_I64(page.width, column - 2);
    ora_image_clear(&page);
    eval_scene_close(&s);
}

TEST(field_preview, a_frame_that_is_not_there_is_an_error)
{
    static const int64_t none[] = {SCENE_T - 1};
    eval_scene s;
    ora_image page = {0};

    eval_scene_open(&s);
    s.use[SCENE_T - 1] = ORA_USE_NONE;
    CHECK_STATUS(ora_field_preview(&page, &s.engine.base, &s.set, &held_out, none, 1),
                 ORATOR_E_INVALID);
    ora_image_clear(&page);
    eval_scene_close(&s);
}
