/*
 * cpu_level.h - instruction sets that kernels come in, and which of them this processor has.
 */
#ifndef ORA_CPU_LEVEL_H
#define ORA_CPU_LEVEL_H

#include "orator/status.h"

typedef enum ora_cpu_level {
    ORA_CPU_SCALAR = 0,
    ORA_CPU_AVX2,       /* with FMA                                       */
    ORA_CPU_AVX512,     /* F, BW, DQ, VL                                  */
    ORA_CPU_AVX512_BF16 /* rendering in bf16; training as ORA_CPU_AVX512  */
} ora_cpu_level;

/* "scalar", "avx2", "avx512", "avx512bf16"; static. */
const char *ora_cpu_level_name(ora_cpu_level level);

/* The highest level that this processor and operating system run. */
ora_cpu_level ora_cpu_level_detect(void);

/*
 * The level to use under a mask: "" or NULL = the detected one but bf16 only when asked for; a name
 * = that level. ORATOR_E_INVALID: unknown name, or a level this processor lacks.
 */
orator_status ora_cpu_level_choose(ora_cpu_level *out, const char *mask);

#endif /* ORA_CPU_LEVEL_H */
