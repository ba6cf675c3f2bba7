#include "subject/picture_header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input_file.h"
#include "base/status_impl.h"
#include "core/image.h"

/* A JPEG may carry a thumbnail and profiles of 64 KB each in front of its frame header. */
enum { HEAD_BYTES = 1 << 20 };

static int32_t be16(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

static orator_status parse_png(ora_picture_header *out, const unsigned char *p, size_t n,
                               const char *name)
{
    static const int32_t channels[7] = {1, 0, 3, 3, 2, 0, 4}; /* by colour type */

    /* signature 8, chunk length 4, "IHDR" 4, width 4, height 4, bits, colour type */
    if (n < 33 || memcmp(p + 12, "IHDR", 4) != 0 || p[16] > 0x7f || p[20] > 0x7f || p[25] > 6 ||
        channels[p[25]] == 0)
        return ora_fail(ORATOR_E_FORMAT, "'%s': damaged PNG header", name);
    out->width = be16(p + 16) << 16 | be16(p + 18);
    out->height = be16(p + 20) << 16 | be16(p + 22);
    out->bits = p[24];
    out->channels = channels[p[25]];
    out->kind = "png";
    return ORATOR_OK;
}

/* ITU-T T.81: markers with lengths up to the frame header SOF0..SOF15 (less DHT, JPG, DAC). */
static orator_status parse_jpeg(ora_picture_header *out, const unsigned char *p, size_t n,
                                const char *name)
{
    size_t at = 2;

    while (at + 4 <= n && p[at] == 0xff) {
        const unsigned char marker = p[at + 1];

        if (marker == 0xff) { /* fill byte */
            at++;
            continue;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            if (at + 10 > n)
                break;
            out->bits = p[at + 4];
            out->height = be16(p + at + 5);
            out->width = be16(p + at + 7);
            out->channels = p[at + 9];
            out->kind = "jpeg";
            return ORATOR_OK;
        }
        at += 2 + (size_t)be16(p + at + 2);
    }
    return ora_fail(ORATOR_E_FORMAT, "'%s': JPEG without a frame header", name);
}

orator_status ora_picture_header_parse(ora_picture_header *out, const unsigned char *bytes,
                                       size_t n, const char *name)
{
    orator_status st;

    *out = (ora_picture_header){0};
    if (n >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        st = parse_png(out, bytes, n, name);
    else if (n >= 2 && bytes[0] == 0xff && bytes[1] == 0xd8)
        st = parse_jpeg(out, bytes, n, name);
    else
        st = ora_fail(ORATOR_E_FORMAT, "'%s': neither a PNG nor a JPEG picture", name);
    if (st == ORATOR_OK && (out->width < 1 || out->width > ORA_IMAGE_MAX || out->height < 1 ||
                            out->height > ORA_IMAGE_MAX || out->channels < 1 || out->channels > 4))
        st = ora_fail(ORATOR_E_FORMAT, "'%s': picture of %dx%d with %d channels, want sides 1..%d",
                      name, out->width, out->height, out->channels, ORA_IMAGE_MAX);
    return st;
}

orator_status ora_picture_header_read(ora_picture_header *out, const char *path)
{
    orator_status st = ORATOR_OK;
    unsigned char *head = malloc(HEAD_BYTES);
    uint64_t n_file = 0;
    FILE *f = NULL;
    size_t n;

    *out = (ora_picture_header){0};
    if (!head) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", path);
        goto done;
    }
    ORA_TRY(ora_input_file_open(&f, &n_file, path));
    n = fread(head, 1, HEAD_BYTES, f);
    if (ferror(f)) {
        st = ora_fail(ORATOR_E_IO, "read '%s': %s", path, strerror(errno));
        goto done;
    }
    st = ora_picture_header_parse(out, head, n, path);

done:
    free(head);
    if (f)
        (void)fclose(f);
    return st;
}
