#include "pipeline/overlay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "subject/subject_impl.h"

enum { MAX_BYTES = 1 << 30 };

orator_status ora_overlay_open(ora_overlay *o, const orator_subject *s)
{
    char *path = ora_path_join(s->folder, "landmarks2d.npy");
    orator_status st = ORATOR_OK;

    *o = (ora_overlay){.subject = s};
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    if (ora_file_exists(path)) {
        const int64_t shape[3] = {s->n_frames, -1, 2};

        ORA_TRY(ora_npy_read(&o->landmarks, path, MAX_BYTES));
        ORA_TRY(ora_npy_expect(&o->landmarks, 3, shape, path));
        ORA_TRY(ora_npy_to_f32(&o->landmarks));
    }

done:
    free(path);
    return st;
}

void ora_overlay_clear(ora_overlay *o)
{
    ora_npy_clear(&o->landmarks);
    *o = (ora_overlay){0};
}

bool ora_overlay_is_bad(const ora_overlay *o, int64_t frame)
{
    return o->subject && o->subject->bad && frame < o->subject->n_frames && o->subject->bad[frame];
}

static void dot(ora_image *img, float x, float y)
{
    const int32_t cx = (int32_t)lroundf(x);
    const int32_t cy = (int32_t)lroundf(y);

    for (int32_t py = cy - 1; py <= cy; py++) {
        for (int32_t px = cx - 1; px <= cx; px++) {
            unsigned char *p;

            if (px < 0 || py < 0 || px >= img->width || py >= img->height)
                continue;
            p = img->data + (size_t)py * img->stride_bytes + (size_t)px * 3;
            p[0] = 60;
            p[1] = 255;
            p[2] = 120;
        }
    }
}

void ora_overlay_draw(const ora_overlay *o, ora_image *img, int64_t frame)
{
    const float *point = o->landmarks.data;
    int64_t n_points;
    float sx, sy;

    if (!point || frame >= o->landmarks.shape[0])
        return;
    n_points = o->landmarks.shape[1];
    sx = (float)img->width / (float)o->subject->width;
    sy = (float)img->height / (float)o->subject->height;
    point += frame * n_points * 2;
    for (int64_t i = 0; i < n_points; i++) {
        const float x = point[2 * i] * sx;
        const float y = point[2 * i + 1] * sy;

        /* NaN marks a point that was not found */
        if (x > -10.0f && y > -10.0f && x < 40000.0f && y < 40000.0f)
            dot(img, x, y);
    }
}
