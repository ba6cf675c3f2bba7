#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"
#include "cpu/occupancy_notes.h"

enum { N = 12, CELLS = N * N * N };

static uint64_t bricks[CELLS / 64];
static float notes[CELLS];
static uint8_t near[CELLS];

TEST(occupancy_notes, keep_the_largest_weight_of_a_cell)
{
    const float position[6][3] = {{0, 0, 0}, {0.99f, 0.5f, 0.1f}, {0.98f, 0.51f, 0.09f},
                                  {1, 1, 1}, {1.1f, 0.5f, 0.5f},  {0.5f, NAN, 0.5f}};
    const float weight[6] = {0, 0.25f, 0.125f, 0.5f, 0.9f, 0.9f};
    double sum = 0;

    memset(notes, 0, sizeof notes);
    ora_occupancy_note(notes, N, position[0], weight, 6);
    CHECK(notes[(1 * N + 6) * N + 11] == 0.25f);
    CHECK(notes[CELLS - 1] == 0.5f);
    for (int i = 0; i < CELLS; i++)
        sum += (double)notes[i];
    CHECK(sum == 0.75);
}

/* Some cell within one step of (x, y, z) has a note of at least `threshold`. */
static bool is_near(int x, int y, int z, float threshold)
{
    for (int i = 0; i < 27; i++) {
        const int cx = x + i % 3 - 1;
        const int cy = y + i / 3 % 3 - 1;
        const int cz = z + i / 9 - 1;

        if (cx >= 0 && cx < N && cy >= 0 && cy < N && cz >= 0 && cz < N &&
            notes[(cz * N + cy) * N + cx] >= threshold)
            return true;
    }
    return false;
}

TEST(occupancy_notes, prune_keeps_a_margin_of_one_cell)
{
    ora_rng r = ora_rng_make(test_seed(), 3);
    ora_occupancy o = {N, bricks};
    static uint8_t want[CELLS];
    static float before[CELLS];
    int64_t n_want = 0;

    for (int i = 0; i < CELLS; i++) {
        notes[i] = ora_rng_below(&r, 60) == 0 ? ora_rng_f32(&r) : 0.01f * ora_rng_f32(&r);
        ora_occupancy_set(&o, i % N, i / N % N, i / N / N, ora_rng_below(&r, 4) != 0);
    }
    memcpy(before, notes, sizeof notes);
    for (int i = 0; i < CELLS; i++) {
        want[i] = is_near(i % N, i / N % N, i / N / N, 0.5f) &&
                  ora_occupancy_get(&o, i % N, i / N % N, i / N / N);
        n_want += want[i];
    }
    CHECK_I64(ora_occupancy_prune(&o, notes, 0.5f, 0.25f, near), n_want);
    CHECK(n_want > 20 && n_want < CELLS / 2);
    for (int i = 0; i < CELLS; i++) {
        CHECK_I64(ora_occupancy_get(&o, i % N, i / N % N, i / N / N), want[i]);
        CHECK(notes[i] == 0.25f * before[i]);
    }
}
