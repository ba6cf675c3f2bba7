/*
 * rational.h - exact time: rates and time stamps as int64 fractions.
 */
#ifndef ORA_RATIONAL_H
#define ORA_RATIONAL_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/status.h"

/* num / den in lowest terms, den >= 1. {0, 1} is zero; {0, 0} means "unknown". */
typedef struct ora_rational {
    int64_t num, den;
} ora_rational;

/* Lowest terms with a positive denominator; {0, 0} when den is 0 or the result does not fit. */
ora_rational ora_rational_make(int64_t num, int64_t den);

bool ora_rational_is_known(ora_rational r);

/* -1, 0, 1; exact (128-bit products). Unknown comes before everything known. */
int ora_rational_compare(ora_rational a, ora_rational b);

/* Exact where the result fits int64 / int64; {0, 0} otherwise. */
ora_rational ora_rational_add(ora_rational a, ora_rational b);
ora_rational ora_rational_sub(ora_rational a, ora_rational b);
ora_rational ora_rational_mul(ora_rational a, ora_rational b);
ora_rational ora_rational_div(ora_rational a, ora_rational b);

/* NaN when unknown. */
double ora_rational_to_f64(ora_rational r);

/* Nearest integer to n * r, halves away from zero; saturates; 0 when r is unknown. */
int64_t ora_rational_scale(int64_t n, ora_rational r);

/*
 * A frame rate from text: "25", "24000/1001", "29.97". Decimals close to a film or television rate
 * (23.976, 29.97, 47.952, 59.94, 119.88) become the exact n*1000/1001.
 *   ORATOR_E_INVALID  not a rate, or outside 1/1000 .. 100000
 */
orator_status ora_rate_parse(ora_rational *out, const char *text);

/* "25", "24000/1001", "unknown". `out` holds 48 bytes. */
void ora_rational_print(char *out, ora_rational r);

/* The film and television rate within 0.05 % of `measured` fps, else {0, 0}. */
ora_rational ora_rate_nearest_standard(double measured);

/* round(duration x rate): the documented frame count of a job; 0 when either is not positive. */
int64_t ora_rate_frame_count(ora_rational duration_sec, ora_rational rate);

#endif /* ORA_RATIONAL_H */
