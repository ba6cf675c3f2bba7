#include "cpu/cpu_level.h"

#include <stddef.h>
#include <string.h>

#include "base/status_impl.h"

static const char *const names[] = {"scalar", "avx2", "avx512", "avx512bf16"};

enum { N_LEVELS = sizeof names / sizeof names[0] };

const char *ora_cpu_level_name(ora_cpu_level level)
{
    return names[level];
}

ora_cpu_level ora_cpu_level_detect(void)
{
#if defined(__x86_64__)
    /* these ask the operating system too: whether it saves the wide registers */
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return ORA_CPU_SCALAR;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return ORA_CPU_AVX2;
    return __builtin_cpu_supports("avx512bf16") ? ORA_CPU_AVX512_BF16 : ORA_CPU_AVX512;
#else
    return ORA_CPU_SCALAR;
#endif
}

orator_status ora_cpu_level_choose(ora_cpu_level *out, const char *mask)
{
    const ora_cpu_level best = ora_cpu_level_detect();

    *out = best < ORA_CPU_AVX512 ? best : ORA_CPU_AVX512;
    if (!mask || !*mask)
        return ORATOR_OK;
    for (int i = 0; i < N_LEVELS; i++)
        if (strcmp(mask, names[i]) == 0) {
            if ((int)best < i)
                return ora_fail(ORATOR_E_INVALID, "this processor has no %s, at most %s", mask,
                                names[best]);
            *out = (ora_cpu_level)i;
            return ORATOR_OK;
        }
    return ora_fail(ORATOR_E_INVALID,
                    "unknown instruction set '%s', want scalar, avx2, avx512 or avx512bf16", mask);
}
