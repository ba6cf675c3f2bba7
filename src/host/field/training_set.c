#include "field/training_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MATTE_HALF = 128 /* of 255: covered by the head */ };

void ora_training_set_clear(ora_training_set *s)
{
    free(s->subject_id);
    free(s->use);
    free(s->pose);
    free(s->points);
    free(s->torso_pose);
    free(s->torso_affine);
    orator_motion_track_destroy(&s->track);
    free(s->background);
    free(s->is_known);
    ora_frame_store_close(&s->frames);
    free(s->hull);
    *s = (ora_training_set){0};
}

/* Whole pixels, clipped to 0..limit; NaN gives 0. */
static int32_t clip_pixel(float v, int32_t limit)
{
    return !(v > 0.0f) ? 0 : v >= (float)limit ? limit : (int32_t)v;
}

void ora_training_set_box(const ora_training_set *s, int64_t frame, ora_region r, int32_t box[4])
{
    static const int first[] = {
        [ORA_REGION_MOUTH] = 48, [ORA_REGION_EYES] = 36, [ORA_REGION_FACE] = 0};
    static const int last[] = {
        [ORA_REGION_MOUTH] = 67, [ORA_REGION_EYES] = 47, [ORA_REGION_FACE] = 67};
    const float margin = (r == ORA_REGION_FACE ? 8.0f : 4.0f) * (float)s->camera.width / 192.0f;
    const float *p = &s->points[frame * 2 * ORATOR_LANDMARKS];
    float lo[2] = {p[2 * first[r]], p[2 * first[r] + 1]};
    float hi[2] = {lo[0], lo[1]};

    for (int i = first[r]; i <= last[r]; i++) {
        for (int c = 0; c < 2; c++) {
            lo[c] = fminf(lo[c], p[2 * i + c]);
            hi[c] = fmaxf(hi[c], p[2 * i + c]);
        }
    }
    box[0] = clip_pixel(floorf(lo[0] - margin), s->camera.width);
    box[1] = clip_pixel(floorf(lo[1] - margin), s->camera.height);
    box[2] = clip_pixel(ceilf(hi[0] + margin), s->camera.width);
    box[3] = clip_pixel(ceilf(hi[1] + margin), s->camera.height);
}

void ora_training_set_head_box(const ora_training_set *s, const uint8_t *pixels, int32_t box[4])
{
    const int32_t width = s->camera.width;
    const int32_t height = s->camera.height;
    int32_t x0 = width, y0 = height, x1 = 0, y1 = 0;

    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            const int64_t at = ((int64_t)y * width + x) * ORA_STORE_CHANNELS;

            if (pixels[at + 3] < MATTE_HALF)
                continue;
            x0 = x < x0 ? x : x0;
            x1 = x >= x1 ? x + 1 : x1;
            y0 = y < y0 ? y : y0;
            y1 = y + 1;
        }
    }
    memset(box, 0, 4 * sizeof *box);
    if (x1 > x0) {
        box[0] = x0;
        box[1] = y0;
        box[2] = x1;
        box[3] = y1;
    }
}
