/*
 * field_slots.c - the tensors of a field file, and what may stand in them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "base/status_impl.h"
#include "field/field_file_impl.h"

static const double MAX_HALF = 65504.0;
static const double MAX_FOCAL_PX = 1e6;
static const double MAX_BOX_MM = 1e5;
enum { MAX_CELLS = 4096, MAX_HASH = 1 << 24, MAX_TORSO_FEATURES = 32 };
enum { MAX_GRID_FLOATS = 1 << 28 }; /* 1 GB in memory */

static const char *const layer_names[ORA_LAYER_COUNT] = {
    "att1",  "att2",  "den1",  "den2",   "out",    "ray",  "col",  "tdef1",
    "tdef2", "tcol1", "tcol2", "mouth1", "mouth2", "eye1", "eye2",
};

/* A tensor of the shape [a][b][c], trailing zeros left out, without gaps in memory. */
static void add(ora_field_slot **at, const char *name, ora_dtype dtype, const int64_t shape[3],
                float *data)
{
    ora_field_slot *s = (*at)++;

    *s = (ora_field_slot){.dtype = dtype, .rows = 1, .cols = 1, .data = data};
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    while (s->n_dims < 3 && shape[s->n_dims] > 0) {
        s->shape[s->n_dims] = shape[s->n_dims];
        s->cols *= shape[s->n_dims++];
    }
    s->stride = s->cols;
}

#define SHAPE(...) ((const int64_t[3]){__VA_ARGS__})

/* Weights without the padding that they have in memory. */
static void add_layers(ora_field_slot **at, ora_field_file *f)
{
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &f->model.layer[i];
        char name[32];

        (void)snprintf(name, sizeof name, "%s.weight", layer_names[i]);
        add(at, name, ORA_DTYPE_F32, SHAPE(l->n_in, l->n_out),
            f->theta ? f->theta + l->weight : NULL);
        (*at)[-1].rows = l->n_in;
        (*at)[-1].cols = l->n_out;
        (*at)[-1].stride = l->n_out_pad;
        (void)snprintf(name, sizeof name, "%s.bias", layer_names[i]);
        if (l->bias >= 0)
            add(at, name, ORA_DTYPE_F32, SHAPE(l->n_out), f->theta ? f->theta + l->bias : NULL);
    }
    add(at, "mouth.taps", ORA_DTYPE_F32, SHAPE(ORA_COND_TAPS),
        f->theta ? f->theta + f->model.mouth_taps : NULL);
    add(at, "eye.taps", ORA_DTYPE_F32, SHAPE(ORA_COND_TAPS),
        f->theta ? f->theta + f->model.eye_taps : NULL);
}

static void add_statistics(ora_field_slot **at, ora_field_file *f)
{
    ora_condition_stats *c = &f->cond;
    ora_torso_predictor *t = &f->torso;

    add(at, "cond.mouth_mean", ORA_DTYPE_F32, SHAPE(ORA_COND_MOUTH_POINTS, 3), c->mouth_mean);
    add(at, "cond.mouth_basis", ORA_DTYPE_F32, SHAPE(ORA_MOUTH_IN, ORA_COND_MOUTH_POINTS, 3),
        c->mouth_basis[0]);
    add(at, "cond.eye_mean", ORA_DTYPE_F32, SHAPE(ORA_COND_EYE_POINTS, 3), c->eye_mean);
    add(at, "cond.eye_basis", ORA_DTYPE_F32, SHAPE(ORA_COND_EYE_PARTS, ORA_COND_EYE_POINTS, 3),
        c->eye_basis[0]);
    add(at, "cond.side_mean", ORA_DTYPE_F32, SHAPE(ORA_COND_SIDES), c->side_mean);
    add(at, "cond.side_scale", ORA_DTYPE_F32, SHAPE(ORA_COND_SIDES), c->side_scale);
    add(at, "torso.pose_mean", ORA_DTYPE_F32, SHAPE(6), f->torso_pose_mean);
    add(at, "torso.pose_scale", ORA_DTYPE_F32, SHAPE(6), f->torso_pose_scale);
    add(at, "torso.predict.mean", ORA_DTYPE_F32, SHAPE(6), t->mean);
    add(at, "torso.predict.weight", ORA_DTYPE_F32, SHAPE(ORA_TORSO_PREDICT_IN, 6), t->weight[0]);
    add(at, "torso.predict.residual", ORA_DTYPE_F32, SHAPE(6), t->residual);
}

