#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/checked.h"
#include "base/status_impl.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
enum { RED_ZONE_BYTES = 64 };
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { RED_ZONE_BYTES = 0 };
#endif

enum { ALIGN_BYTES = 64, HUGE_PAGE_BYTES = 2 << 20 };

struct ora_arena {
    const char *name; /* borrowed */
    unsigned char *data;
    size_t capacity, used, peak; /* bytes; used is a multiple of ALIGN_BYTES */
};

/* Rounded up to the alignment, red zone counted in; false where that wraps. */
static bool block_bytes(size_t *out, size_t n, size_t size)
{
    size_t bytes;

    if (!ora_mul_size(&bytes, n, size) || !ora_add_size(&bytes, bytes, ALIGN_BYTES - 1))
        return false;
    return ora_add_size(out, bytes / ALIGN_BYTES * ALIGN_BYTES, RED_ZONE_BYTES);
}

size_t ora_arena_need(size_t n, size_t size)
{
    size_t bytes;

    return block_bytes(&bytes, n, size) ? bytes : SIZE_MAX;
}

/*
 * Large memory in large pages where the system gives them: tables that are read all over miss the
 * translation cache less. NULL where there is none.
 */
static void *allocate(size_t capacity)
{
    size_t whole;
    void *data;

    if (capacity < 2 * (size_t)HUGE_PAGE_BYTES || !ora_add_size(&whole, capacity, HUGE_PAGE_BYTES))
        return aligned_alloc(ALIGN_BYTES, capacity);
    whole = whole / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
    data = aligned_alloc(HUGE_PAGE_BYTES, whole);
    if (data)
        (void)madvise(data, whole, MADV_HUGEPAGE); /* a wish: small pages do too */
    return data;
}

orator_status ora_arena_open(ora_arena **out, const char *name, size_t capacity_bytes)
{
    ora_arena *a = NULL;
    size_t capacity;

    *out = NULL;
    if (ora_add_size(&capacity, capacity_bytes, ALIGN_BYTES)) {
        capacity = capacity / ALIGN_BYTES * ALIGN_BYTES; /* never 0 */
        a = calloc(1, sizeof *a);
    }
    if (a) {
        a->name = name;
        a->capacity = capacity;
        a->data = allocate(capacity);
    }
    if (!a || !a->data) {
        free(a);
        return ora_fail(ORATOR_E_NOMEM, "no memory for the arena '%s' of %zu bytes", name,
                        capacity_bytes);
    }
    POISON(a->data, a->capacity);
    *out = a;
    return ORATOR_OK;
}

void ora_arena_close(ora_arena **a)
{
    if (!*a)
        return;
    UNPOISON((*a)->data, (*a)->capacity);
    free((*a)->data);
    free(*a);
    *a = NULL;
}

void *ora_arena_take(ora_arena *a, size_t n, size_t size)
{
    unsigned char *p = a->data + a->used;
    size_t bytes;

    if (!block_bytes(&bytes, n, size)) {
        (void)ora_fail(ORATOR_E_NOMEM, "arena '%s': %zu x %zu bytes is no size", a->name, n, size);
        return NULL;
    }
    if (bytes > a->capacity - a->used) {
        (void)ora_fail(ORATOR_E_NOMEM, "arena '%s': %zu bytes do not fit, %zu of %zu are used",
                       a->name, bytes, a->used, a->capacity);
        return NULL;
    }
    UNPOISON(p, n * size);
    memset(p, 0, n * size);
    a->used += bytes;
    if (a->used > a->peak)
        a->peak = a->used;
    return p;
}

size_t ora_arena_mark(const ora_arena *a)
{
    return a->used;
}

void ora_arena_rewind(ora_arena *a, size_t mark)
{
    assert(mark <= a->used);
    POISON(a->data + mark, a->used - mark);
    a->used = mark;
}

size_t ora_arena_used(const ora_arena *a)
{
    return a->used;
}

size_t ora_arena_peak(const ora_arena *a)
{
    return a->peak;
}
