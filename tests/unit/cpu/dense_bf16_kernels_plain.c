#include "dense_bf16_kernels.h"

#include "cpu/vec_bf16.h"

#include "cpu/dense_bf16.inc"

const dense_bf16_kernels dense_bf16_kernels_plain = {"plain", dense_bf16_pack, dense_fwd_bf16};
