/*
 * picture_header.h - size and kind of a PNG or JPEG picture from its first bytes, without decoding.
 */
#ifndef ORA_PICTURE_HEADER_H
#define ORA_PICTURE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

typedef struct ora_picture_header {
    int32_t width, height; /* pixels, 1..65535 for JPEG */
    int32_t channels;      /* 1..4; a palette counts as 3 */
    int32_t bits;          /* per component            */
    const char *kind;      /* "png" or "jpeg", static  */
} ora_picture_header;

/* ORATOR_E_IO, ORATOR_E_FORMAT (neither PNG nor JPEG, cut short, a size of 0 or over the limit). */
orator_status ora_picture_header_read(ora_picture_header *out, const char *path);

/* The same from the file's first n bytes. */
orator_status ora_picture_header_parse(ora_picture_header *out, const unsigned char *bytes,
                                       size_t n, const char *name);

#endif /* ORA_PICTURE_HEADER_H */
