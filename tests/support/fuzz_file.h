/*
 * fuzz_file.h - the bytes of one input as a file, for readers that take a path.
 */
#ifndef ORA_FUZZ_FILE_H
#define ORA_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Path of a file in memory that holds these bytes until the next call, NULL on failure. The file is
 * the same for all inputs of a process: to make one costs more than to parse most inputs.
 */
const char *fuzz_file(const uint8_t *data, size_t n);

#endif /* ORA_FUZZ_FILE_H */
