#include "cpu/dense_probe.h"

const ora_dense_probe *ora_dense_probe_of(ora_cpu_level level)
{
#if defined(__x86_64__)
    if (level == ORA_CPU_AVX2)
        return &ora_dense_probe_avx2;
    if (level >= ORA_CPU_AVX512)
        return &ora_dense_probe_avx512;
#endif
    (void)level;
    return &ora_dense_probe_scalar;
}
