/*
 * png_file.c - PNG in and out over libpng.
 *
 * libpng reports errors by longjmp. Everything that lives across the jump stands in a png_in or
 * png_out that the caller of setjmp() owns, so no local variable is ever in doubt.
 *
 * Colour: sRGB is the sRGB chunk. Any other encoding is cICP (the H.273 codes, exact), with gAMA
 * and cHRM beside it for programs that do not know cICP.
 */
#include "media/png_file.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/file.h"
#include "base/status_impl.h"

enum {
    SIGNATURE_BYTES = 8,
    CHUNK_FRAME_BYTES = 12, /* length, name, checksum */
    MAX_PIXELS = 1 << 28,
    MAX_CHUNKS = 256,           /* ancillary chunks kept                     */
    MAX_CHUNK_BYTES = 16 << 20, /* of one ancillary chunk, unpacked          */
    DEFLATE_MAX_RATIO = 1040,   /* deflate cannot shrink below 1/1032        */
    ZLIB_LEVEL = 4,             /* twice as fast as 6, some percent larger   */
    KEY_MAX = 79
};

#define MAX_FILE_BYTES ((size_t)4 << 30)

/* gAMA of the transfers that have one, in units of 1/100000; the camera curves by their mean. */
static const struct {
    int32_t transfer;
    png_fixed_point gamma;
} gammas[] = {{1, 50994},  {6, 50994}, {14, 50994}, {15, 50994},
              {13, 45455}, {4, 45455}, {5, 35714},  {8, 100000}};

/* What both directions need in the callbacks. */
typedef struct png_trouble {
    char why[160];
    bool no_memory;
} png_trouble;

typedef struct png_in {
    png_trouble trouble;
    const unsigned char *bytes;
    size_t n, at;
    png_structp png;
    png_infop info;
    png_bytep *rows;
    ora_image *image;
} png_in;

typedef struct png_out {
    png_trouble trouble;
    orator_status st; /* of the file writer */
    ora_file_writer *file;
    png_structp png;
    png_infop info;
    unsigned char *row;
    const ora_image *image;
    const ora_png_text *texts;
    int32_t n_texts;
} png_out;

static void on_error(png_structp png, png_const_charp text)
{
    png_trouble *t = png_get_error_ptr(png);

    (void)strncpy(t->why, text, sizeof t->why - 1);
    png_longjmp(png, 1);
}

/* Warnings are about chunks we do not use. */
static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static png_voidp take_memory(png_structp png, png_alloc_size_t n)
{
    png_trouble *t = png_get_mem_ptr(png);
    void *p = malloc(n);

    t->no_memory |= !p;
    return p;
}

static void give_memory(png_structp png, png_voidp p)
{
    (void)png;
    free(p);
}

static void take_bytes(png_structp png, png_bytep out, size_t n)
{
    png_in *in = png_get_io_ptr(png);

    if (n > in->n - in->at)
        png_error(png, "truncated");
    memcpy(out, in->bytes + in->at, n);
    in->at += n;
}

static int32_t primaries_of_chrm(png_structp png, png_infop info)
{
    png_fixed_point v[8];
    float xy[4][2];

    if (!png_get_cHRM_fixed(png, info, &v[6], &v[7], &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]))
        return ORA_COLOUR_UNSPECIFIED;
    for (int i = 0; i < 8; i++)
        xy[i / 2][i % 2] = (float)v[i] * 1e-5F;
    return ora_colour_primaries_of((const float(*)[2])xy);
}

static int32_t transfer_of_gama(png_structp png, png_infop info)
{
    png_fixed_point gamma = 0;

    if (!png_get_gAMA_fixed(png, info, &gamma))
        return ORA_COLOUR_UNSPECIFIED;
    if (abs(gamma - 45455) <= 100)
        return 13; /* what sRGB writers put there */
    for (size_t k = 0; k < sizeof gammas / sizeof gammas[0]; k++) {
        if (abs(gamma - gammas[k].gamma) <= 100)
            return gammas[k].transfer;
    }
    return ORA_COLOUR_UNSPECIFIED;
}

