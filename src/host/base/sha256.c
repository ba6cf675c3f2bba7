#include "base/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/input_file.h"
#include "base/status_impl.h"

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t K[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u,
    0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu,
    0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu,
    0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u,
    0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu,
    0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
    0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u,
    0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u,
    0xc67178f2u,
};

static uint32_t rotate_right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load_be(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static void store_be(unsigned char *p, uint32_t x)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (unsigned char)(x >> (24 - 8 * i) & 0xffu);
}

/* FIPS 180-4, 6.2.2: one block of 64 bytes. */
static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    uint32_t v[8]; /* a..h */

    for (size_t t = 0; t < 16; t++)
        w[t] = load_be(block + 4 * t);
    for (int t = 16; t < 64; t++) {
        const uint32_t s0 =
            rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3;
        const uint32_t s1 =
            rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10;

        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 64; t++) {
        const uint32_t s1 = rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
        const uint32_t s0 = rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
        const uint32_t choose = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        const uint32_t t1 = v[7] + s1 + choose + K[t] + w[t];

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

void ora_sha256_init(ora_sha256 *h)
{
    *h = (ora_sha256){.state = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu,
                                0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u}};
}

void ora_sha256_add(ora_sha256 *h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    const size_t taken = (size_t)(h->n_bytes % sizeof h->block);

    h->n_bytes += n;
    if (taken > 0) {
        const size_t room = sizeof h->block - taken;
        const size_t part = n < room ? n : room;

        if (part == 0)
            return;
        memcpy(h->block + taken, p, part);
        p += part;
        n -= part;
        if (part < room)
            return;
        compress(h->state, h->block);
    }
    for (; n >= sizeof h->block; n -= sizeof h->block, p += sizeof h->block)
        compress(h->state, p);
    if (n > 0)
        memcpy(h->block, p, n);
}

static void finish_bytes(ora_sha256 *h, unsigned char out[ORA_SHA256_BYTES])
{
    static const unsigned char padding[64] = {0x80};
    const uint64_t n_bits = h->n_bytes * 8;
    const size_t taken = (size_t)(h->n_bytes % 64);
    unsigned char length[8];

    store_be(length, (uint32_t)(n_bits >> 32));
    store_be(length + 4, (uint32_t)(n_bits & 0xffffffffu));
    ora_sha256_add(h, padding, taken < 56 ? 56 - taken : 120 - taken);
    ora_sha256_add(h, length, sizeof length);
    for (size_t i = 0; i < 8; i++)
        store_be(out + 4 * i, h->state[i]);
}

void ora_sha256_finish(ora_sha256 *h, char out[ORA_SHA256_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[ORA_SHA256_BYTES];

    finish_bytes(h, bytes);
    for (size_t i = 0; i < ORA_SHA256_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[ORA_SHA256_TEXT - 1] = 0;
}

orator_status ora_sha256_file(char out[ORA_SHA256_TEXT], const char *path)
{
    unsigned char buf[16384];
    uint64_t n_file;
    ora_sha256 h;
    FILE *f = NULL;
    orator_status st;
    size_t n;

    out[0] = 0;
    st = ora_input_file_open(&f, &n_file, path);
    if (st != ORATOR_OK)
        return st;
    ora_sha256_init(&h);
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        ora_sha256_add(&h, buf, n);
    if (ferror(f)) {
        (void)fclose(f);
        return ora_fail(ORATOR_E_IO, "read '%s': %s", path, strerror(errno));
    }
    (void)fclose(f);
    ora_sha256_finish(&h, out);
    return ORATOR_OK;
}
