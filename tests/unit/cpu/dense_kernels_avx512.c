#include "dense_kernels.h"

#include "cpu/vec_avx512.h"

#include "cpu/dense.inc"

const dense_kernels dense_kernels_avx512 = {"avx512", dense_fwd, dense_bwd_data, dense_bwd_weight};