static ora_colour read_colour(png_structp png, png_infop info)
{
    ora_colour c = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, 0, ORA_RANGE_FULL};
    png_unknown_chunkp chunks = NULL;
    const int n = png_get_unknown_chunks(png, info, &chunks);
    int intent = 0;

    for (int i = 0; i < n; i++) {
        const png_byte *d = chunks[i].data;

        if (memcmp(chunks[i].name, "cICP", 4) != 0 || chunks[i].size != 4 || d[2] != 0 || d[3] != 1)
            continue; /* a matrix or limited range has no meaning in a PNG of ours */
        c.primaries = d[0];
        c.transfer = d[1];
        return c;
    }
    if (png_get_sRGB(png, info, &intent)) {
        c.primaries = 1;
        c.transfer = 13;
    } else if (!png_get_valid(png, info, PNG_INFO_iCCP)) {
        c.primaries = primaries_of_chrm(png, info);
        c.transfer = transfer_of_gama(png, info);
    }
    return c;
}

/* Everything up to the first pixel: *out is shaped and coloured, libpng set to its layout. */
static orator_status read_head(png_in *in, const char *name)
{
    png_structp png = in->png;
    png_infop info = in->info;
    size_t raw = 0;
    orator_status st;

    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "cICP", 1);
    png_set_chunk_cache_max(png, MAX_CHUNKS);
    png_set_chunk_malloc_max(png, MAX_CHUNK_BYTES);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff); /* our own limits give better messages */
    png_read_info(png, info);

    const png_uint_32 width = png_get_image_width(png, info);
    const png_uint_32 height = png_get_image_height(png, info);
    const unsigned depth = png_get_bit_depth(png, info);

    if (width > ORA_IMAGE_MAX || height > ORA_IMAGE_MAX ||
        (uint64_t)width * height > (uint64_t)MAX_PIXELS)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s' has %ux%u pixels, want at most %d", name,
                        (unsigned)width, (unsigned)height, (int)MAX_PIXELS);
    if (!ora_mul_size(&raw, png_get_rowbytes(png, info), height) || raw / DEFLATE_MAX_RATIO > in->n)
        return ora_fail(ORATOR_E_FORMAT, "'%s' declares %ux%u pixels, too many for its %zu bytes",
                        name, (unsigned)width, (unsigned)height, in->n);
    png_set_expand(png);
    if (depth == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(png);
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, info);

    const int32_t channels = png_get_channels(png, info);

    st = ora_image_shape(in->image, (int32_t)width, (int32_t)height, channels,
                         depth == 16 ? ORA_SAMPLE_U16 : ORA_SAMPLE_U8);
    if (st != ORATOR_OK)
        return ora_while(st, "read '%s'", name);
    in->image->alpha = channels % 2 == 0 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    in->image->colour = read_colour(png, info);
    return ORATOR_OK;
}

static orator_status png_trouble_status(const png_trouble *t, orator_status st, const char *verb,
                                        const char *name)
{
    if (t->no_memory)
        return ora_fail(ORATOR_E_NOMEM, "%s '%s': no memory", verb, name);
    return ora_fail(st, "%s '%s': %s%s", verb, name, st == ORATOR_E_FORMAT ? "damaged PNG: " : "",
                    t->why);
}

static orator_status read_all(png_in *in, const char *name)
{
    ora_image *image = in->image;
    orator_status st;

    if (setjmp(png_jmpbuf(in->png)))
        return png_trouble_status(&in->trouble, ORATOR_E_FORMAT, "read", name);
    png_set_read_fn(in->png, in, take_bytes);
    st = read_head(in, name);
    if (st != ORATOR_OK)
        return st;
    in->rows = calloc((size_t)image->height, sizeof *in->rows);
    if (!in->rows)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", name);
    for (int32_t y = 0; y < image->height; y++)
        in->rows[y] = image->data + (size_t)y * image->stride_bytes;
    png_read_image(in->png, in->rows);
    png_read_end(in->png, NULL);
    return ORATOR_OK;
}

/* libpng takes memory for the length a chunk claims before it looks for the bytes. */
static bool chunks_fit(const unsigned char *bytes, size_t n)
{
    size_t at = SIGNATURE_BYTES;

    while (n - at >= CHUNK_FRAME_BYTES) {
        const unsigned char *b = bytes + at;
        const size_t length = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];

        if (length > n - at - CHUNK_FRAME_BYTES)
            return false;
        if (memcmp(b + 4, "IEND", 4) == 0)
            return true;
        at += length + CHUNK_FRAME_BYTES;
    }
    return false;
}

