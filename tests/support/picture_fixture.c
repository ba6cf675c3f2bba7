#include "support/picture_fixture.h"

#include <libavutil/log.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/png_file.h"
#include "support/check.h"
#include "support/make_clip.h"

/* Thousands of small files, each synced: in memory where the system has a place for that. */
__attribute__((constructor)) static void use_memory(void)
{
    if (access("/dev/shm", W_OK | X_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
}

void write_test_png(const char *path, int width, int height, int channels)
{
    ora_image img = {0};

    CHECK_OK(ora_image_shape(&img, width, height, channels, ORA_SAMPLE_U8));
    img.alpha = channels == 4 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    img.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    memset(img.data, 128, img.stride_bytes * (size_t)height);
    CHECK_OK(ora_png_write(path, &img, NULL, 0));
    ora_image_clear(&img);
}

void write_test_jpeg(const char *path, int width, int height)
{
    make_clip_spec s = make_clip_spec_default();

    av_log_set_level(AV_LOG_ERROR); /* it warns that a name without digits is one picture */
    s.codec = "mjpeg";
    s.pixel_format = "yuvj420p";
    s.width = width;
    s.height = height;
    s.n_frames = 1;
    make_clip(path, &s);
}