int32_t ora_field_slots(ora_field_slot slots[ORA_FIELD_MAX_SLOTS], ora_field_file *f)
{
    const ora_grid *head = &f->model.head;
    const ora_grid *torso = &f->model.torso;
    ora_field_slot *at = slots;

    add_layers(&at, f);
    add(&at, "appearance", ORA_DTYPE_F32, SHAPE(ORA_APPEARANCE), f->appearance);
    add_statistics(&at, f);
    add(&at, "box.min", ORA_DTYPE_F32, SHAPE(3), f->box.min);
    add(&at, "box.size", ORA_DTYPE_F32, SHAPE(3), f->box.size);
    add(&at, "camera.focal", ORA_DTYPE_F32, SHAPE(1), &f->camera.focal);
    add(&at, "camera.centre", ORA_DTYPE_F32, SHAPE(2), f->camera.centre);
    add(&at, "rest_pose", ORA_DTYPE_F32, SHAPE(3, 4), f->rest_pose);
    add(&at, "pose", ORA_DTYPE_F32, SHAPE(f->n_frames, 3, 4), f->pose);
    add(&at, "torso.affine", ORA_DTYPE_F32, SHAPE(f->n_frames, 2, 3), f->torso_affine);
    add(&at, "head.grid", ORA_DTYPE_F16, SHAPE(head->n_planes, head->plane_floats), f->grid);
    add(&at, "torso.grid", ORA_DTYPE_F16, SHAPE(torso->n_planes, torso->plane_floats),
        f->torso_grid);
    add(&at, "background", ORA_DTYPE_F16, SHAPE(f->camera.height, f->camera.width, 3),
        f->background);
    return (int32_t)(at - slots);
}

ora_field_grid_spec ora_field_grid_spec_of(const ora_grid *g)
{
    ora_field_grid_spec s = {.levels = g->n_levels, .features = g->n_features};

    if (g->n_levels < 1 || g->n_levels > ORA_GRID_MAX_LEVELS)
        return s;
    s.coarse = g->level[0].cells;
    s.fine = g->level[g->n_levels - 1].cells;
    for (int32_t i = 0; i < g->n_levels; i++)
        if (g->level[i].is_hashed)
            s.hash = g->level[i].n_entries;
    return s;
}

orator_status ora_field_grid_make(ora_grid *g, int32_t n_planes, const ora_field_grid_spec *s,
                                  const char *grid, const char *name)
{
    if (s->levels < 1 || s->levels > ORA_GRID_MAX_LEVELS ||
        (s->features != 1 && s->features != 2 && s->features != 4) || s->coarse < 1 ||
        s->fine < s->coarse || s->fine > MAX_CELLS || (s->levels == 1 && s->fine != s->coarse) ||
        s->hash < 0 || s->hash > MAX_HASH || (s->hash & (s->hash - 1)) != 0)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': %s grid of %lld levels, %lld features, %lld to %lld cells, %lld "
                        "hashed entries: no grid has these",
                        name, grid, (long long)s->levels, (long long)s->features,
                        (long long)s->coarse, (long long)s->fine, (long long)s->hash);
    *g = (ora_grid){
        .n_planes = n_planes, .n_levels = (int32_t)s->levels, .n_features = (int32_t)s->features};
    ora_grid_layout(g, (int32_t)s->coarse, (int32_t)s->fine, (int32_t)s->hash);
    if (ora_grid_floats(g) > MAX_GRID_FLOATS)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': %s grid of %lld numbers, want at most %d", name,
                        grid, (long long)ora_grid_floats(g), (int)MAX_GRID_FLOATS);
    return ORATOR_OK;
}

static bool is_same_grid(const ora_grid *a, const ora_grid *b)
{
    bool same = a->n_planes == b->n_planes && a->n_levels == b->n_levels &&
                a->n_features == b->n_features && a->plane_floats == b->plane_floats;

    for (int32_t i = 0; same && i < a->n_levels; i++)
        same = memcmp(&a->level[i], &b->level[i], sizeof a->level[i]) == 0;
    return same;
}

