#include "support/make_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"
#include "base/status_impl.h"
#include "base/text.h"

static const double DISTANCE_MM = 800.0;
static const double HALF_BOX_MM = 90.0;

make_field_spec make_field_spec_default(void)
{
    return (make_field_spec){.width = 32,
                             .height = 24,
                             .n_frames = 8,
                             .i_missing = -1,
                             .rate = {25, 1},
                             .levels = 2,
                             .features = 2,
                             .n_occupancy = 8,
                             .seed = 1};
}

/* n numbers in middle +- reach; owned. */
static float *noise(int64_t n, ora_rng *rng, double middle, double reach)
{
    float *x = malloc((size_t)n * sizeof *x);

    for (int64_t i = 0; x && i < n; i++)
        x[i] = (float)(middle + reach * (2.0 * (double)ora_rng_f32(rng) - 1.0));
    return x;
}

static void fill(float *x, int64_t n, ora_rng *rng, double reach)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(reach * (2.0 * (double)ora_rng_f32(rng) - 1.0));
}

/* A head that faces the camera, turned by `angle` about its own up axis. */
static void set_pose(float pose[12], double angle)
{
    const double c = cos(angle);
    const double s = sin(angle);
    const float p[12] = {(float)c, 0, (float)s,  (float)(100.0 * s), 0, -1, 0, 4,
                         (float)s, 0, (float)-c, (float)DISTANCE_MM};

    memcpy(pose, p, sizeof p);
}

static void set_layers(ora_field_file *f, ora_rng *rng)
{
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &f->model.layer[i];
        const double reach = 1.5 / sqrt(l->n_in);

        for (int32_t k = 0; k < l->n_in; k++)
            fill(f->theta + l->weight + k * l->n_out_pad, l->n_out, rng, reach);
        if (l->bias >= 0)
            fill(f->theta + l->bias, l->n_out, rng, 0.3);
    }
    fill(f->theta + f->model.mouth_taps, ORA_COND_TAPS, rng, 0.5);
    fill(f->theta + f->model.eye_taps, ORA_COND_TAPS, rng, 0.5);
}

static void set_statistics(ora_field_file *f, ora_rng *rng)
{
    ora_condition_stats *c = &f->cond;

    fill(c->mouth_mean, 3 * ORA_COND_MOUTH_POINTS, rng, 1.0);
    fill(c->mouth_basis[0], (int64_t)ORA_MOUTH_IN * 3 * ORA_COND_MOUTH_POINTS, rng, 0.1);
    fill(c->eye_mean, 3 * ORA_COND_EYE_POINTS, rng, 1.0);
    fill(c->eye_basis[0], (int64_t)ORA_COND_EYE_PARTS * 3 * ORA_COND_EYE_POINTS, rng, 0.1);
    fill(c->side_mean, ORA_COND_SIDES, rng, 0.2);
    fill(c->side_scale, ORA_COND_SIDES, rng, 2.0);
    fill(f->torso_pose_mean, 6, rng, 0.1);
    f->torso_pose_mean[5] = (float)DISTANCE_MM;
    for (int i = 0; i < 6; i++)
        f->torso_pose_scale[i] = i < 3 ? 20.0F : 0.2F;
    fill(f->torso.weight[0], (int64_t)ORA_TORSO_PREDICT_IN * 6, rng, 0.002);
    fill(f->torso.residual, 6, rng, 0.001);
    f->torso.mean[0] = f->torso.mean[4] = 1.0F;
    fill(f->appearance, ORA_APPEARANCE, rng, 0.5);
}

static void set_frames(ora_field_file *f, const make_field_spec *spec)
{
    for (int64_t i = 0; i < f->n_frames; i++) {
        const float affine[6] = {1, 0, 0.002F * (float)(i % 5), 0, 1, 0.001F * (float)(i % 3)};

        memcpy(f->torso_affine + 6 * i, affine, sizeof affine);
        if (i == spec->i_missing)
            memset(f->pose + 12 * i, 0, 12 * sizeof(float));
        else
            set_pose(f->pose + 12 * i, 0.2 * sin(0.7 * (double)i));
    }
    set_pose(f->rest_pose, 0.0);
}

static void set_facts(ora_field_file *f, const make_field_spec *spec)
{
    memset(f->clip_hash, 'a', 64);
    f->rate = spec->rate;
    f->n_frames = spec->n_frames;
    f->n_occupancy = spec->n_occupancy;
    f->i_step = 1234;
    f->colour = (ora_colour){1, 13, 6, ORA_RANGE_LIMITED};
    f->camera.focal = 3.0F * (float)spec->width;
    f->camera.centre[0] = 0.5F * (float)spec->width;
    f->camera.centre[1] = 0.45F * (float)spec->height;
    f->camera.width = spec->width;
    f->camera.height = spec->height;
    for (int i = 0; i < 3; i++) {
        f->box.min[i] = (ora_real)-HALF_BOX_MM;
        f->box.size[i] = (ora_real)(2.0 * HALF_BOX_MM);
    }
    f->model.head =
        (ora_grid){.n_planes = 3, .n_levels = spec->levels, .n_features = spec->features};
    f->model.torso = (ora_grid){.n_planes = 1, .n_levels = 1, .n_features = 2};
    ora_grid_layout(&f->model.head, 4, spec->levels > 1 ? 9 : 4, spec->hash);
    ora_grid_layout(&f->model.torso, 5, 5, 0);
    ora_field_model_layout(&f->model);
}

orator_status make_field(ora_field_file *out, const make_field_spec *spec)
{
    const int64_t n_cells = (int64_t)spec->n_occupancy * spec->n_occupancy * spec->n_occupancy;
    ora_rng rng = ora_rng_make(spec->seed, 77);
    ora_field_file f = {0};
    orator_status st = ORATOR_OK;

    *out = f;
    set_facts(&f, spec);
    f.subject_id = ora_text_copy("test");
    f.tool_version = ora_text_copy("0.0.0");
    f.theta = calloc((size_t)f.model.n_theta, sizeof *f.theta);
    f.grid = noise(ora_grid_floats(&f.model.head), &rng, 0.0, 0.8);
    f.torso_grid = noise(ora_grid_floats(&f.model.torso), &rng, 0.0, 0.8);
    f.background = noise((int64_t)spec->width * spec->height * 3, &rng, 0.5, 0.4);
    f.pose = calloc((size_t)spec->n_frames * 12, sizeof *f.pose);
    f.torso_affine = calloc((size_t)spec->n_frames * 6, sizeof *f.torso_affine);
    f.occupancy = malloc((size_t)n_cells);
    if (!f.subject_id || !f.tool_version || !f.theta || !f.grid || !f.torso_grid || !f.background ||
        !f.pose || !f.torso_affine || !f.occupancy) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a field");
        goto done;
    }
    for (int64_t i = 0; i < n_cells; i++)
        f.occupancy[i] = ora_rng_below(&rng, 8) != 0;
    set_layers(&f, &rng);
    if (spec->is_empty)
        f.theta[f.model.layer[ORA_LAYER_OUT].bias + ORA_FIELD_HIDDEN] -= 20;
    set_statistics(&f, &rng);
    set_frames(&f, spec);
    *out = f;
    f = (ora_field_file){0};

done:
    ora_field_file_clear(&f);
    return st;
}
