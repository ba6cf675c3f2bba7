/*
 * dense_probe_avx512.c - dense layers with AVX-512.
 */
#include "cpu/vec_avx512.h"

#include "cpu/dense.inc"

#define DENSE_PROBE ora_dense_probe_avx512
#include "cpu/dense_probe.inc"