orator_status ora_field_model_check(const ora_field_model *m, const char *name)
{
    const ora_field_grid_spec head = ora_field_grid_spec_of(&m->head);
    const ora_field_grid_spec torso = ora_field_grid_spec_of(&m->torso);
    ora_field_model made = {0};
    orator_status st;

    ORA_TRY(ora_field_grid_make(&made.head, 3, &head, "head", name));
    ORA_TRY(ora_field_grid_make(&made.torso, 1, &torso, "torso", name));
    if (!is_same_grid(&made.head, &m->head) || !is_same_grid(&made.torso, &m->torso)) {
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': grids that were not laid out by rule", name);
        goto done;
    }
    if (3 * head.levels * head.features > ORA_FIELD_MAX_POSITION ||
        torso.levels * torso.features > MAX_TORSO_FEATURES) {
        st = ora_fail(ORATOR_E_CHECKPOINT,
                      "'%s': %lld features of a position and %lld of a torso pixel, want at most "
                      "%d and %d",
                      name, (long long)(3 * head.levels * head.features),
                      (long long)(torso.levels * torso.features), (int)ORA_FIELD_MAX_POSITION,
                      (int)MAX_TORSO_FEATURES);
        goto done;
    }
    ora_field_model_layout(&made);
    if (memcmp(made.layer, m->layer, sizeof made.layer) != 0 || made.n_theta != m->n_theta)
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': layers that do not follow from the grids", name);

done:
    return st;
}

static orator_status check_slot(const ora_field_slot *s, double low, double high, const char *name)
{
    for (int64_t row = 0; row < s->rows; row++) {
        for (int64_t i = 0; i < s->cols; i++) {
            const double v = (double)s->data[row * s->stride + i];

            if (!(v >= low && v <= high))
                return ora_fail(ORATOR_E_CHECKPOINT,
                                "'%s': tensor '%s' has %g at %lld, want %g..%g", name, s->name, v,
                                (long long)(row * s->cols + i), low, high);
        }
    }
    return ORATOR_OK;
}

static orator_status check_poses(const ora_field_file *f, const char *name)
{
    bool has_pose = false;

    for (int64_t i = 0; i < f->n_frames; i++) {
        if (ora_pose_is_none(f->pose + 12 * i))
            continue;
        if (!ora_head_pose_is_rigid(f->pose + 12 * i))
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': pose %lld is no rotation and shift", name,
                            (long long)i);
        has_pose = true;
    }
    if (!has_pose || !ora_head_pose_is_rigid(f->rest_pose))
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': %s", name,
                        has_pose ? "the rest pose is no rotation and shift"
                                 : "no frame has a pose");
    return ORATOR_OK;
}

orator_status ora_field_values_check(ora_field_file *f, const char *name)
{
    ora_field_slot slots[ORA_FIELD_MAX_SLOTS];
    const int32_t n = ora_field_slots(slots, f);
    orator_status st;

    for (int32_t i = 0; i < n; i++) {
        const bool is_plate = slots[i].data == f->background;
        const double high = is_plate ? 1.0 : slots[i].dtype == ORA_DTYPE_F16 ? MAX_HALF : 1e30;

        ORA_TRY(check_slot(&slots[i], is_plate ? 0.0 : -high, high, name));
    }
    if (!((double)f->camera.focal > 0.0 && (double)f->camera.focal <= MAX_FOCAL_PX)) {
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': focal length of %g pixels", name,
                      (double)f->camera.focal);
        goto done;
    }
    for (int i = 0; i < 3; i++) {
        if (!((double)f->box.size[i] > 0.0 && (double)f->box.size[i] <= MAX_BOX_MM)) {
            st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': head box of %g mm", name,
                          (double)f->box.size[i]);
            goto done;
        }
    }
    ORA_TRY(check_poses(f, name));

done:
    return st;
}

void ora_field_condition_id(char out[65], const ora_condition_stats *s)
{
    ora_sha256 h;

    _Static_assert(sizeof(ora_condition_stats) ==
                       sizeof(float) * (3 * ORA_COND_MOUTH_POINTS * (1 + ORA_MOUTH_IN) +
                                        3 * ORA_COND_EYE_POINTS * (1 + ORA_COND_EYE_PARTS) +
                                        2 * ORA_COND_SIDES),
                   "floats without padding");
    ora_sha256_init(&h);
    ora_sha256_add(&h, s, sizeof *s);
    ora_sha256_finish(&h, out);
}
