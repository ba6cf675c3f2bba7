#include "support/alloc_fail.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/check.h"

enum { N_BUCKETS = 4096, MAX_CALLS = 100000 };

typedef enum call_kind { CALL_NONE, CALL_MEMORY, CALL_FILE, CALL_THREAD } call_kind;

/* A block that our code holds; those of libraries pass through free() unknown. */
typedef struct block {
    void *p;
    size_t n_bytes;
    struct block *next;
} block;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block *buckets[N_BUCKETS];
static int64_t n_blocks, n_block_bytes;

static atomic_int_fast64_t countdown; /* calls until the one that fails; <= 0: none */
static atomic_int failed_kind;        /* call_kind of the one that did              */
static atomic_int_fast64_t n_calls;   /* for memory                                 */

/* the names that the linker's --wrap asks for */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void __real_free(void *p);
FILE *__real_fopen64(const char *path, const char *mode);
FILE *__real_fdopen(int fd, const char *mode);
int __real_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
void __wrap_free(void *p);
FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);

static bool must_fail(call_kind kind)
{
    if (kind == CALL_MEMORY)
        atomic_fetch_add(&n_calls, 1);
    if (atomic_load(&countdown) <= 0 || atomic_fetch_sub(&countdown, 1) != 1)
        return false;
    atomic_store(&failed_kind, (int)kind);
    return true;
}

static block **bucket_of(const void *p)
{
    return &buckets[(uintptr_t)p / 16 % N_BUCKETS];
}

static void *remember(void *p, size_t n_bytes)
{
    block *b = p ? __real_malloc(sizeof *b) : NULL;

    if (!b)
        return p;
    (void)pthread_mutex_lock(&lock);
    *b = (block){p, n_bytes, *bucket_of(p)};
    *bucket_of(p) = b;
    n_blocks++;
    n_block_bytes += (int64_t)n_bytes;
    (void)pthread_mutex_unlock(&lock);
    return p;
}

static void forget(const void *p)
{
    block *found = NULL;

    (void)pthread_mutex_lock(&lock);
    for (block **at = bucket_of(p); *at; at = &(*at)->next)
        if ((*at)->p == p) {
            found = *at;
            *at = found->next;
            n_blocks--;
            n_block_bytes -= (int64_t)found->n_bytes;
            break;
        }
    (void)pthread_mutex_unlock(&lock);
    __real_free(found);
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *__wrap_malloc(size_t n)
{
    return must_fail(CALL_MEMORY) ? no_memory() : remember(__real_malloc(n), n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return must_fail(CALL_MEMORY) ? no_memory() : remember(__real_calloc(n, size), n * size);
}

void *__wrap_realloc(void *p, size_t n)
{
    void *grown;

    if (must_fail(CALL_MEMORY))
        return no_memory();
    if (p)
        forget(p); /* before another thread can get the same place */
    grown = __real_realloc(p, n);
    if (!grown && p && n > 0) /* still there */
        (void)remember(p, 0);
    return remember(grown, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
    return must_fail(CALL_MEMORY) ? no_memory() : remember(__real_aligned_alloc(align, n), n);
}

void __wrap_free(void *p)
{
    if (p)
        forget(p);
    __real_free(p);
}

/* what fopen() is called with _FILE_OFFSET_BITS=64 */
FILE *__wrap_fopen64(const char *path, const char *mode)
{
    if (must_fail(CALL_FILE)) {
        errno = EMFILE;
        return NULL;
    }
    return __real_fopen64(path, mode);
}

/* the file is open already, what is missing is memory */
FILE *__wrap_fdopen(int fd, const char *mode)
{
    return must_fail(CALL_MEMORY) ? no_memory() : __real_fdopen(fd, mode);
}

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
    return must_fail(CALL_THREAD) ? EAGAIN : __real_pthread_create(t, attr, fn, arg);
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */

int64_t alloc_calls(void)
{
    return (int64_t)atomic_load(&n_calls);
}

static int64_t count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int64_t n = 0;

    if (!d)
        return 0;
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n;
}

static bool is_right(call_kind kind, orator_status st, alloc_mode mode)
{
    if (mode == ALLOC_TOLERANT && st == ORATOR_OK)
        return true;
    if (kind == CALL_FILE)
        return st == ORATOR_E_IO || st == ORATOR_E_WRITE;
    return st == ORATOR_E_NOMEM;
}

int64_t alloc_fail_each(alloc_fail_fn *fn, void *arg, alloc_mode mode)
{
    orator_status st = fn(arg); /* once undisturbed: what is set up only once is set up here */

    if (st != ORATOR_OK)
        test_fail(__FILE__, __LINE__, "the sequence fails by itself: %s", orator_last_error());
    for (int64_t n = 1; n <= MAX_CALLS; n++) {
        const int64_t blocks = n_blocks;
        const int64_t bytes = n_block_bytes;
        const int64_t descriptors = count_descriptors();
        call_kind kind;

        atomic_store(&failed_kind, CALL_NONE);
        atomic_store(&countdown, n);
        st = fn(arg);
        atomic_store(&countdown, 0);
        kind = (call_kind)atomic_load(&failed_kind);
        if (n_blocks != blocks || count_descriptors() != descriptors)
            test_fail(__FILE__, __LINE__,
                      "call %" PRId64 " failed: %" PRId64 " blocks of %" PRId64
                      " bytes and %" PRId64 " descriptors are left",
                      n, n_blocks - blocks, n_block_bytes - bytes,
                      count_descriptors() - descriptors);
        if (kind == CALL_NONE) {
            if (st != ORATOR_OK)
                test_fail(__FILE__, __LINE__, "no call failed, yet: %s", orator_last_error());
            return n - 1;
        }
        if (!is_right(kind, st, mode))
            test_fail(__FILE__, __LINE__, "call %" PRId64 " (%s) failed, status '%s' (%s)", n,
                      kind == CALL_FILE     ? "fopen"
                      : kind == CALL_THREAD ? "pthread_create"
                                            : "memory",
                      orator_status_name(st), orator_last_error());
    }
    test_fail(__FILE__, __LINE__, "more than %d calls", MAX_CALLS);
}
