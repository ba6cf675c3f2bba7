/*
 * sha256.h - fingerprints of files and buffers: SHA-256, FIPS 180-4.
 *
 *     ora_sha256 h;
 *
 *     ora_sha256_init(&h);
 *     ora_sha256_add(&h, bytes, n); (in pieces of any size)
 *     ora_sha256_finish(&h, hex);
 */
#ifndef ORA_SHA256_H
#define ORA_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

enum {
    ORA_SHA256_BYTES = 32,
    ORA_SHA256_TEXT = 65 /* 64 lower-case hexadecimal digits and a 0 byte */
};

typedef struct ora_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;        /* added so far, at most 2^61 - 1     */
    unsigned char block[64]; /* first n_bytes % 64 bytes are taken */
} ora_sha256;

void ora_sha256_init(ora_sha256 *h);
void ora_sha256_add(ora_sha256 *h, const void *bytes, size_t n);

/* Write the digest as text; `h` must be initialised again before its next use. */
void ora_sha256_finish(ora_sha256 *h, char out[ORA_SHA256_TEXT]);

/* Digest of a whole regular file, as sha256sum prints it. ORATOR_E_IO; `out` is then "". */
orator_status ora_sha256_file(char out[ORA_SHA256_TEXT], const char *path);

#endif /* ORA_SHA256_H */
