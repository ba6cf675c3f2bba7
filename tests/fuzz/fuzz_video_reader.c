/*
 * fuzz_video_reader.c - bytes as a clip. Only a few containers are let through: the target is our
 * handling, not each of libav*'s demultiplexers.
 */
#include <string.h>

#include <libavutil/mem.h>

#include "media/clip_timing.h"
#include "media/codec_support.h"
#include "media/video_reader.h"
#include "support/fuzz_file.h"
#include "support/fuzz_target.h"

enum {
    MAX_BYTES = 1 << 14,
    MAX_PIXELS = 1 << 12,
    MAX_FRAMES = 8,
    MAX_BLOCK = 1 << 18 /* bytes libav* may ask for at once: headers declare up to 50 MB packets */
};

static int is_wanted(const uint8_t *data, size_t n)
{
    if (n < 64 || n > MAX_BYTES)
        return 0;
    return memcmp(data, "\x1a\x45\xdf\xa3", 4) == 0 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0 ||
           (memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "AVI ", 4) == 0) ||
           memcmp(data + 4, "ftyp", 4) == 0 || memcmp(data + 4, "moov", 4) == 0;
}

/* Pictures or time stamps, by the length of the input: reading the clip twice costs the double. */
static void read_frames(orator_context *ctx, const char *path, int is_measured)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    ora_clip_timing t;
    bool got = true;

    p.max_pixels = MAX_PIXELS;
    if (ora_video_reader_open(&r, ctx, path, &p) == ORATOR_OK) {
        for (int i = 0; i < MAX_FRAMES && got && !is_measured; i++)
            if (ora_video_reader_next(r, &f, &got) != ORATOR_OK)
                break;
        if (is_measured && ora_video_reader_info(r)->n_frames <= MAX_FRAMES &&
            ora_video_reader_rewind(r) == ORATOR_OK &&
            ora_clip_timing_measure(&t, ctx, r) == ORATOR_OK)
            ora_clip_timing_clear(&t);
    }
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static orator_context *ctx; /* one for all inputs: nothing of an input stays in it */
    orator_context_params cp = orator_context_params_default();
    const char *path = NULL;

    if (!is_wanted(data, n))
        return 0;
    cp.n_threads = 1;
    if (!ctx) {
        ora_media_quiet_libraries();
        av_max_alloc(MAX_BLOCK);
        if (orator_context_open(&ctx, &cp) != ORATOR_OK)
            return 0;
    }
    path = fuzz_file(data, n);
    if (path)
        read_frames(ctx, path, n % 12 == 0);
    return 0;
}
