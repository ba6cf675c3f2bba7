/*
 * PNG bytes -> ora_png_parse(), with the checksum of each chunk made right: libpng would throw
 * nearly every changed input away at the first one.
 */
#include "support/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "media/png_file.h"

/* CRC-32 of IEEE 802.3, bit by bit. */
static uint32_t crc_of(const uint8_t *bytes, size_t n)
{
    uint32_t crc = 0xffffffffU;

    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1U ? 0xedb88320U : 0U);
    }
    return ~crc;
}

static void mend_checksums(uint8_t *bytes, size_t n)
{
    size_t at = 8;

    while (n > 20 && at <= n - 12) {
        uint8_t *b = bytes + at;
        const size_t length = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        uint32_t crc;

        if (length > n - at - 12)
            return;
        crc = crc_of(b + 4, length + 4);
        for (int k = 0; k < 4; k++)
            b[8 + length + (size_t)k] = (uint8_t)(crc >> (24 - 8 * k));
        at += length + 12;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t *bytes = malloc(n + 1);
    ora_image image = {0};

    if (!bytes)
        return 0;
    memcpy(bytes, data, n);
    mend_checksums(bytes, n);
    (void)ora_png_parse(&image, bytes, n, "fuzz");
    ora_image_clear(&image);
    free(bytes);
    return 0;
}
