#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "field/checkpoint.h"

enum { ERRORS = 40, FRAMES = 3, CELLS = 8 };

static const ora_train_identity who = {"ball", "c0ffee", "settings", "data"};

static ora_field_engine_params params_of(int32_t n_levels)
{
    ora_field_engine_params p = {.n_occupancy = CELLS, .n_frames = FRAMES};

    p.model.head.n_planes = 3;
    p.model.head.n_levels = n_levels;
    p.model.head.n_features = 2;
    ora_grid_layout(&p.model.head, 4, 8, 0);
    p.model.torso.n_planes = 1;
    p.model.torso.n_levels = 2;
    p.model.torso.n_features = 2;
    ora_grid_layout(&p.model.torso, 4, 8, 0);
    ora_field_model_layout(&p.model);
    p.camera = (ora_field_camera){.focal = 100, .width = 32, .height = 32};
    return p;
}

static int64_t size_of(const ora_train_state *s, int b, int w)
{
    if (w == ORA_WHICH_MOMENT1 || w == ORA_WHICH_MOMENT2)
        return ora_field_moment_size(&s->params, (ora_field_block)b);
    return ora_field_block_size(&s->params, (ora_field_block)b);
}

static ora_train_state make(int seed)
{
    const ora_field_engine_params p = params_of(2);
    ora_train_state s;

    CHECK_OK(ora_train_state_init(&s, &p, ERRORS));
    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < 4; w++)
            for (int64_t i = 0; s.block[b][w] && i < size_of(&s, b, w); i++)
                s.block[b][w][i] = (w == ORA_WHICH_MOMENT2 ? 1 : 0) +
                                   (float)sin((double)(seed + 31 * b + 7 * w) + 0.1 * (double)i);
    for (int i = 0; i < CELLS * CELLS * CELLS; i++) {
        s.occupancy[i] = i % 3 == 0;
        s.weights[i] = (float)i;
    }
    for (int i = 0; i < ERRORS; i++)
        s.errors[i] = (float)(i + seed);
    for (int i = 0; i < 6 * FRAMES; i++)
        s.tracked[i] = (float)(i - seed);
    for (int i = 0; i < ORA_COUNTERS; i++)
        s.count[i] = i % 5;
    s.count[ORA_COUNT_SECONDS] = 12.5;
    s.count[ORA_COUNT_SCALE] = 0.25;
    return s;
}

static void check_same(const ora_train_state *a, const ora_train_state *b)
{
    CHECK(memcmp(a->count, b->count, sizeof a->count) == 0);
    for (int k = 0; k < ORA_BLOCK_COUNT; k++)
        for (int w = 0; w < 4; w++)
            CHECK(!a->block[k][w] || memcmp(a->block[k][w], b->block[k][w],
                                            (size_t)size_of(a, k, w) * sizeof(float)) == 0);
    CHECK(memcmp(a->occupancy, b->occupancy, CELLS * CELLS * CELLS) == 0);
    CHECK(memcmp(a->weights, b->weights, CELLS * CELLS * CELLS * sizeof(float)) == 0);
    CHECK(memcmp(a->errors, b->errors, ERRORS * sizeof(float)) == 0);
    CHECK(memcmp(a->tracked, b->tracked, 6 * FRAMES * sizeof(float)) == 0);
}

TEST(checkpoint, reads_back_bit_for_bit)
{
    const char *path = test_path("state.safetensors"), *again = test_path("again.safetensors");
    ora_train_state a = make(1), b = make(2);
    unsigned char *x = NULL, *y = NULL;
    size_t n_x = 0, n_y = 0;
    bool is_same = false;

    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_OK(ora_train_state_read(&b, &is_same, &who, path));
    CHECK(is_same);
    check_same(&a, &b);
    CHECK_OK(ora_train_state_write(&b, &who, again));
    CHECK_OK(ora_file_read_all(&x, &n_x, path, 1 << 24));
    CHECK_OK(ora_file_read_all(&y, &n_y, again, 1 << 24));
    CHECK(n_x == n_y && memcmp(x, y, n_x) == 0);
    free(x);
    free(y);
    ora_train_state_clear(&a);
    ora_train_state_clear(&b);
}

