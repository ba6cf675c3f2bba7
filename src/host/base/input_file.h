/*
 * input_file.h - a regular file opened for reading, with its size.
 */
#ifndef ORA_INPUT_FILE_H
#define ORA_INPUT_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "orator/status.h"

/*
 * Open `path`; pipes and devices are refused without waiting on them. *out is owned (fclose()).
 *   ORATOR_E_IO  missing, unreadable, not a regular file
 */
orator_status ora_input_file_open(FILE **out, uint64_t *n_bytes, const char *path);

#endif /* ORA_INPUT_FILE_H */
