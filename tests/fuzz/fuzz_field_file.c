/*
 * fuzz_field_file.c - a field's file, whole or as edits of one that is right.
 *
 * A field has a hundred kilobytes that say nothing new to the parser, so the input is a list of
 * edits {u24 offset, u8 bytes to take out, u8 bytes to put in, those bytes} of the header and what
 * follows; the header's length is set right afterwards. An input that starts with 0xff is the rest
 * of itself, as it is.
 */
#include "support/fuzz_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "field/field_file.h"
#include "support/make_field.h"

enum { PREFIX = 8, EDIT = 5, WHOLE = 0xff };

/* The file that is edited, made once. */
static const unsigned char *base_bytes(size_t *n)
{
    static unsigned char *bytes;
    static size_t n_bytes;
    char path[] = "/tmp/fuzz-field-XXXXXX";
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;

    if (!bytes) {
        const int fd = mkstemp(path);

        spec.width = spec.height = 8;
        spec.levels = spec.features = 1;
        spec.n_occupancy = 4;
        spec.n_frames = 2;
        if (fd < 0 || close(fd) != 0 || make_field(&f, &spec) != ORATOR_OK ||
            ora_field_file_write(&f, path) != ORATOR_OK ||
            ora_file_read_all(&bytes, &n_bytes, path, 1 << 24) != ORATOR_OK)
            abort();
        (void)remove(path);
        ora_field_file_clear(&f);
    }
    *n = n_bytes;
    return bytes;
}

static void set_length(unsigned char *b, uint64_t v)
{
    for (int i = 0; i < PREFIX; i++)
        b[i] = (unsigned char)(v >> (8 * i) & 0xff);
}

static uint64_t get_length(const unsigned char *b)
{
    uint64_t v = 0;

    for (int i = PREFIX - 1; i >= 0; i--)
        v = v << 8 | b[i];
    return v;
}

/* One edit at data; returns its length, 0 where there is none. */
static size_t apply(unsigned char *b, size_t *n, const uint8_t *data, size_t n_data)
{
    size_t at, take, put;
    uint64_t header;

    if (n_data < EDIT)
        return 0;
    at = PREFIX + ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % (*n - PREFIX);
    take = data[3] < *n - at ? data[3] : *n - at;
    put = data[4] < n_data - EDIT ? data[4] : n_data - EDIT;
    header = get_length(b);
    if (at + take > PREFIX + header) /* the data keep their size */
        take = put = put < *n - at ? put : *n - at;
    else
        set_length(b, header + put - take);
    memmove(b + at + put, b + at + take, *n - at - take);
    memcpy(b + at, data + EDIT, put);
    *n += put - take;
    return EDIT + put;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    size_t n_bytes;
    const unsigned char *base = base_bytes(&n_bytes);
    unsigned char *b = malloc(n_bytes + n);
    ora_field_file f;

    if (!b)
        abort();
    if (n > 0 && data[0] == WHOLE) {
        n_bytes = n - 1;
        memcpy(b, data + 1, n_bytes);
    } else {
        size_t used = 0;

        memcpy(b, base, n_bytes);
        for (size_t step = 1; step > 0; used += step)
            step = apply(b, &n_bytes, data + used, n - used);
    }
    if (ora_field_file_parse(&f, b, n_bytes, "fuzz") == ORATOR_OK)
        ora_field_file_clear(&f);
    else if (f.theta || f.subject_id)
        abort();
    free(b);
    return 0;
}
