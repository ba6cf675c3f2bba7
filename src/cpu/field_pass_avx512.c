/*
 * field_pass_avx512.c - the pass over rays with AVX-512.
 */
#include "cpu/vec4_fma.h"
#include "cpu/vec_avx512.h"

#include "cpu/dense.inc"

#define FIELD_PASS ora_field_pass_avx512
#include "cpu/field_tile.inc"
