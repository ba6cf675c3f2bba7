/*
 * checked.h - sizes that cannot wrap.
 */
#ifndef ORA_CHECKED_H
#define ORA_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b; false (and *out = 0) where the product does not fit. */
static inline bool ora_mul_size(size_t *out, size_t a, size_t b)
{
    if (__builtin_mul_overflow(a, b, out)) {
        *out = 0;
        return false;
    }
    return true;
}

/* *out = a + b; false (and *out = 0) where the sum does not fit. */
static inline bool ora_add_size(size_t *out, size_t a, size_t b)
{
    if (__builtin_add_overflow(a, b, out)) {
        *out = 0;
        return false;
    }
    return true;
}

/* *out = a * b for numbers read from a file; false where it does not fit or either is negative. */
static inline bool ora_mul_i64(int64_t *out, int64_t a, int64_t b)
{
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, out)) {
        *out = 0;
        return false;
    }
    return true;
}

#endif /* ORA_CHECKED_H */
