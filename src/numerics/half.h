/*
 * half.h - IEEE binary16 and bfloat16 as 16 bits: rounding to nearest, ties to even.
 *
 * Bits are those of the F16C and AVX-512 BF16 instructions without their flushing of subnormals: a
 * NaN stays one and becomes quiet, its upper payload bits kept; too large becomes infinite.
 */
#ifndef ORA_HALF_H
#define ORA_HALF_H

#include "numerics/mathx.h"

/*
 * Below 2^-14 the sum with 0.5, whose last bit weighs 2^-24, rounds as a subnormal half does; above,
 * adding just under half of the last kept bit carries where rounding goes up.
 */
ORA_NUM uint16_t ora_half_from_f32(float x)
{
    const uint32_t u = ora_bits_from_f32(x);
    const uint32_t a = u & 0x7fffffffU;
    const uint32_t sign = (u >> 16) & 0x8000U;
    const uint32_t tiny = ora_bits_from_f32(ora_f32_from_bits(a) + 0.5f) - 0x3f000000U;
    const uint32_t normal = (a - 0x38000000U + 0xfffU + ((a >> 13) & 1U)) >> 13;
    const uint32_t nan = 0x7e00U | ((a >> 13) & 0x3ffU);
    uint32_t out = a < 0x38800000U ? tiny : normal;

    out = a >= 0x47800000U ? 0x7c00U : out; /* 2^16 and more */
    out = a > 0x7f800000U ? nan : out;
    return (uint16_t)(sign | out);
}

ORA_NUM float ora_f32_from_half(uint16_t h)
{
    const uint32_t sign = ((uint32_t)h & 0x8000U) << 16;
    const uint32_t a = (uint32_t)h & 0x7fffU;
    const uint32_t normal = (a << 13) + 0x38000000U;
    const uint32_t tiny = ora_bits_from_f32((float)(int32_t)a * 5.9604644775390625e-8f);
    uint32_t out = a < 0x0400U ? tiny : normal;

    out = a >= 0x7c00U ? 0x7f800000U | (a << 13) | (a > 0x7c00U ? 0x00400000U : 0U) : out;
    return ora_f32_from_bits(sign | out);
}

ORA_NUM uint16_t ora_bf16_from_f32(float x)
{
    const uint32_t u = ora_bits_from_f32(x);
    const uint32_t rounded = (u + 0x7fffU + ((u >> 16) & 1U)) >> 16;
    const uint32_t nan = (u >> 16) | 0x40U;

    return (uint16_t)((u & 0x7fffffffU) > 0x7f800000U ? nan : rounded);
}

ORA_NUM float ora_f32_from_bf16(uint16_t b)
{
    return ora_f32_from_bits((uint32_t)b << 16);
}

#endif /* ORA_HALF_H */
