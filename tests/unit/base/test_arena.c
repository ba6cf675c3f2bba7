#include "support/check.h"

#include <string.h>

#include "base/arena.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(p) (__asan_address_is_poisoned(p) != 0)
#define HAS_ASAN       1
#else
#define IS_POISONED(p) ((void)(p), false)
#define HAS_ASAN       0
#endif

TEST(arena, blocks_are_zeroed_aligned_and_apart)
{
    ora_arena *a = NULL;
    unsigned char *p;
    unsigned char *q;

    CHECK_OK(ora_arena_open(&a, "test", ora_arena_need(3, 7) + ora_arena_need(5, 4)));
    p = ora_arena_take(a, 3, 7);
    q = ora_arena_take(a, 5, 4);
    CHECK(p && q && q >= p + 21);
    CHECK_I64((uintptr_t)p % 64, 0);
    CHECK_I64((uintptr_t)q % 64, 0);
    for (int i = 0; i < 21; i++)
        CHECK_I64(p[i], 0);
    memset(p, 255, 21);
    memset(q, 255, 20);
    ora_arena_close(&a);
    CHECK(a == NULL);
    ora_arena_close(&a);
}

TEST(arena, need_is_enough_and_one_more_block_is_not_there)
{
    ora_arena *a = NULL;
    const size_t sizes[] = {1, 63, 64, 65, 1000};
    size_t need = 0;

    for (size_t i = 0; i < 5; i++)
        need += ora_arena_need(sizes[i], 1);
    CHECK_OK(ora_arena_open(&a, "frame", need));
    for (size_t i = 0; i < 5; i++)
        CHECK(ora_arena_take(a, sizes[i], 1) != NULL);
    CHECK_I64(ora_arena_used(a), need);
    CHECK(ora_arena_take(a, 100, 1) == NULL);
    CHECK_ERROR_HAS("arena 'frame'");
    CHECK_I64(ora_arena_used(a), need);
    ora_arena_close(&a);
}

TEST(arena, products_that_wrap_are_refused)
{
    ora_arena *a = NULL;

    CHECK_OK(ora_arena_open(&a, "test", 1024));
    CHECK(ora_arena_take(a, SIZE_MAX / 2, 3) == NULL);
    CHECK(ora_arena_take(a, SIZE_MAX, 1) == NULL);
    CHECK(ora_arena_take(a, SIZE_MAX - 60, 1) == NULL);
    CHECK_I64(ora_arena_need(SIZE_MAX / 2, 3), (int64_t)SIZE_MAX);
    CHECK_I64(ora_arena_used(a), 0);
    ora_arena_close(&a);
    CHECK_STATUS(ora_arena_open(&a, "huge", SIZE_MAX), ORATOR_E_NOMEM);
    CHECK(a == NULL);
}

TEST(arena, rewind_gives_the_same_place_again_zeroed)
{
    ora_arena *a = NULL;
    unsigned char *p;
    size_t mark;

    CHECK_OK(ora_arena_open(&a, "test", 4096));
    CHECK(ora_arena_take(a, 10, 1) != NULL);
    mark = ora_arena_mark(a);
    p = ora_arena_take(a, 100, 1);
    memset(p, 77, 100);
    CHECK(ora_arena_peak(a) > mark);
    ora_arena_rewind(a, mark);
    CHECK_I64(ora_arena_used(a), mark);
    CHECK(!HAS_ASAN || IS_POISONED(p));
    CHECK(ora_arena_take(a, 100, 1) == p);
    for (int i = 0; i < 100; i++)
        CHECK_I64(p[i], 0);
    CHECK_I64(ora_arena_peak(a), ora_arena_used(a));
    ora_arena_close(&a);
}

TEST(arena, red_zones_are_poisoned)
{
    ora_arena *a = NULL;
    unsigned char *p;
    unsigned char *q;

    if (!HAS_ASAN)
        SKIP("needs the address sanitizer");
    CHECK_OK(ora_arena_open(&a, "test", 4096));
    p = ora_arena_take(a, 64, 1);
    q = ora_arena_take(a, 10, 1);
    CHECK(!IS_POISONED(p) && !IS_POISONED(p + 63));
    CHECK(IS_POISONED(p + 64) && IS_POISONED(q - 1));
    CHECK(!IS_POISONED(q + 9) && IS_POISONED(q + 10) && IS_POISONED(q + 64));
    ora_arena_close(&a);
}
