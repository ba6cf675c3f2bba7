#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "field/frame_store.h"

enum { W = 6, H = 4, BYTES = W * H * ORA_STORE_CHANNELS, N = 300, SLOTS = 80, STEP = 3 };

/* Frames 0, 3, 6, ... whose pixels say their id. */
typedef struct fake_source {
    int64_t n, at, fails_at, n_given;
    int n_rewound, n_closed;
} fake_source;

static void paint(uint8_t *pixels, int64_t id)
{
    for (int i = 0; i < BYTES; i++)
        pixels[i] = (uint8_t)(id * 31 + id / 256 + i);
}

static orator_status fake_next(void *self, uint8_t *pixels, int64_t *id)
{
    fake_source *f = self;

    if (f->n_given++ == f->fails_at)
        return ora_fail(ORATOR_E_FORMAT, "fake damage");
    *id = STEP * f->at;
    paint(pixels, *id);
    f->at = (f->at + 1) % f->n;
    return ORATOR_OK;
}

static orator_status fake_rewind(void *self)
{
    fake_source *f = self;

    f->at = 0;
    f->n_rewound++;
    return ORATOR_OK;
}

static void fake_close(void *self)
{
    fake_source *f = self;

    f->n_closed++;
}

static ora_frame_source source_of(fake_source *f, int64_t n)
{
    *f = (fake_source){.n = n, .fails_at = -1};
    return (ora_frame_source){f, fake_next, fake_rewind, fake_close, W, H, n};
}

static ora_frame_store *open_store(fake_source *f, uint64_t seed)
{
    const ora_frame_source source = source_of(f, N);
    ora_frame_store *s = NULL;

    CHECK_OK(ora_frame_store_open(&s, NULL, &source, STEP * N, (SLOTS + 1) * BYTES, seed));
    CHECK(!ora_frame_store_is_whole(s));
    return s;
}

/* Ids ascend, and each resident frame, and no other, has its own pixels. */
static void check_store(const ora_frame_store *s, int32_t want)
{
    int32_t n = 0, at = 0;
    const int32_t *ids = ora_frame_store_resident(s, &n);

    CHECK_I64(n, want);
    for (int64_t id = -1; id <= STEP * N; id++) {
        const uint8_t *pixels = ora_frame_store_get(s, id);
        uint8_t painted[BYTES];

        CHECK((pixels != NULL) == (at < n && ids[at] == id));
        if (!pixels)
            continue;
        paint(painted, id);
        CHECK(memcmp(pixels, painted, BYTES) == 0);
        at++;
    }
    CHECK_I64(at, n);
}

static bool is_equal(const ora_frame_store *a, const ora_frame_store *b)
{
    int32_t n_a = 0, n_b = 0;
    const int32_t *ids_a = ora_frame_store_resident(a, &n_a);
    const int32_t *ids_b = ora_frame_store_resident(b, &n_b);

    return n_a == n_b && memcmp(ids_a, ids_b, (size_t)n_a * sizeof *ids_a) == 0;
}

TEST(frame_store, all_frames_stay_where_they_fit)
{
    fake_source f;
    const ora_frame_source source = source_of(&f, 10);
    ora_frame_store *s = NULL;

    CHECK_OK(ora_frame_store_open(&s, NULL, &source, STEP * N, 10 * BYTES, 1));
    CHECK(ora_frame_store_is_whole(s));
    check_store(s, 10);
    CHECK_OK(ora_frame_store_advance(s, 1000000));
    CHECK_I64(f.n_given, 10);
    check_store(s, 10);
    ora_frame_store_close(&s);
    CHECK_I64(f.n_closed, 1);
}

