#include "support/check.h"

#include "cpu/cpu_level.h"

static const char *const names[] = {"scalar", "avx2", "avx512", "avx512bf16"};

TEST(cpu_level, every_level_has_its_name)
{
    for (int i = 0; i < 4; i++)
        CHECK_TEXT(ora_cpu_level_name((ora_cpu_level)i), names[i]);
}

TEST(cpu_level, without_a_mask_the_best_level_but_bf16_is_chosen)
{
    const ora_cpu_level best = ora_cpu_level_detect();
    ora_cpu_level level;

    CHECK_OK(ora_cpu_level_choose(&level, NULL));
    CHECK_I64(level, best == ORA_CPU_AVX512_BF16 ? ORA_CPU_AVX512 : best);
    CHECK_OK(ora_cpu_level_choose(&level, ""));
    CHECK_I64(level, best == ORA_CPU_AVX512_BF16 ? ORA_CPU_AVX512 : best);
}

TEST(cpu_level, a_mask_gives_its_level_where_the_processor_has_it)
{
    const ora_cpu_level best = ora_cpu_level_detect();

    for (int i = 0; i < 4; i++) {
        ora_cpu_level level;

        if (i <= (int)best) {
            CHECK_OK(ora_cpu_level_choose(&level, names[i]));
            CHECK_I64(level, i);
        } else {
            CHECK_STATUS(ora_cpu_level_choose(&level, names[i]), ORATOR_E_INVALID);
            CHECK_ERROR_HAS(names[i]);
            CHECK_ERROR_HAS(names[best]);
        }
    }
}

TEST(cpu_level, an_unknown_mask_is_an_error_that_lists_the_names)
{
    ora_cpu_level level;

    CHECK_STATUS(ora_cpu_level_choose(&level, "sse2"), ORATOR_E_INVALID);
    for (int i = 0; i < 4; i++)
        CHECK_ERROR_HAS(names[i]);
}
