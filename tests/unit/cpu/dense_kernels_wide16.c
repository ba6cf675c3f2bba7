#include "dense_kernels.h"

#include "cpu/vec_wide16.h"

#include "cpu/dense.inc"

const dense_kernels dense_kernels_wide16 = {"wide16", dense_fwd, dense_bwd_data, dense_bwd_weight};