TEST(frame_store, arrivals_take_the_places_of_others)
{
    fake_source f, g;
    ora_frame_store *s = open_store(&f, 1), *t = open_store(&g, 2);
    bool has_late = false;

    check_store(s, SLOTS);
    CHECK(!is_equal(s, t));
    CHECK_I64(f.n_given, N);
    for (int n = 0; n <= 3 * N; n += 50) {
        CHECK_OK(ora_frame_store_advance(s, n));
        check_store(s, SLOTS);
        has_late = has_late || ora_frame_store_get(s, STEP * (N - 1));
    }
    CHECK(has_late);
    CHECK_OK(ora_frame_store_advance(t, 3 * N));
    CHECK(!is_equal(s, t));
    ora_frame_store_close(&s);
    ora_frame_store_close(&t);
}

/* What the first pass leaves is no part of the clip more than another. */
TEST(frame_store, first_pass_chooses_evenly)
{
    int n_seen[4] = {0};

    for (uint64_t seed = 1; seed <= 40; seed++) {
        fake_source f;
        ora_frame_store *s = open_store(&f, seed);
        int32_t n_ids = 0;
        const int32_t *ids = ora_frame_store_resident(s, &n_ids);

        for (int32_t i = 0; i < n_ids; i++)
            n_seen[ids[i] * 4 / (STEP * N)]++;
        ora_frame_store_close(&s);
    }
    /* 3200 draws in four quarters: 800 each, standard deviation 21 */
    for (int i = 0; i < 4; i++)
        CHECK(n_seen[i] > 700 && n_seen[i] < 900);
}

/* Every frame is resident about equally often. */
TEST(frame_store, frames_come_by_evenly)
{
    fake_source f;
    ora_frame_store *s = open_store(&f, 3);
    int n_seen[STEP * N] = {0};
    int least = 1 << 30, most = 0;

    for (int n = N; n < 161 * N; n += 120) {
        int32_t n_ids = 0;
        const int32_t *ids;

        CHECK_OK(ora_frame_store_advance(s, n));
        ids = ora_frame_store_resident(s, &n_ids);
        for (int32_t i = 0; i < n_ids; i++)
            n_seen[ids[i]]++;
    }
    for (int i = 0; i < STEP * N; i += STEP) {
        least = n_seen[i] < least ? n_seen[i] : least;
        most = n_seen[i] > most ? n_seen[i] : most;
    }
    /* 400 looks at 80 of 300 frames: 107 each; a stay lasts three or four looks */
    CHECK(least > 30 && most < 230);
    ora_frame_store_close(&s);
}

/* Whatever the way to a number of arrivals, the same frames lie there. */
TEST(frame_store, resumed_store_has_the_same_frames)
{
    static const int64_t places[] = {1,         SLOTS,         N - SLOTS,         N,
                                     2 * N - 7, 2 * N - SLOTS, 5 * N - SLOTS + 1, 17 * N + 13};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        fake_source f, g;
        ora_frame_store *walked = open_store(&f, 5), *jumped = open_store(&g, 5);

        for (int64_t n = 0; n < places[i]; n += 29)
            CHECK_OK(ora_frame_store_advance(walked, n));
        CHECK_OK(ora_frame_store_advance(walked, places[i]));
        CHECK_OK(ora_frame_store_advance(jumped, places[i]));
        CHECK(is_equal(walked, jumped));
        check_store(jumped, SLOTS);
        CHECK(g.n_given <= 5 * N);
        /* and it goes on alike */
        CHECK_OK(ora_frame_store_advance(walked, places[i] + 40));
        CHECK_OK(ora_frame_store_advance(jumped, places[i] + 40));
        CHECK(is_equal(walked, jumped));
        check_store(jumped, SLOTS);
        ora_frame_store_close(&walked);
        ora_frame_store_close(&jumped);
    }
}

