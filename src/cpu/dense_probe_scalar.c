/*
 * dense_probe_scalar.c - dense layers in plain C.
 */
#include "cpu/vec_scalar.h"

#include "cpu/dense.inc"

#define DENSE_PROBE ora_dense_probe_scalar
#include "cpu/dense_probe.inc"
