#include "core/rational.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status_impl.h"

/* Products of two int64 fit with a bit to spare, so a sum of two products does too. */
__extension__ typedef __int128 wide;

enum { MAX_DECIMALS = 12 };

static const ora_rational UNKNOWN = {0, 0};
static const ora_rational RATE_MIN = {1, 1000};
static const ora_rational RATE_MAX = {100000, 1};

/* Rates of film and television, ascending. */
static const ora_rational STANDARD_RATES[] = {
    {24000, 1001}, {24, 1},       {25, 1}, {30000, 1001}, {30, 1},  {48000, 1001},  {48, 1},
    {50, 1},       {60000, 1001}, {60, 1}, {96, 1},       {100, 1}, {120000, 1001}, {120, 1},
};

enum { N_STANDARD_RATES = sizeof STANDARD_RATES / sizeof STANDARD_RATES[0] };

static wide gcd(wide a, wide b)
{
    if (a < 0)
        a = -a;
    while (b != 0) {
        const wide rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static ora_rational reduce(wide num, wide den)
{
    wide g;

    if (den == 0)
        return UNKNOWN;
    if (den < 0) {
        num = -num;
        den = -den;
    }
    g = gcd(num, den);
    num /= g;
    den /= g;
    if (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX)
        return UNKNOWN;
    return (ora_rational){(int64_t)num, (int64_t)den};
}

/* Nearest integer to n / d, halves away from zero; d > 0. */
static int64_t divide_round(wide n, wide d)
{
    const bool is_negative = n < 0;
    wide q;

    if (is_negative)
        n = -n;
    q = n / d;
    if (2 * (n % d) >= d)
        q++;
    if (is_negative)
        q = -q;
    return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

ora_rational ora_rational_make(int64_t num, int64_t den)
{
    return reduce(num, den);
}

bool ora_rational_is_known(ora_rational r)
{
    return r.den > 0;
}

int ora_rational_compare(ora_rational a, ora_rational b)
{
    const bool a_known = ora_rational_is_known(a);
    const bool b_known = ora_rational_is_known(b);
    wide left;
    wide right;

    if (!a_known || !b_known)
        return (int)a_known - (int)b_known;
    left = (wide)a.num * b.den;
    right = (wide)b.num * a.den;
    return left < right ? -1 : left > right ? 1 : 0;
}

ora_rational ora_rational_add(ora_rational a, ora_rational b)
{
    return reduce((wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den);
}

ora_rational ora_rational_sub(ora_rational a, ora_rational b)
{
    return reduce((wide)a.num * b.den - (wide)b.num * a.den, (wide)a.den * b.den);
}

ora_rational ora_rational_mul(ora_rational a, ora_rational b)
{
    return reduce((wide)a.num * b.num, (wide)a.den * b.den);
}

ora_rational ora_rational_div(ora_rational a, ora_rational b)
{
    return reduce((wide)a.num * b.den, (wide)a.den * b.num);
}

double ora_rational_to_f64(ora_rational r)
{
    return ora_rational_is_known(r) ? (double)r.num / (double)r.den : (double)NAN;
}

int64_t ora_rational_scale(int64_t n, ora_rational r)
{
    return ora_rational_is_known(r) ? divide_round((wide)n * r.num, r.den) : 0;
}

/* Digits at *s as a number, *s moved behind them; false without a digit or past int64. */
static bool take_digits(int64_t *out, const char **s)
{
    const char *c = *s;
    int64_t v = 0;

    for (; *c >= '0' && *c <= '9'; c++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *c - '0', &v))
            return false;
    if (c == *s)
        return false;
    *s = c;
    *out = v;
    return true;
}

/* n * 1000 / 1001 where `v` is a usual way to write it ("23.976", "23.98"), else unknown. */
static ora_rational snap_decimal(double v)
{
    for (int i = 0; i < N_STANDARD_RATES; i++) {
        const double exact = ora_rational_to_f64(STANDARD_RATES[i]);

        if (STANDARD_RATES[i].den != 1 && fabs(v - exact) <= 2e-4 * exact)
            return STANDARD_RATES[i];
    }
    return UNKNOWN;
}

/* "<whole>.<decimals>"; `s` stands behind the point. */
static ora_rational parse_decimals(int64_t whole, const char *s)
{
    size_t n = strspn(s, "0123456789");
    int64_t num = whole;
    int64_t den = 1;
    double v = (double)whole;
    double place = 0.1;
    ora_rational snapped;

    if (n == 0 || s[n])
        return UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        v += place * (s[i] - '0');
        place *= 0.1;
    }
    snapped = snap_decimal(v);
    if (ora_rational_is_known(snapped))
        return snapped;
    while (n > 0 && s[n - 1] == '0')
        n--;
    if (n > MAX_DECIMALS)
        return UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        den *= 10;
        if (__builtin_mul_overflow(num, 10, &num) || __builtin_add_overflow(num, s[i] - '0', &num))
            return UNKNOWN;
    }
    return ora_rational_make(num, den);
}

orator_status ora_rate_parse(ora_rational *out, const char *text)
{
    const char *s = text;
    ora_rational r = UNKNOWN;
    int64_t num = 0;
    int64_t den = 0;

    *out = UNKNOWN;
    if (take_digits(&num, &s)) {
        if (*s == 0) {
            r = ora_rational_make(num, 1);
        } else if (*s == '.') {
            r = parse_decimals(num, s + 1);
        } else if (*s == '/') {
            s++;
            if (take_digits(&den, &s) && *s == 0)
                r = ora_rational_make(num, den);
        }
    }
    if (!ora_rational_is_known(r))
        return ora_fail(ORATOR_E_INVALID,
                        "rate '%s', want frames per second such as 25, 29.97 or "
                        "24000/1001",
                        text);
    if (ora_rational_compare(r, RATE_MIN) < 0 || ora_rational_compare(r, RATE_MAX) > 0)
        return ora_fail(ORATOR_E_INVALID, "rate '%s', want 1/1000 .. 100000 frames per second",
                        text);
    *out = r;
    return ORATOR_OK;
}

void ora_rational_print(char *out, ora_rational r)
{
    if (!ora_rational_is_known(r))
        (void)snprintf(out, 48, "unknown");
    else if (r.den == 1)
        (void)snprintf(out, 48, "%lld", (long long)r.num);
    else
        (void)snprintf(out, 48, "%lld/%lld", (long long)r.num, (long long)r.den);
}

ora_rational ora_rate_nearest_standard(double measured)
{
    ora_rational best = UNKNOWN;
    double best_off = 5e-4;

    for (int i = 0; i < N_STANDARD_RATES; i++) {
        const double exact = ora_rational_to_f64(STANDARD_RATES[i]);
        const double off = fabs(measured - exact) / exact;

        if (off <= best_off) {
            best = STANDARD_RATES[i];
            best_off = off;
        }
    }
    return best;
}

int64_t ora_rate_frame_count(ora_rational duration_sec, ora_rational rate)
{
    if (!ora_rational_is_known(duration_sec) || !ora_rational_is_known(rate) ||
        duration_sec.num <= 0 || rate.num <= 0)
        return 0;
    return divide_round((wide)duration_sec.num * rate.num, (wide)duration_sec.den * rate.den);
}
