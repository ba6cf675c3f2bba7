/* The kernels of cpu_kernels.h, compiled for avx2: see CMakeLists.txt. */
#include "cpu/cpu_kernels.h"

#include "cpu/condition_net.inc"
#include "cpu/optimiser.inc"
#include "cpu/scatter.inc"

const ora_cpu_kernels ora_cpu_kernels_avx2 = {
    .condition_fwd = condition_fwd,
    .condition_bwd = condition_bwd,
    .scatter = scatter_unit,
    .adam_sparse = optimiser_sparse,
    .adam_dense = optimiser_dense,
    .sum_shares = optimiser_sum_shares,
};
