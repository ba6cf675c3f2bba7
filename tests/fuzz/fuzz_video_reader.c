/*
 * fuzz_video_reader.c - bytes as a clip. Only a few containers are let through: the target is our
 * handling, not each of libav*'s demultiplexers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "media/av_error.h"
#include "media/clip_timing.h"
#include "media/video_reader.h"
#include "support/fuzz_target.h"

enum { MAX_BYTES = 1 << 16, MAX_PIXELS = 1 << 14, MAX_FRAMES = 16 };

static int is_wanted(const uint8_t *data, size_t n)
{
    static const char *const magic[] = {"\x1a\x45\xdf\xa3", "RIFF", "\x89PNG"};

    if (n < 12 || n > MAX_BYTES)
        return 0;
    for (size_t i = 0; i < 3; i++)
        if (memcmp(data, magic[i], 4) == 0)
            return 1;
    return memcmp(data + 4, "ftyp", 4) == 0 || memcmp(data + 4, "moov", 4) == 0;
}

static void read_frames(orator_context *ctx, const char *path)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    bool got = true;

    p.max_pixels = MAX_PIXELS;
    if (ora_video_reader_open(&r, ctx, path, &p) == ORATOR_OK) {
        ora_clip_timing t;

        for (int i = 0; i < MAX_FRAMES && got; i++)
            if (ora_video_reader_next(r, &f, &got) != ORATOR_OK)
                break;
        if (ora_video_reader_info(r)->n_frames <= MAX_FRAMES &&
            ora_video_reader_rewind(r) == ORATOR_OK &&
            ora_clip_timing_measure(&t, ctx, r) == ORATOR_OK)
            ora_clip_timing_clear(&t);
    }
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    orator_context_params cp = orator_context_params_default();
    orator_context *ctx = NULL;
    char path[64];
    int fd;

    ora_av_log_quiet();
    if (!is_wanted(data, n))
        return 0;
    fd = memfd_create("clip", 0);
    cp.n_threads = 1;
    if (fd >= 0 && write(fd, data, n) == (ssize_t)n &&
        orator_context_open(&ctx, &cp) == ORATOR_OK) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        read_frames(ctx, path);
        orator_context_close(&ctx);
    }
    if (fd >= 0)
        (void)close(fd);
    return 0;
}
