/*
 * alloc_fail.h - makes the n-th allocation of a sequence fail, for each n.
 *
 *     static orator_status open_and_close(void *arg)
 *     {
 *         orator_status st = ora_thing_open(&t, arg);
 *
 *         ora_thing_close(&t);
 *         return st;
 *     }
 *
 *     TEST(thing, survives_failed_allocations)
 *     {
 *         alloc_fail_each(open_and_close, path, ALLOC_STRICT);
 *     }
 *
 * Programs declared with orator_alloc_test() have malloc, calloc, realloc, aligned_alloc, free,
 * fopen, fdopen and pthread_create of our own code replaced by the linker; calls inside shared libraries
 * are not.
 */
#ifndef ORA_ALLOC_FAIL_H
#define ORA_ALLOC_FAIL_H

#include <stdint.h>

#include "orator/status.h"

typedef enum alloc_mode {
    ALLOC_STRICT,  /* each failed call makes the sequence fail */
    ALLOC_TOLERANT /* the sequence may also get by without it  */
} alloc_mode;

/* The sequence under test: releases all it took, whether it succeeds or not. */
typedef orator_status alloc_fail_fn(void *arg);

/*
 * Run fn with its first call failing, then its second, and so on, until it makes fewer calls. Fails
 * the test when fn does not return ORATOR_E_NOMEM (for fopen ORATOR_E_IO or ORATOR_E_WRITE), or
 * leaves memory or file descriptors behind. Returns the number of calls that were made to fail.
 */
int64_t alloc_fail_each(alloc_fail_fn *fn, void *arg, alloc_mode mode);

/* Calls for memory that our own code has made since the program started, on any thread. */
int64_t alloc_calls(void);

#endif /* ORA_ALLOC_FAIL_H */
