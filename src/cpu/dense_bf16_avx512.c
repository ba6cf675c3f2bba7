/*
 * dense_bf16_avx512.c - forward layers in bfloat16 with AVX-512 BF16.
 */
#include "cpu/vec_avx512bf16.h"

#define DENSE_BF16 ora_dense_bf16_avx512
#include "cpu/dense_bf16.inc"
