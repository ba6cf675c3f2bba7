/*
 * fuzz_target.h - the entry point that each fuzz target defines and libFuzzer calls.
 */
#ifndef ORA_FUZZ_TARGET_H
#define ORA_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Feed one input to the parser; returns 0. Must not leak, crash or hang on any bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif /* ORA_FUZZ_TARGET_H */
