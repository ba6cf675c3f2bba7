/*
 * fuzz_sanitizer.c - how the address sanitizer runs under libFuzzer.
 */
#include "support/fuzz_target.h"

/*
 * 256 MB of freed blocks are held back by default, which makes nearly every allocation of an input
 * touch fresh pages: a third of the time. Four are far more than one input frees.
 */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4:malloc_context_size=12";
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
