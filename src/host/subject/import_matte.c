/*
 * import_matte.c - colour-coded classes become mattes, a plate becomes a plate with a validity mask.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "subject/subject_import.h"

/* Stray colours, from a smoothing resize say, are tolerated up to one pixel in so many. */
enum { STRAY_ONE_IN = 50 };

static const ora_matte_class *nearest_class(const ora_import *imp, const unsigned char *rgb,
                                            int *distance)
{
    const ora_matte_class *best = imp->classes;

    *distance = INT_MAX;
    for (int32_t i = 0; i < imp->n_classes; i++) {
        int d = 0;

        for (int c = 0; c < 3; c++)
            d += abs(rgb[c] - imp->classes[i].rgb[c]);
        if (d < *distance) {
            best = &imp->classes[i];
            *distance = d;
        }
    }
    return best;
}

static orator_status check_shape(const ora_import *imp, const ora_image *img, const char *path)
{
    if (img->width != imp->subject->width || img->height != imp->subject->height)
        return ora_fail(ORATOR_E_FORMAT, "'%s' is %dx%d, want %dx%d as the frames", path,
                        img->width, img->height, imp->subject->width, imp->subject->height);
    if (img->channels < 3 || img->sample != ORA_SAMPLE_U8)
        return ora_fail(ORATOR_E_FORMAT, "'%s' has %d channels of %d bytes, want 8-bit RGB", path,
                        img->channels, (int)img->sample);
    return ORATOR_OK;
}

orator_status ora_import_write_matte(const ora_import *imp, const char *from, const char *to)
{
    orator_status st;
    ora_image in = {0}, out = {0};
    int64_t n_stray = 0;

    ORA_TRY(ora_png_read(&in, from));
    ORA_TRY(check_shape(imp, &in, from));
    ORA_TRY(ora_image_shape(&out, in.width, in.height, 3, ORA_SAMPLE_U8));
    out.colour = in.colour;
    for (int32_t y = 0; y < in.height; y++) {
        const unsigned char *p = in.data + (size_t)y * in.stride_bytes;
        unsigned char *q = out.data + (size_t)y * out.stride_bytes;

        for (int32_t x = 0; x < in.width; x++, p += in.channels, q += 3) {
            int distance;
            const ora_matte_class *c = nearest_class(imp, p, &distance);

            q[0] = c->head;
            q[1] = c->torso;
            q[2] = 0;
            n_stray += distance > 0;
        }
    }
    if (n_stray > (int64_t)in.width * in.height / STRAY_ONE_IN) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s' is not a parsing map: %" PRId64 " pixels of other colours than its "
                      "classes have",
                      from, n_stray);
        goto done;
    }
    ORA_TRY(ora_png_write(to, &out, NULL, 0));

done:
    ora_image_clear(&in);
    ora_image_clear(&out);
    return st;
}

/* seen [height * width] becomes 255 where some matte shows neither head nor torso. */
static orator_status mark_seen(const ora_import *imp, unsigned char *seen)
{
    orator_status st = ORATOR_OK;
    ora_image matte = {0};
    char *path = NULL;

    for (int32_t i = 0; i < imp->n_items; i++) {
        if (imp->items[i].act != ORA_IMPORT_MATTE)
            continue;
        free(path);
        path = ora_path_join(imp->subject->folder, imp->items[i].to);
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        ORA_TRY(ora_png_read(&matte, path));
        ORA_TRY(check_shape(imp, &matte, path));
        for (int32_t y = 0; y < matte.height; y++) {
            const unsigned char *p = matte.data + (size_t)y * matte.stride_bytes;
            unsigned char *q = seen + (size_t)y * (size_t)matte.width;

            for (int32_t x = 0; x < matte.width; x++, p += matte.channels)
                if (p[0] == 0 && p[1] == 0)
                    q[x] = 255;
        }
    }

done:
    ora_image_clear(&matte);
    free(path);
    return st;
}

static orator_status read_plate(ora_video_frame *f, const ora_import *imp, const char *path)
{
    orator_status st;
    const ora_video_reader_params params = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    bool got = false;

    ORA_TRY(ora_video_reader_open(&r, imp->ctx, path, &params));
    ORA_TRY(ora_video_reader_next(r, f, &got));
    if (!got) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': no picture in it", path);
        goto done;
    }
    ORA_TRY(check_shape(imp, &f->image, path));

done:
    ora_video_reader_close(&r);
    return st;
}

orator_status ora_import_write_background(const ora_import *imp, const char *from, const char *to)
{
    orator_status st;
    ora_video_frame f = {0};
    ora_image out = {0};
    const size_t n = (size_t)imp->subject->width * (size_t)imp->subject->height;
    unsigned char *seen = calloc(n, 1);

    if (!seen) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    ORA_TRY(read_plate(&f, imp, from));
    if (imp->subject->mattes)
        ORA_TRY(mark_seen(imp, seen));
    else
        memset(seen, 255, n);
    ORA_TRY(ora_image_shape(&out, f.image.width, f.image.height, 4, ORA_SAMPLE_U8));
    out.alpha = ORA_ALPHA_STRAIGHT;
    out.colour = f.image.colour;
    for (int32_t y = 0; y < out.height; y++) {
        const unsigned char *p = f.image.data + (size_t)y * f.image.stride_bytes;
        unsigned char *q = out.data + (size_t)y * out.stride_bytes;

        for (int32_t x = 0; x < out.width; x++, p += f.image.channels, q += 4) {
            memcpy(q, p, 3);
            q[3] = seen[(size_t)y * (size_t)out.width + (size_t)x];
        }
    }
    ORA_TRY(ora_png_write(to, &out, NULL, 0));

done:
    free(seen);
    ora_video_frame_clear(&f);
    ora_image_clear(&out);
    return st;
}
