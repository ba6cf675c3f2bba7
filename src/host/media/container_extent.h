/*
 * container_extent.h - how long a file's own top level says it is, to tell a cut file from a whole
 * one: ISO base media and QuickTime boxes, Matroska's segment, RIFF and RF64 chunks, FORM (AIFF).
 */
#ifndef ORA_CONTAINER_EXTENT_H
#define ORA_CONTAINER_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ora_container_extent {
    int64_t declared_bytes; /* 0 where the format does not say                           */
    bool is_truncated;      /* the file ends before that                                 */
    bool lacks_index;       /* boxes without a 'moov'                                    */
} ora_container_extent;

/* Reads a few bytes with pread(); never fails, an unknown or damaged file says nothing. */
ora_container_extent ora_container_extent_of(int fd, int64_t size_bytes);

#endif /* ORA_CONTAINER_EXTENT_H */
