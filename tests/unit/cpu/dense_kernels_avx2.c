#include "dense_kernels.h"

#include "cpu/vec_avx2.h"

#include "cpu/dense.inc"

const dense_kernels dense_kernels_avx2 = {"avx2", dense_fwd, dense_bwd_data, dense_bwd_weight};
