#include "support/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/status_impl.h"

enum { N_ITEMS = 1003, CHUNK = 17, N_CHUNKS = (N_ITEMS - 1) / CHUNK + 1 };

static const int THREADS[] = {1, 2, 3, 8};

typedef struct sums {
    float of_chunk[N_CHUNKS];
    int seen[N_ITEMS];
    int n_threads;
} sums;

static orator_status add_up(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    sums *s = arg;
    float sum = 0.0f;

    if (i_thread < 0 || i_thread >= s->n_threads || first != i_chunk * CHUNK)
        return ora_fail(ORATOR_E_INTERNAL, "thread %d, chunk %d", i_thread, (int)i_chunk);
    for (int64_t i = first; i < end; i++) {
        s->seen[i]++;
        sum += 1.0f / (float)(i + 1);
    }
    s->of_chunk[i_chunk] = sum;
    return ORATOR_OK;
}

TEST(pool, every_item_is_done_once_and_the_bits_do_not_depend_on_the_threads)
{
    float want = 0.0f;

    for (size_t k = 0; k < 4; k++) {
        sums s = {.n_threads = THREADS[k]};
        ora_pool *p = NULL;
        float total = 0.0f;

        CHECK_OK(ora_pool_open(&p, THREADS[k]));
        CHECK_I64(ora_pool_threads(p), THREADS[k]);
        for (int round = 1; round <= 20; round++) {
            CHECK_OK(ora_pool_run(p, N_ITEMS, CHUNK, add_up, &s));
            for (int i = 0; i < N_ITEMS; i++)
                CHECK_I64(s.seen[i], round);
        }
        for (int c = 0; c < N_CHUNKS; c++)
            total += s.of_chunk[c];
        if (k == 0)
            want = total;
        CHECK(memcmp(&total, &want, sizeof total) == 0);
        ora_pool_close(&p);
        CHECK(p == NULL);
    }
}

static orator_status fail_some(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    (void)arg;
    (void)first;
    (void)end;
    (void)i_thread;
    if (i_chunk == 11 || i_chunk == 12 || i_chunk == 40)
        return ora_fail(i_chunk == 11 ? ORATOR_E_FORMAT : ORATOR_E_IO, "chunk %d", (int)i_chunk);
    return ORATOR_OK;
}

TEST(pool, the_reported_failure_is_the_first_in_chunk_order)
{
    for (size_t k = 0; k < 4; k++) {
        ora_pool *p = NULL;

        CHECK_OK(ora_pool_open(&p, THREADS[k]));
        for (int round = 0; round < 100; round++) {
            (void)ora_fail(ORATOR_E_IO, "stale");
            CHECK_STATUS(ora_pool_run(p, 60, 1, fail_some, NULL), ORATOR_E_FORMAT);
            CHECK_TEXT(orator_last_error(), "chunk 11");
        }
        ora_pool_close(&p);
    }
    CHECK_STATUS(ora_pool_run(NULL, 60, 1, fail_some, NULL), ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "chunk 11");
}

typedef struct nest {
    ora_pool *pool;
    int64_t n_inner[64];
    int outer_thread[64];
} nest;

typedef struct inner {
    int64_t n;
    int i_thread;
} inner;

static orator_status count_inner(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                 int i_thread)
{
    inner *me = arg;

    (void)i_chunk;
    me->n += end - first; /* no lock: a nested run stays on its thread */
    return i_thread == me->i_thread ? ORATOR_OK : ora_fail(ORATOR_E_INTERNAL, "other thread");
}

static orator_status run_inner(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    nest *me = arg;
    inner in = {.i_thread = i_thread};
    orator_status st = ora_pool_run(me->pool, 100, 7, count_inner, &in);

    (void)first;
    (void)end;
    me->n_inner[i_chunk] = in.n;
    return st;
}

TEST(pool, a_run_inside_a_chunk_stays_on_its_thread)
{
    for (size_t k = 0; k < 4; k++) {
        nest n = {0};

        CHECK_OK(ora_pool_open(&n.pool, THREADS[k]));
        CHECK_OK(ora_pool_run(n.pool, 64, 1, run_inner, &n));
        for (int i = 0; i < 64; i++)
            CHECK_I64(n.n_inner[i], 100);
        ora_pool_close(&n.pool);
    }
}

static void *run_many(void *arg)
{
    ora_pool *p = arg;
    sums s = {.n_threads = 3};
    int n_bad = 0;

    for (int round = 1; round <= 50; round++) {
        if (ora_pool_run(p, N_ITEMS, CHUNK, add_up, &s) != ORATOR_OK)
            n_bad++;
        for (int i = 0; i < N_ITEMS; i++)
            n_bad += s.seen[i] != round;
    }
    return n_bad == 0 ? arg : NULL;
}

TEST(pool, several_threads_may_share_one_pool)
{
    ora_pool *p = NULL;
    pthread_t threads[4];

    CHECK_OK(ora_pool_open(&p, 3));
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, run_many, p) == 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;

        CHECK(pthread_join(threads[i], &result) == 0);
        CHECK(result == p);
    }
    ora_pool_close(&p);
}

static orator_status note_range(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                int i_thread)
{
    int64_t *ends = arg;

    (void)i_thread;
    ends[2 * i_chunk] = first;
    ends[2 * i_chunk + 1] = end;
    return ORATOR_OK;
}

TEST(pool, borders_of_empty_and_enormous_jobs)
{
    ora_pool *p = NULL;
    int64_t ends[4] = {-1, -1, -1, -1};

    CHECK_OK(ora_pool_open(&p, 3));
    CHECK_OK(ora_pool_run(p, 0, 5, note_range, ends));
    CHECK_OK(ora_pool_run(p, -7, 5, note_range, ends));
    CHECK_I64(ends[0], -1);
    CHECK_OK(ora_pool_run(p, 3, INT64_MAX, note_range, ends));
    CHECK_I64(ends[0], 0);
    CHECK_I64(ends[1], 3);
    CHECK_OK(ora_pool_run(p, INT64_MAX, (int64_t)1 << 62, note_range, ends));
    CHECK_I64(ends[2], (int64_t)1 << 62);
    CHECK_I64(ends[3], INT64_MAX);
    ora_pool_close(&p);
    ora_pool_close(&p);
}

TEST(pool, thread_numbers_out_of_range_are_refused)
{
    ora_pool *p = NULL;

    CHECK_STATUS(ora_pool_open(&p, 0), ORATOR_E_INVALID);
    CHECK_STATUS(ora_pool_open(&p, -1), ORATOR_E_INVALID);
    CHECK_STATUS(ora_pool_open(&p, 257), ORATOR_E_INVALID);
    CHECK(p == NULL);
    CHECK_I64(ora_pool_threads(NULL), 1);
    CHECK(ora_pool_default_threads() >= 1 && ora_pool_default_threads() <= 256);
}

static orator_status look_at_mask(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                  int i_thread)
{
    sigset_t mask;

    (void)arg;
    (void)i_chunk;
    (void)first;
    (void)end;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if ((sigismember(&mask, SIGTERM) == 1) != (i_thread > 0))
        return ora_fail(ORATOR_E_INTERNAL, "thread %d", i_thread);
    return ORATOR_OK;
}

TEST(pool, signals_are_left_to_the_threads_of_the_program)
{
    ora_pool *p = NULL;

    CHECK_OK(ora_pool_open(&p, 4));
    for (int round = 0; round < 20; round++)
        CHECK_OK(ora_pool_run(p, 400, 1, look_at_mask, NULL));
    ora_pool_close(&p);
}
