#include "field/field_coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "numerics/march.h"
#include "numerics/rigid.h"

enum { LONG_SIDE = 64 /* pixels of the picture */, SAMPLES = 8 };

/* Far below any head, far above the fog that is left where one was lost. */
static const double MIN_COVERAGE = 0.05;

static int32_t scaled(int32_t side, double scale)
{
    const int32_t n = (int32_t)((double)side * scale + 0.5);

    return n < 1 ? 1 : n;
}

/* The training camera's picture, made small. */
static ora_field_camera small_camera(const ora_field_file *f)
{
    const ora_field_camera *c = &f->camera;
    const int32_t side = c->width > c->height ? c->width : c->height;
    const double scale = (double)LONG_SIDE / (double)side;

    return (ora_field_camera){
        .focal = (ora_real)((double)c->focal * scale),
        .centre = {(ora_real)((double)c->centre[0] * scale),
                   (ora_real)((double)c->centre[1] * scale)},
        .width = scaled(c->width, scale),
        .height = scaled(c->height, scale),
    };
}

static bool looks_through_box(const ora_field_view *v, const ora_field_box *box, int32_t x,
                              int32_t y)
{
    const ora_real pixel[2] = {(ora_real)x + 0.5F, (ora_real)y + 0.5F};
    ora_real origin[3], dir[3], t_near, t_far;

    ora_camera_ray(origin, dir, v->pose, v->camera.focal, v->camera.centre, pixel);
    return ora_box_hit(&t_near, &t_far, origin, dir, box->min, box->size);
}

orator_status ora_field_coverage(double *out, ora_field_engine *e, const ora_field_file *f)
{
    ora_field_view v = {.camera = small_camera(f),
                        .n_samples = SAMPLES,
                        .n_supersample = 1,
                        .which = ORA_WHICH_VALUE};
    const size_t n_pixels = (size_t)v.camera.width * (size_t)v.camera.height;
    float *plate = calloc(n_pixels, 3 * sizeof *plate);
    ora_field_pixels pixels = {.alpha = calloc(n_pixels, 2 * sizeof *pixels.alpha)};
    double sum = 0;
    int64_t area = 0;
    orator_status st;

    *out = 0;
    if (!plate || !pixels.alpha) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a picture");
        goto done;
    }
    v.background = plate;
    v.x1 = v.camera.width;
    v.y1 = v.camera.height;
    memcpy(v.pose, f->rest_pose, sizeof v.pose);
    memcpy(v.appearance, f->appearance, sizeof v.appearance);
    v.torso_affine[0] = v.torso_affine[4] = 1;
    ORA_TRY(e->ops->render(e, &v, &pixels));
    for (int32_t y = 0; y < v.camera.height; y++)
        for (int32_t x = 0; x < v.camera.width; x++) {
            if (!looks_through_box(&v, &f->box, x, y))
                continue;
            sum += (double)pixels.alpha[2 * ((int64_t)y * v.camera.width + x)];
            area++;
        }
    *out = area > 0 ? sum / (double)area : 0;

done:
    free(plate);
    free(pixels.alpha);
    return st;
}

orator_status ora_field_coverage_check(ora_field_engine *e, const ora_field_file *f,
                                       const char *name)
{
    double coverage;
    orator_status st;

    ORA_TRY(ora_field_coverage(&coverage, e, f));
    if (coverage < MIN_COVERAGE)
        st = ora_fail(ORATOR_E_CHECKPOINT,
                      "'%s' shows no head: it covers %.1f %% of its box, want %.0f %%; "
                      "--allow-empty renders it all the same",
                      name, 100 * coverage, 100 * MIN_COVERAGE);

done:
    return st;
}
