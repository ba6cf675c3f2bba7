#include "dense_wide16.h"

#include "cpu/vec_wide16.h"

#include "cpu/dense.inc"

#define DENSE_PROBE dense_wide16
#include "cpu/dense_probe.inc"
