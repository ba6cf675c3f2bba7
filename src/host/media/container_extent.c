#include "media/container_extent.h"

#include <string.h>
#include <unistd.h>

enum { MAX_BOXES = 100000 };

static bool read_at(int fd, void *out, size_t n, int64_t at)
{
    return pread(fd, out, n, (off_t)at) == (ssize_t)n;
}

static uint64_t big_endian(const unsigned char *p, int n)
{
    uint64_t v = 0;

    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static bool is_box_name(const unsigned char *p)
{
    for (int i = 0; i < 4; i++)
        if (!(p[i] >= 0x20 && p[i] < 0x7f) && p[i] != 0xa9)
            return false;
    return true;
}

/* ISO/IEC 14496-12, 4.2: size (32 bit; 1 = 64 bit follows; 0 = to the end), type. */
static ora_container_extent boxes(int fd, int64_t size)
{
    ora_container_extent e = {.lacks_index = true};
    int64_t at = 0;

    for (int i = 0; i < MAX_BOXES && at < size; i++) {
        unsigned char head[16];
        uint64_t n;

        if (!read_at(fd, head, 8, at)) {
            /* fewer than 8 bytes left: a header was cut, or stray bytes that players ignore */
            e.declared_bytes = at + 8;
            break;
        }
        if (!is_box_name(head + 4))
            break;
        if (memcmp(head + 4, "moov", 4) == 0 || memcmp(head + 4, "moof", 4) == 0)
            e.lacks_index = false;
        n = big_endian(head, 4);
        if (n == 1 && read_at(fd, head + 8, 8, at + 8))
            n = big_endian(head + 8, 8);
        else if (n == 0)
            n = (uint64_t)(size - at);
        if (n < 8 || n > (uint64_t)INT64_MAX / 2)
            break;
        at += (int64_t)n;
        e.declared_bytes = at;
    }
    e.is_truncated = e.declared_bytes > size;
    return e;
}

/* EBML (RFC 8794): length of the number = leading zeros + 1. Returns the bytes used, 0 if damaged. */
static int ebml_number(const unsigned char *p, int n, uint64_t *value, bool *is_unknown)
{
    int len = 1;

    while (len <= 8 && !(p[0] & 0x80 >> (len - 1)))
        len++;
    if (len > 8 || len > n)
        return 0;
    *value = big_endian(p, len) & ((UINT64_C(1) << 7 * len) - 1);
    *is_unknown = *value == (UINT64_C(1) << 7 * len) - 1;
    return len;
}

static ora_container_extent matroska(int fd, int64_t size)
{
    static const unsigned char segment[4] = {0x18, 0x53, 0x80, 0x67};
    ora_container_extent e = {0};
    unsigned char head[12];
    uint64_t n = 0;
    bool is_unknown = false;
    int used;
    int64_t at;

    if (!read_at(fd, head, sizeof head, 0))
        return e;
    used = ebml_number(head + 4, 8, &n, &is_unknown);
    if (used == 0 || is_unknown || n > (uint64_t)size)
        return e;
    at = 4 + used + (int64_t)n;
    if (!read_at(fd, head, sizeof head, at) || memcmp(head, segment, 4) != 0)
        return e;
    used = ebml_number(head + 4, 8, &n, &is_unknown);
    if (used == 0 || is_unknown || n > (uint64_t)INT64_MAX / 2)
        return e;
    e.declared_bytes = at + 4 + used + (int64_t)n;
    e.is_truncated = e.declared_bytes > size;
    return e;
}

/* RIFF counts little-endian, FORM big-endian; 0 and 2^32 - 1 are what a pipe writes. */
static ora_container_extent chunks(const unsigned char *head, int64_t size)
{
    ora_container_extent e = {0};
    uint32_t n = (uint32_t)big_endian(head + 4, 4);

    if (head[0] == 'R')
        n = __builtin_bswap32(n);
    if (n == 0 || n == UINT32_MAX)
        return e;
    e.declared_bytes = 8 + (int64_t)n;
    e.is_truncated = e.declared_bytes > size + 1; /* the pad byte is often left out */
    return e;
}

ora_container_extent ora_container_extent_of(int fd, int64_t size_bytes)
{
    static const unsigned char ebml[4] = {0x1a, 0x45, 0xdf, 0xa3};
    static const char *const first_boxes[] = {"ftyp", "moov", "mdat", "wide", "free", "skip"};
    unsigned char head[12];

    if (!read_at(fd, head, sizeof head, 0))
        return (ora_container_extent){0};
    if (memcmp(head, ebml, 4) == 0)
        return matroska(fd, size_bytes);
    if (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "FORM", 4) == 0)
        return chunks(head, size_bytes);
    for (size_t i = 0; i < sizeof first_boxes / sizeof *first_boxes; i++)
        if (memcmp(head + 4, first_boxes[i], 4) == 0)
            return boxes(fd, size_bytes);
    return (ora_container_extent){0};
}