orator_status ora_png_parse(ora_image *out, const void *bytes, size_t n, const char *name)
{
    png_in in = {.bytes = bytes, .n = n, .image = out};
    orator_status st;

    if (n < SIGNATURE_BYTES || png_sig_cmp(bytes, 0, SIGNATURE_BYTES) != 0)
        return ora_fail(ORATOR_E_FORMAT, "read '%s': not a PNG file", name);
    if (!chunks_fit(bytes, n))
        return ora_fail(ORATOR_E_FORMAT, "read '%s': damaged PNG: truncated", name);
    in.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &in.trouble, on_error, on_warning,
                                      &in.trouble, take_memory, give_memory);
    in.info = in.png ? png_create_info_struct(in.png) : NULL;
    if (in.info)
        st = read_all(&in, name);
    else
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", name);
    free(in.rows);
    png_destroy_read_struct(&in.png, &in.info, NULL);
    return st;
}

orator_status ora_png_read(ora_image *out, const char *path)
{
    unsigned char *bytes = NULL;
    orator_status st;
    size_t n = 0;

    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_png_parse(out, bytes, n, path));

done:
    free(bytes);
    return st;
}

static void put_bytes(png_structp png, png_bytep bytes, size_t n)
{
    png_out *out = png_get_io_ptr(png);

    out->st = ora_file_writer_put(out->file, bytes, n);
    if (out->st != ORATOR_OK)
        png_error(png, "write failed");
}

/* The file writer flushes at commit. */
static void put_nothing(png_structp png)
{
    (void)png;
}

static void write_colour(png_out *out, ora_colour c)
{
    png_unknown_chunk cicp = {.name = "cICP", .size = 4, .location = PNG_HAVE_IHDR};
    png_byte codes[4] = {(png_byte)c.primaries, (png_byte)c.transfer, 0, 1};
    png_fixed_point v[8];
    float xy[4][2];

    if (c.primaries == 1 && c.transfer == 13) {
        png_set_sRGB_gAMA_and_cHRM(out->png, out->info, PNG_sRGB_INTENT_PERCEPTUAL);
        return;
    }
    for (size_t k = 0; k < sizeof gammas / sizeof gammas[0]; k++) {
        if (gammas[k].transfer == c.transfer)
            png_set_gAMA_fixed(out->png, out->info, gammas[k].gamma);
    }
    if (ora_colour_chromaticities(xy, c.primaries)) {
        for (int i = 0; i < 8; i++)
            v[i] = (png_fixed_point)(xy[i / 2][i % 2] * 1e5F + 0.5F);
        png_set_cHRM_fixed(out->png, out->info, v[6], v[7], v[0], v[1], v[2], v[3], v[4], v[5]);
    }
    if (c.primaries == ORA_COLOUR_UNSPECIFIED && c.transfer == ORA_COLOUR_UNSPECIFIED)
        return;
    cicp.data = codes;
    png_set_keep_unknown_chunks(out->png, PNG_HANDLE_CHUNK_ALWAYS, cicp.name, 1);
    png_set_unknown_chunks(out->png, out->info, &cicp, 1);
}

static void write_texts(png_out *out)
{
    for (int32_t i = 0; i < out->n_texts; i++) {
        png_text text = {.compression = PNG_ITXT_COMPRESSION_NONE};

        /* libpng's fields are not const, but it only copies. NOLINTBEGIN(performance-no-int-to-ptr) */
        text.key = (png_charp)(uintptr_t)out->texts[i].key;
        text.text = (png_charp)(uintptr_t)out->texts[i].value;
        /* NOLINTEND(performance-no-int-to-ptr) */
        text.itxt_length = strlen(out->texts[i].value);
        png_set_text(out->png, out->info, &text, 1);
    }
}

static uint32_t unmultiplied(uint32_t c, uint32_t a, uint32_t max)
{
    const uint64_t v = a > 0 ? ((uint64_t)c * max + a / 2) / a : 0;

    return v > max ? max : (uint32_t)v;
}

