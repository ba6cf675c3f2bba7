/*
 * input_file.h - a regular file opened for reading, with its size.
 *
 * Folders, pipes and devices are refused before anything is read, so no name can make a reader hang.
 */
#ifndef ORA_INPUT_FILE_H
#define ORA_INPUT_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "orator/status.h"

/*
 * Open `path`. *out is owned (fclose()).
 *   ORATOR_E_IO  missing, unreadable, not a regular file
 */
orator_status ora_input_file_open(FILE **out, uint64_t *n_bytes, const char *path);

/* The same as a descriptor, owned (close()); *fd is -1 on failure. ORATOR_E_IO. */
orator_status ora_input_file_descriptor(int *fd, uint64_t *n_bytes, const char *path);

#endif /* ORA_INPUT_FILE_H */
