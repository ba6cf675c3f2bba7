/*
 * dense_probe_avx2.c - dense layers with AVX2 and FMA.
 */
#include "cpu/vec_avx2.h"

#include "cpu/dense.inc"

#define DENSE_PROBE ora_dense_probe_avx2
#include "cpu/dense_probe.inc"