/* row [width][channels] = src with straight alpha. */
static void straighten_row(unsigned char *row, const unsigned char *src, const ora_image *image)
{
    const int32_t nc = image->channels;

    for (int32_t x = 0; x < image->width; x++) {
        for (int32_t c = 0; c < nc; c++) {
            const size_t i = (size_t)x * (size_t)nc + (size_t)c;
            const size_t i_a = (size_t)x * (size_t)nc + (size_t)(nc - 1);

            if (image->sample == ORA_SAMPLE_U8) {
                row[i] = c == nc - 1 ? src[i] : (unsigned char)unmultiplied(src[i], src[i_a], 255);
            } else {
                uint16_t v, a;

                memcpy(&v, src + 2 * i, 2);
                memcpy(&a, src + 2 * i_a, 2);
                if (c != nc - 1)
                    v = (uint16_t)unmultiplied(v, a, 65535);
                memcpy(row + 2 * i, &v, 2);
            }
        }
    }
}

static orator_status write_all(png_out *out, const char *path)
{
    static const int types[5] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                 PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const ora_image *image = out->image;

    if (setjmp(png_jmpbuf(out->png))) {
        if (out->st != ORATOR_OK)
            return out->st;
        return png_trouble_status(&out->trouble, ORATOR_E_WRITE, "write", path);
    }
    png_set_write_fn(out->png, out, put_bytes, put_nothing);
    png_set_user_limits(out->png, ORA_IMAGE_MAX, ORA_IMAGE_MAX);
    png_set_compression_level(out->png, ZLIB_LEVEL);
    png_set_IHDR(out->png, out->info, (png_uint_32)image->width, (png_uint_32)image->height,
                 8 * (int)image->sample, types[image->channels], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    write_colour(out, image->colour);
    write_texts(out);
    png_write_info(out->png, out->info);
    if (image->sample == ORA_SAMPLE_U16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(out->png);
    for (int32_t y = 0; y < image->height; y++) {
        const unsigned char *src = image->data + (size_t)y * image->stride_bytes;

        if (out->row) {
            straighten_row(out->row, src, image);
            src = out->row;
        }
        png_write_row(out->png, src);
    }
    png_write_end(out->png, out->info);
    return ORATOR_OK;
}

static orator_status check_write(const char *path, const ora_image *img, const ora_png_text *texts,
                                 int32_t n_texts)
{
    if (img->sample != ORA_SAMPLE_U8 && img->sample != ORA_SAMPLE_U16)
        return ora_fail(ORATOR_E_INVALID, "write '%s': PNG holds 8 or 16 bits, not float", path);
    if (img->channels < 1 || img->channels > 4)
        return ora_fail(ORATOR_E_INVALID, "write '%s': PNG holds 1..4 channels, not %d", path,
                        (int)img->channels);
    for (int32_t i = 0; i < n_texts; i++) {
        const size_t n = strlen(texts[i].key);

        if (n < 1 || n > KEY_MAX || texts[i].key[0] == ' ' || texts[i].key[n - 1] == ' ')
            return ora_fail(ORATOR_E_INVALID, "write '%s': text key '%s' has to have 1..%d letters",
                            path, texts[i].key, (int)KEY_MAX);
    }
    return ORATOR_OK;
}

orator_status ora_png_write(const char *path, const ora_image *img, const ora_png_text *texts,
                            int32_t n_texts)
{
    png_out out = {.image = img, .texts = texts, .n_texts = texts ? n_texts : 0};
    orator_status st;

    ORA_TRY(check_write(path, img, texts, out.n_texts));
    ORA_TRY(ora_file_writer_open(&out.file, path));
    out.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &out.trouble, on_error, on_warning,
                                        &out.trouble, take_memory, give_memory);
    out.info = out.png ? png_create_info_struct(out.png) : NULL;
    if (img->alpha == ORA_ALPHA_PREMULTIPLIED && img->channels % 2 == 0)
        out.row = malloc((size_t)img->width * (size_t)img->channels * (size_t)img->sample);
    if (!out.info ||
        (img->alpha == ORA_ALPHA_PREMULTIPLIED && img->channels % 2 == 0 && !out.row)) {
        st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
        goto done;
    }
    ORA_TRY(write_all(&out, path));
    ORA_TRY(ora_file_writer_commit(&out.file));

done:
    free(out.row);
    png_destroy_write_struct(&out.png, &out.info);
    ora_file_writer_close(&out.file);
    return st;
}