TEST(frame_store, goes_back_by_reading_again)
{
    fake_source f, g;
    ora_frame_store *s = open_store(&f, 5), *t = open_store(&g, 5);

    CHECK_OK(ora_frame_store_advance(s, 150));
    CHECK_OK(ora_frame_store_advance(t, 90));
    CHECK_OK(ora_frame_store_advance(s, 90));
    CHECK(is_equal(s, t));
    check_store(s, SLOTS);
    CHECK_OK(ora_frame_store_advance(s, 12 * N));
    CHECK_OK(ora_frame_store_advance(t, 4 * N));
    CHECK_OK(ora_frame_store_advance(s, 4 * N));
    CHECK(is_equal(s, t));
    check_store(s, SLOTS);
    CHECK_OK(ora_frame_store_advance(s, 0));
    CHECK_OK(ora_frame_store_advance(t, 0));
    CHECK(is_equal(s, t));
    check_store(s, SLOTS);
    CHECK_STATUS(ora_frame_store_advance(s, -1), ORATOR_E_INVALID);
    ora_frame_store_close(&s);
    ora_frame_store_close(&t);
}

/* The clip in order, twice, and what is resident does not notice, then or later. */
TEST(frame_store, reads_the_clip_beside_what_is_resident)
{
    fake_source f, g;
    ora_frame_store *s = open_store(&f, 5), *t = open_store(&g, 5);
    uint8_t memory[7][BYTES], painted[BYTES];
    uint8_t *pixels[7];
    int32_t ids[7], n = 0;
    int64_t at = 0;

    for (int i = 0; i < 7; i++)
        pixels[i] = memory[i];
    for (int pass = 0; pass < 2; pass++) {
        do {
            CHECK_OK(ora_frame_store_read(s, pixels, ids, 7, &n));
            for (int32_t i = 0; i < n; i++, at++) {
                CHECK_I64(ids[i], STEP * (at % N));
                paint(painted, ids[i]);
                CHECK(memcmp(painted, pixels[i], BYTES) == 0);
            }
        } while (n > 0);
        CHECK_I64(at, (pass + 1) * N);
    }
    CHECK_OK(ora_frame_store_read(s, pixels, ids, 7, &n));
    check_store(s, SLOTS);
    CHECK(is_equal(s, t));
    CHECK_OK(ora_frame_store_advance(s, 100));
    CHECK_OK(ora_frame_store_advance(t, 100));
    CHECK(is_equal(s, t));
    check_store(s, SLOTS);
    CHECK_STATUS(ora_frame_store_read(s, pixels, ids, 7, &n), ORATOR_E_INVALID);
    ora_frame_store_close(&s);
    ora_frame_store_close(&t);
}

TEST(frame_store, too_little_memory_is_refused)
{
    fake_source f;
    ora_frame_source source = source_of(&f, N);
    ora_frame_store *s = NULL;

    CHECK_STATUS(ora_frame_store_open(&s, NULL, &source, STEP * N, 64 * BYTES, 1),
                 ORATOR_E_INVALID);
    CHECK_ERROR_HAS("6x4");
    CHECK(s == NULL);
    CHECK_I64(f.n_closed, 1);
    source = source_of(&f, N);
    CHECK_OK(ora_frame_store_open(&s, NULL, &source, STEP * N, 65 * BYTES, 1));
    check_store(s, 64);
    ora_frame_store_close(&s);
    source = source_of(&f, 0);
    CHECK_STATUS(ora_frame_store_open(&s, NULL, &source, STEP * N, 1 << 20, 1), ORATOR_E_INVALID);
}

TEST(frame_store, failures_of_the_source_pass_through)
{
    fake_source f;
    ora_frame_source source = source_of(&f, N);
    ora_frame_store *s = NULL;

    f.fails_at = 20;
    CHECK_STATUS(ora_frame_store_open(&s, NULL, &source, STEP * N, 65 * BYTES, 1), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("fake damage");
    CHECK_I64(f.n_closed, 1);
    source = source_of(&f, N);
    CHECK_STATUS(ora_frame_store_open(&s, NULL, &source, STEP * N / 2, 1 << 20, 1),
                 ORATOR_E_INTERNAL);
    source = source_of(&f, N);
    f.fails_at = N + 20;
    CHECK_OK(ora_frame_store_open(&s, NULL, &source, STEP * N, 65 * BYTES, 1));
    CHECK_STATUS(ora_frame_store_advance(s, 60), ORATOR_E_FORMAT);
    ora_frame_store_close(&s);
    CHECK_I64(f.n_closed, 1);
}
