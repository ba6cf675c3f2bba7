/*
 * field_pass_avx2.c - the pass over rays with AVX2 and FMA.
 */
#include "cpu/vec4_fma.h"
#include "cpu/vec_avx2.h"

#include "cpu/dense.inc"

#define FIELD_PASS ora_field_pass_avx2
#include "cpu/field_tile.inc"