TEST(checkpoint, of_another_subject_clip_or_layout_is_refused)
{
    const char *path = test_path("whose.safetensors");
    const ora_train_identity other_subject = {"cube", "c0ffee", "settings", "data"};
    const ora_train_identity other_clip = {"ball", "decaf", "settings", "data"};
    const ora_train_identity other_settings = {"ball", "c0ffee", "else", "data"};
    const ora_train_identity other_data = {"ball", "c0ffee", "settings", "atad"};
    const ora_field_engine_params other_layout = params_of(1);
    ora_train_state a = make(1), b;
    bool is_same = true;

    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_STATUS(ora_train_state_read(&a, &is_same, &other_subject, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("subject_id is 'ball', want 'cube'");
    CHECK_STATUS(ora_train_state_read(&a, &is_same, &other_clip, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("clip_sha256");
    CHECK_STATUS(ora_train_state_read(&a, &is_same, &other_data, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("other data");
    CHECK_ERROR_HAS("--restart");
    CHECK_OK(ora_train_state_read(&a, &is_same, &other_settings, path));
    CHECK(!is_same);
    CHECK_OK(ora_train_state_init(&b, &other_layout, ERRORS));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("layout");
    ora_train_state_clear(&b);
    CHECK_OK(ora_train_state_init(&b, &a.params, ERRORS + 1));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("'errors' has 40 values, want 41");
    CHECK_STATUS(ora_train_state_read(&a, &is_same, &who, test_path("none")), ORATOR_E_IO);
    ora_train_state_clear(&a);
    ora_train_state_clear(&b);
}

/* Any byte of the data, and any cut, is noticed; bytes of the header are, or do no harm. */
TEST(checkpoint, damage_is_noticed)
{
    const char *path = test_path("good.safetensors"), *bad = test_path("bad.safetensors");
    ora_train_state a = make(1), b = make(1);
    unsigned char *bytes = NULL;
    size_t n = 0;
    bool is_same;

    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_OK(ora_file_read_all(&bytes, &n, path, 1 << 24));
    for (size_t i = 0; i < n; i += i < 6000 ? 7 : 9973) {
        orator_status st;

        bytes[i] ^= 0x10;
        test_write(bad, bytes, n);
        st = ora_train_state_read(&b, &is_same, &who, bad);
        CHECK(st == ORATOR_E_CHECKPOINT || (st == ORATOR_OK && i < 6000));
        if (st == ORATOR_OK)
            check_same(&a, &b);
        bytes[i] ^= 0x10;
    }
    for (size_t i = 0; i < n; i += 1 + n / 37) {
        test_write(bad, bytes, i);
        CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, bad), ORATOR_E_CHECKPOINT);
    }
    free(bytes);
    ora_train_state_clear(&a);
    ora_train_state_clear(&b);
}

TEST(checkpoint, values_that_make_no_sense_are_refused)
{
    static const struct {
        ora_counter i;
        double v;
    } odd[] = {
        {ORA_COUNT_STEP, 2.5},
        {ORA_COUNT_STEP, 1e10},
        {ORA_COUNT_BAD, 6},
        {ORA_COUNT_BAD, 1.5},
        {ORA_COUNT_DIVERGED, 1e9},
        {ORA_COUNT_ARRIVALS, 5e8},
        {ORA_COUNT_LOSS, (double)NAN},
        {ORA_COUNT_SECONDS, (double)INFINITY},
    };
    const char *path = test_path("odd.safetensors");
    ora_train_state a = make(1), b = make(1);
    bool is_same;

    a.block[ORA_BLOCK_GRID][0][5] = NAN;
    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("grid.value");
    a.block[ORA_BLOCK_GRID][0][5] = 0;
    a.count[ORA_COUNT_STEP] = -1;
    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("counter");
    a.count[ORA_COUNT_STEP] = 3;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        const double was = a.count[odd[i].i];

        a.count[odd[i].i] = odd[i].v;
        CHECK_OK(ora_train_state_write(&a, &who, path));
        CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
        a.count[odd[i].i] = was;
    }
    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_OK(ora_train_state_read(&b, &is_same, &who, path));
    a.block[ORA_BLOCK_POSE][ORA_WHICH_MOMENT2][1] = -1e-9f;
    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("pose.moment2");
    a.block[ORA_BLOCK_POSE][ORA_WHICH_MOMENT2][1] = 0;
    a.occupancy[7] = 2;
    CHECK_OK(ora_train_state_write(&a, &who, path));
    CHECK_STATUS(ora_train_state_read(&b, &is_same, &who, path), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("occupancy");
    ora_train_state_clear(&a);
    ora_train_state_clear(&b);
}
