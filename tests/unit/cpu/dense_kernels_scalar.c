#include "dense_kernels.h"

#include "cpu/vec_scalar.h"

#include "cpu/dense.inc"

const dense_kernels dense_kernels_scalar = {"scalar", dense_fwd, dense_bwd_data, dense_bwd_weight};
