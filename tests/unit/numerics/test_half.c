/*
 * test_half.c - numerics/half.h against exact arithmetic in double, and against the processor's.
 */
#include "numerics/half.h"

#include "unit/numerics/draw.h"

/* Value of a 16-bit float with `mantissa` bits and exponent bias `bias`; all-ones exponents aside. */
static double exact_value(uint16_t h, int mantissa, int bias)
{
    const int field = (h & 0x7fff) >> mantissa, fraction = h & ((1 << mantissa) - 1);
    const double size = field == 0 ? ldexp(fraction, 1 - bias - mantissa)
                                   : ldexp(fraction + (1 << mantissa), field - bias - mantissa);

    return h & 0x8000 ? -size : size;
}

static int is_special(uint16_t h, int mantissa)
{
    return (h & 0x7fff) >> mantissa == (1 << (15 - mantissa)) - 1;
}

/* Round to nearest even on the grid around x by double's own rounding; overflow by half a step. */
static uint16_t exact_round(float x, int mantissa, int bias)
{
    const double a = fabs((double)x);
    const uint16_t sign = signbit(x) ? 0x8000 : 0;
    int exponent = 0;
    double steps;

    (void)frexp(a, &exponent);
    exponent = exponent - 1 < 1 - bias ? 1 - bias : exponent - 1;
    steps = nearbyint(ldexp(a, mantissa - exponent)); /* exact scaling, then one rounding */
    if (steps == ldexp(1, mantissa + 1)) {
        steps /= 2;
        exponent++;
    }
    if (isinf(a) || exponent > bias)
        return (uint16_t)(sign | ((1 << (15 - mantissa)) - 1) << mantissa);
    if (steps < ldexp(1, mantissa))
        return (uint16_t)(sign | (uint16_t)steps);
    return (uint16_t)(sign | (exponent + bias) << mantissa | ((int)steps & ((1 << mantissa) - 1)));
}

TEST(half, every_half_is_read_exactly_and_written_back)
{
    for (uint32_t h = 0; h < 65536; h++) {
        const float x = ora_f32_from_half((uint16_t)h);

        if (is_special((uint16_t)h, 10)) {
            CHECK(h & 0x3ff ? isnan(x) : isinf(x));
            CHECK(!signbit(x) == !(h & 0x8000));
            CHECK_I64(ora_half_from_f32(x), h & 0x3ff ? h | 0x200 : h);
        } else {
            CHECK((double)x == exact_value((uint16_t)h, 10, 15));
            CHECK_I64(ora_half_from_f32(x), h);
        }
    }
}

TEST(half, every_bf16_is_read_exactly_and_written_back)
{
    for (uint32_t h = 0; h < 65536; h++) {
        const float x = ora_f32_from_bf16((uint16_t)h);

        if (is_special((uint16_t)h, 7)) {
            CHECK(h & 0x7f ? isnan(x) : isinf(x));
            CHECK_I64(ora_bf16_from_f32(x), h & 0x7f ? h | 0x40 : h);
        } else {
            CHECK((double)x == exact_value((uint16_t)h, 7, 127));
            CHECK_I64(ora_bf16_from_f32(x), h);
        }
    }
}

static void check_rounding(float x)
{
    if (isnan(x)) {
        CHECK(isnan(ora_f32_from_half(ora_half_from_f32(x))));
        CHECK(isnan(ora_f32_from_bf16(ora_bf16_from_f32(x))));
        return;
    }
    CHECK_I64(ora_half_from_f32(x), exact_round(x, 10, 15));
    CHECK_I64(ora_bf16_from_f32(x), exact_round(x, 7, 127));
}

TEST(half, rounding_is_to_nearest_even_everywhere)
{
    for (uint64_t u = 0; u < UINT64_C(1) << 32; u += 1499)
        check_rounding(ora_f32_from_bits((uint32_t)u));
}

/* Around each half and bf16 and each middle between two. */
TEST(half, ties_go_to_even)
{
    for (uint32_t h = 0; h < 65536; h++) {
        const uint32_t at_half = ora_bits_from_f32(ora_f32_from_half((uint16_t)h));
        const float middle =
            (ora_f32_from_half((uint16_t)h) + ora_f32_from_half((uint16_t)(h ^ 1U))) / 2;

        for (uint32_t d = 0; d < 3; d++) {
            check_rounding(ora_f32_from_bits(at_half + d - 1));
            check_rounding(ora_f32_from_bits(ora_bits_from_f32(middle) + d - 1));
            check_rounding(ora_f32_from_bits((h << 16) + 0x8000U + d - 1));
        }
    }
    CHECK_I64(ora_half_from_f32(65519.996f), 0x7bff);
    CHECK_I64(ora_half_from_f32(65520.0f), 0x7c00);
    CHECK_I64(ora_half_from_f32(2.98023224e-8f), 0); /* half of the smallest: to zero */
    CHECK_I64(ora_half_from_f32(2.98023260e-8f), 1);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("f16c"))) static uint16_t processor_half(float x)
{
    return _cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

__attribute__((target("f16c"))) static float processor_f32(uint16_t h)
{
    return _cvtsh_ss(h);
}

TEST(half, bits_are_those_of_the_processor)
{
    if (!__builtin_cpu_supports("avx2"))
        SKIP("needs F16C, which comes with AVX2");
    for (uint64_t u = 0; u < UINT64_C(1) << 32; u += 251)
        if (ora_half_from_f32(ora_f32_from_bits((uint32_t)u)) !=
            processor_half(ora_f32_from_bits((uint32_t)u)))
            test_fail(__FILE__, __LINE__, "half of bits %08x", (unsigned)u);
    for (uint32_t h = 0; h < 65536; h++)
        CHECK_I64(ora_bits_from_f32(ora_f32_from_half((uint16_t)h)),
                  ora_bits_from_f32(processor_f32((uint16_t)h)));
}
#endif
