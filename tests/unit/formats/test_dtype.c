#include "support/check.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "formats/dtype.h"
#include "numerics/half.h"

/* Sign, exponent and fraction as IEEE 754 defines them; not the bit shuffle under test. */
static double by_definition(unsigned bits, int n_exponent, int n_fraction)
{
    const unsigned fraction = bits & ((1U << n_fraction) - 1);
    const unsigned exponent = bits >> n_fraction & ((1U << n_exponent) - 1);
    const int bias = (1 << (n_exponent - 1)) - 1;
    const double sign = bits >> (n_exponent + n_fraction) ? -1.0 : 1.0;

    if (exponent == (1U << n_exponent) - 1)
        return fraction ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0)
        return sign * ldexp((double)fraction, 1 - bias - n_fraction);
    return sign * ldexp((double)(fraction | 1U << n_fraction), (int)exponent - bias - n_fraction);
}

static void check_same(unsigned bits, float got, double want)
{
    if (isnan(want) ? !isnan(got) : (double)got != want)
        test_fail(__FILE__, __LINE__, "0x%04x is %.9g, want %.9g", bits, (double)got, want);
    if (signbit(got) != (int)0 && !isnan(want) && signbit(want) == 0)
        test_fail(__FILE__, __LINE__, "0x%04x has the wrong sign", bits);
    if (want == 0.0)
        CHECK(!signbit(got) == !signbit(want));
}

TEST(dtype, every_half_and_every_bfloat_converts_exactly)
{
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        check_same(bits, ora_f32_from_half((uint16_t)bits), by_definition(bits, 5, 10));
        check_same(bits, ora_f32_from_bf16((uint16_t)bits), by_definition(bits, 8, 7));
    }
}

TEST(dtype, integers_and_doubles_round_to_nearest)
{
    const int64_t i64[] = {-1, 16777217, INT64_MIN};
    const uint64_t u64[] = {UINT64_MAX, 1};
    const double f64[] = {0.1, 1e300};
    const int8_t i8[] = {-128, 127, -1};
    const uint16_t u16[] = {65535};
    const unsigned char truth[] = {0, 1};
    float f[3];

    ora_dtype_to_f32(f, i64, 3, ORA_DTYPE_I64);
    CHECK(f[0] == -1.0F && f[1] == 16777216.0F && f[2] == -0x1p63F);
    ora_dtype_to_f32(f, u64, 2, ORA_DTYPE_U64);
    CHECK(f[0] == 0x1p64F && f[1] == 1.0F);
    ora_dtype_to_f32(f, f64, 2, ORA_DTYPE_F64);
    CHECK(f[0] == 0.1F && isinf(f[1]));
    ora_dtype_to_f32(f, i8, 3, ORA_DTYPE_I8);
    CHECK(f[0] == -128.0F && f[1] == 127.0F && f[2] == -1.0F);
    ora_dtype_to_f32(f, u16, 1, ORA_DTYPE_U16);
    CHECK(f[0] == 65535.0F);
    ora_dtype_to_f32(f, truth, 2, ORA_DTYPE_BOOL);
    CHECK(f[0] == 0.0F && f[1] == 1.0F);
}

TEST(dtype, unaligned_source_is_fine)
{
    unsigned char bytes[13];
    const int32_t v[] = {7, -8, 9};
    float f[3];

    memcpy(bytes + 1, v, sizeof v);
    ora_dtype_to_f32(f, bytes + 1, 3, ORA_DTYPE_I32);
    CHECK(f[0] == 7.0F && f[1] == -8.0F && f[2] == 9.0F);
}

TEST(dtype, sizes_that_do_not_fit_are_refused)
{
    const int64_t square[] = {INT64_C(1) << 32, INT64_C(1) << 32};
    const int64_t wide[] = {INT64_C(1) << 61};
    const int64_t negative[] = {-1};
    const int64_t empty[] = {INT64_C(1) << 62, 0};
    int64_t n;
    size_t bytes;

    CHECK(!ora_dtype_sizes(&n, &bytes, ORA_DTYPE_U8, 2, square));
    CHECK(!ora_dtype_sizes(&n, &bytes, ORA_DTYPE_F32, 1, wide));
    CHECK(!ora_dtype_sizes(&n, &bytes, ORA_DTYPE_U8, 1, negative));
    CHECK(ora_dtype_sizes(&n, &bytes, ORA_DTYPE_F64, 2, empty) && n == 0 && bytes == 0);
    CHECK(ora_dtype_sizes(&n, &bytes, ORA_DTYPE_F64, 0, NULL) && n == 1 && bytes == 8);
}
