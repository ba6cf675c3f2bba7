#include "pipeline/field_plate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/image.h"
#include "media/colour_convert.h"
#include "media/video_reader.h"

/* Two shapes of pictures are the same where they differ by less. */
static const double SAME_SHAPE = 0.01;

static bool is_same_shape(int32_t w, int32_t h, int32_t other_w, int32_t other_h)
{
    const double ratio = (double)w * (double)other_h / ((double)h * (double)other_w);

    return ratio <= 1.0 + SAME_SHAPE && ratio >= 1.0 / (1.0 + SAME_SHAPE);
}

/* Rows of the training picture at the scale of the width. */
static int32_t scaled_height(const ora_field_file *f, int32_t width)
{
    const double h = round((double)f->camera.height * (double)width / (double)f->camera.width);

    return h < 1.0 ? 1 : h > (double)ORA_IMAGE_MAX ? ORA_IMAGE_MAX : (int32_t)h;
}

static void place_camera(ora_field_plate *p, const ora_field_file *f, int32_t width, int32_t height)
{
    const double scale = (double)width / (double)f->camera.width;
    const int32_t high = scaled_height(f, width);
    /* whole pixels, so that camera and plate stay together */
    const int32_t down = height >= high ? (height - high) / 2 : -((high - height) / 2);

    p->down = down;
    p->camera.width = width;
    p->camera.height = height;
    p->camera.focal = (ora_real)(scale * (double)f->camera.focal);
    p->camera.centre[0] = (ora_real)(scale * (double)f->camera.centre[0]);
    p->camera.centre[1] = (ora_real)(scale * (double)f->camera.centre[1] + down);
    p->y0 = down > 0 ? down : 0;
    p->y1 = down + high < height ? down + high : height;
}

/* `picture` in `high` rows that begin `down` rows below the top; its edge rows go on beyond. */
static orator_status lay_picture(ora_field_plate *p, const ora_image *picture, int32_t high,
                                 int32_t down)
{
    const int32_t width = p->camera.width;
    ora_image sized = {0};
    orator_status st;

    ORA_TRY(ora_image_resize(&sized, picture, width, high));
    for (int32_t y = 0; y < p->camera.height; y++) {
        const int32_t row = y - down < 0 ? 0 : y - down >= high ? high - 1 : y - down;
        const float *from =
            (const float *)(const void *)(sized.data + (size_t)row * sized.stride_bytes);
        ora_real *to = p->plate + (size_t)y * (size_t)width * 3;

        for (size_t i = 0; i < (size_t)width; i++)
            for (size_t c = 0; c < 3; c++)
                to[3 * i + c] = ora_clamp((ora_real)from[(size_t)sized.channels * i + c], 0, 1);
    }
    p->has_plate = true;

done:
    ora_image_clear(&sized);
    return st;
}

static orator_status lay_own_plate(ora_field_plate *p, const ora_field_file *f)
{
    const int32_t width = f->camera.width;
    ora_image picture = {0};
    orator_status st;

    ORA_TRY(ora_image_shape(&picture, width, f->camera.height, 3, ORA_SAMPLE_F32));
    for (int32_t y = 0; y < f->camera.height; y++)
        memcpy(picture.data + (size_t)y * picture.stride_bytes,
               f->background + (size_t)y * (size_t)width * 3, (size_t)width * 3 * sizeof(float));
    ORA_TRY(lay_picture(p, &picture, scaled_height(f, p->camera.width), p->down));

done:
    ora_image_clear(&picture);
    return st;
}

/* A picture from elsewhere, in the field's colours. */
static orator_status lay_file(ora_field_plate *p, orator_context *ctx, const ora_field_file *f,
                              const char *path)
{
    ora_video_reader_params rp = ora_video_reader_params_default();
    ora_video_reader *reader = NULL;
    ora_video_frame frame = {0};
    ora_image converted = {0};
    bool got = false;
    orator_status st;

    rp.sample = ORA_SAMPLE_F32;
    ORA_TRY(ora_video_reader_open(&reader, ctx, path, &rp));
    ORA_TRY(ora_video_reader_next(reader, &frame, &got));
    if (!got) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has no picture", path);
        goto done;
    }
    if (!is_same_shape(frame.image.width, frame.image.height, p->camera.width, p->camera.height)) {
        st = ora_fail(ORATOR_E_INVALID,
                      "background '%s' has %dx%d pixels, which does not fill %dx%d", path,
                      (int)frame.image.width, (int)frame.image.height, (int)p->camera.width,
                      (int)p->camera.height);
        goto done;
    }
    ORA_TRY(ora_colour_convert(&converted, &frame.image, f->colour, ORA_ALPHA_STRAIGHT,
                               ORA_SAMPLE_F32));
    ORA_TRY(ora_video_reader_next(reader, &frame, &got));
    if (got) {
        st = ora_fail(ORATOR_E_INVALID, "background '%s' moves, want one picture", path);
        goto done;
    }
    ORA_TRY(lay_picture(p, &converted, p->camera.height, 0));

done:
    ora_image_clear(&converted);
    ora_video_frame_clear(&frame);
    ora_video_reader_close(&reader);
    return st;
}

orator_status ora_field_plate_make(ora_field_plate *out, orator_context *ctx,
                                   const ora_field_file *f, int32_t width, int32_t height,
                                   const char *background)
{
    const bool is_none = background && strcmp(background, "none") == 0;
    ora_field_plate p = {0};
    orator_status st = ORATOR_OK;

    *out = p;
    width = width > 0 ? width : f->camera.width;
    height = height > 0 ? height : f->camera.height;
    if (!is_none && !is_same_shape(width, height, f->camera.width, f->camera.height))
        return ora_fail(ORATOR_E_INVALID,
                        "%dx%d has another shape than the plate's %dx%d: give --background none "
                        "or a size of that shape",
                        (int)width, (int)height, (int)f->camera.width, (int)f->camera.height);
    place_camera(&p, f, width, height);
    p.plate = calloc((size_t)width * (size_t)height, 3 * sizeof *p.plate);
    if (!p.plate) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a plate of %dx%d", (int)width, (int)height);
        goto done;
    }
    if (!is_none)
        ORA_TRY(background ? lay_file(&p, ctx, f, background) : lay_own_plate(&p, f));
    if (p.has_plate) { /* within 1 %: head and torso go on over the last rows too */
        p.y0 = 0;
        p.y1 = height;
    }
    *out = p;
    p = (ora_field_plate){0};

done:
    ora_field_plate_clear(&p);
    return st;
}

void ora_field_plate_clear(ora_field_plate *p)
{
    free(p->plate);
    *p = (ora_field_plate){0};
}

void ora_field_plate_affine(ora_real out[6], const ora_field_plate *p, const float affine[6])
{
    /* row y here is row y - down of the training picture */
    const double shift = (double)p->down / (double)p->camera.width;

    for (size_t row = 0; row < 2; row++) {
        out[3 * row] = affine[3 * row];
        out[3 * row + 1] = affine[3 * row + 1];
        out[3 * row + 2] =
            (ora_real)((double)affine[3 * row + 2] - (double)affine[3 * row + 1] * shift);
    }
}
