/*
 * field_scene.h - a random field with rays and the arrays of a pass over them, in the precision of
 * the including file.
 *
 *     field_scene s;
 *     field_scene_open(&s, &(field_scene_size){.n_rays = 9, .n_samples = 8, ...});
 *     s.args.mode = ORA_PASS_LOSS;
 *     field_scene_run(&s, ora_field_pass_scalar);
 *     field_scene_close(&s);
 *
 * The camera looks at the head from 600 mm; the box is 200 x 260 x 200 mm around its origin.
 */
#ifndef ORA_FIELD_SCENE_H
#define ORA_FIELD_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "cpu/dense_layout.h"
#include "cpu/field_pass.h"
#include "numerics/rigid.h"
#include "numerics/rng.h"

typedef struct field_scene_size {
    int n_features, n_levels, max_entries; /* of the head grid */
    int coarse, fine;                      /* cells, 0 = 4 and 32 */
    int torso_features;
    int n_rays, n_samples, n_frames;
    size_t scratch; /* bytes               */
} field_scene_size;

typedef struct field_scene {
    ora_field_model model;
    ora_real *theta, *transposed, *grid, *torso_grid;
    ora_occupancy occupancy;
    ora_pass_frame *frames;
    ora_field_ray *rays;
    ora_pass_share shares[ORA_PASS_CHUNKS];
    void *scratch;
    ora_pass_args args;
    ora_real *d_theta;            /* [n_theta], all shares in order */
    ora_pass_frame_grad *d_frame; /* [n_frames], likewise           */
    ora_pass_sums sums;           /* likewise                       */
    uint64_t n_drawn;
} field_scene;

/* Uniform in -1..1. */
static inline ora_real field_scene_random(field_scene *s)
{
    const ora_philox_block b = ora_rng_block(7, 1, s->n_drawn++);

    return (ora_real)(2 * ora_unit_f32(b.word[0]) - 1);
}

static inline void *field_scene_memory(size_t n_bytes)
{
    void *p = aligned_alloc(64, (n_bytes + 64) / 64 * 64);

    if (!p)
        abort();
    memset(p, 0, (n_bytes + 64) / 64 * 64);
    return p;
}

static inline ora_real *field_scene_reals(int64_t n)
{
    return field_scene_memory((size_t)n * sizeof(ora_real));
}

static inline void field_scene_layers(field_scene *s)
{
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &s->model.layer[i];
        const ora_real scale = ora_sqrt(3 / (ora_real)l->n_in);

        for (int k = 0; k < l->n_in; k++)
            for (int n = 0; n < l->n_out; n++)
                s->theta[l->weight + k * l->n_out_pad + n] = scale * field_scene_random(s);
        for (int n = 0; n < l->n_out && l->bias >= 0; n++)
            s->theta[l->bias + n] = ORA_REAL(0.2) * field_scene_random(s);
    }
}

static inline void field_scene_frame(field_scene *s, ora_pass_frame *f)
{
    static const ora_real facing[12] = {1, 0, 0, 3, 0, -1, 0, -5, 0, 0, -1, 600};
    ora_real turn[3], shift[3];

    for (int c = 0; c < 3; c++) {
        turn[c] = ORA_REAL(0.1) * field_scene_random(s);
        shift[c] = 4 * field_scene_random(s);
    }
    memcpy(f->pose, facing, sizeof facing);
    ora_pose_move(f->pose, turn, shift);
    for (int c = 0; c < ORA_CODE; c++)
        f->code[c] = field_scene_random(s);
    for (int c = 0; c < ORA_APPEARANCE; c++)
        f->appearance[c] = field_scene_random(s);
    for (int c = 0; c < 6; c++)
        f->affine[c] = (c == 0 || c == 4 ? 1 : 0) + ORA_REAL(0.02) * field_scene_random(s);
    for (int c = 0; c < ORA_TORSO_POSE; c++)
        f->torso_pose[c] = field_scene_random(s);
}

static inline ora_real field_scene_unit(field_scene *s)
{
    return ORA_REAL(0.5) + ORA_REAL(0.5) * field_scene_random(s);
}

static inline void field_scene_ray(field_scene *s, ora_field_ray *r, int i, int n_frames)
{
    r->frame = i % n_frames;
    r->flags = (i % 3 == 0 ? ORA_RAY_NECK : 0) | (i % 4 == 1 ? ORA_RAY_FACE : 0);
    r->pixel[0] = 48 + 40 * field_scene_random(s);
    r->pixel[1] = 40 + 38 * field_scene_random(s);
    for (int c = 0; c < 3; c++) {
        r->target[c] = field_scene_unit(s);
        r->background[c] = field_scene_unit(s);
        r->grad[c] = field_scene_random(s);
    }
    r->matte[0] = field_scene_unit(s);
    r->matte[1] = field_scene_unit(s);
    r->weight = i % 5 == 4 ? 0 : 1 + field_scene_unit(s);
}

static inline void field_scene_outputs(field_scene *s, const field_scene_size *z)
{
    ora_pass_args *a = &s->args;
    const int64_t n_slots = (int64_t)z->n_rays * z->n_samples;
    const int32_t n_torso = s->model.torso.n_levels * s->model.torso.n_features;

    for (int c = 0; c < ORA_PASS_CHUNKS; c++) {
        s->shares[c].d_theta = field_scene_reals(s->model.n_theta);
        s->shares[c].d_frame =
            field_scene_memory((size_t)z->n_frames * sizeof(ora_pass_frame_grad));
    }
    s->d_theta = field_scene_reals(s->model.n_theta);
    s->d_frame = field_scene_memory((size_t)z->n_frames * sizeof(ora_pass_frame_grad));
    a->shares = s->shares;
    a->pixels = field_scene_memory((size_t)z->n_rays * sizeof(ora_pass_pixel));
    a->ray_sq_error = field_scene_memory((size_t)z->n_rays * sizeof(float));
    a->d_feature = field_scene_reals(n_slots * s->model.n_position);
    a->position = field_scene_reals(n_slots * 3);
    a->sample_weight = field_scene_memory((size_t)n_slots * sizeof(float));
    a->d_torso_feature = field_scene_reals((int64_t)z->n_rays * n_torso);
    a->torso_position = field_scene_reals((int64_t)z->n_rays * 2);
}

static inline void field_scene_open(field_scene *s, const field_scene_size *z)
{
    ora_pass_args *a = &s->args;

    memset(s, 0, sizeof *s);
    s->model.head.n_planes = 3;
    s->model.head.n_levels = z->n_levels;
    s->model.head.n_features = z->n_features;
    ora_grid_layout(&s->model.head, z->coarse ? z->coarse : 4, z->fine ? z->fine : 32,
                    z->max_entries);
    s->model.torso.n_planes = 1;
    s->model.torso.n_levels = 3;
    s->model.torso.n_features = z->torso_features;
    ora_grid_layout(&s->model.torso, 4, 24, 0);
    ora_field_model_layout(&s->model);

    s->theta = field_scene_reals(s->model.n_theta);
    s->transposed = field_scene_reals(ora_transposed_size(&s->model));
    s->grid = field_scene_reals(ora_grid_floats(&s->model.head));
    s->torso_grid = field_scene_reals(ora_grid_floats(&s->model.torso));
    s->frames = field_scene_memory((size_t)z->n_frames * sizeof *s->frames);
    s->rays = field_scene_memory((size_t)z->n_rays * sizeof *s->rays);
    s->scratch = field_scene_memory(z->scratch);
    s->occupancy.n = 16;
    s->occupancy.bricks = field_scene_memory(64 * sizeof(uint64_t));
    memset(s->occupancy.bricks, 0xff, 64 * sizeof(uint64_t));

    field_scene_layers(s);
    for (int64_t i = 0; i < ora_grid_floats(&s->model.head); i++)
        s->grid[i] = field_scene_random(s);
    for (int64_t i = 0; i < ora_grid_floats(&s->model.torso); i++)
        s->torso_grid[i] = field_scene_random(s);
    for (int i = 0; i < z->n_frames; i++)
        field_scene_frame(s, &s->frames[i]);
    for (int i = 0; i < z->n_rays; i++)
        field_scene_ray(s, &s->rays[i], i, z->n_frames);
    ora_transpose_layers(s->transposed, s->theta, &s->model);

    a->model = &s->model;
    a->theta = s->theta;
    a->transposed = s->transposed;
    a->grid = s->grid;
    a->torso_grid = s->torso_grid;
    a->occupancy = &s->occupancy;
    a->box = (ora_field_box){{-100, -130, -100}, {200, 260, 200}};
    a->camera = (ora_field_camera){200, {48, 40}, 96, 80};
    a->torso_scale = 1;
    a->frames = s->frames;
    a->n_frames = z->n_frames;
    a->rays = s->rays;
    a->n_rays = z->n_rays;
    a->n_samples = z->n_samples;
    a->n_levels = z->n_levels;
    a->n_pose_levels = z->n_levels;
    a->seed = 11;
    a->is_jittered = true;
    a->loss = (ora_field_loss){.charbonnier = ORA_REAL(0.01),
                               .matte = ORA_REAL(0.3),
                               .entropy = ORA_REAL(0.2),
                               .neck = ORA_REAL(0.4)};
    field_scene_outputs(s, z);
}

static inline void field_scene_add(ora_pass_sums *to, const ora_pass_sums *from)
{
    to->loss += from->loss;
    to->colour_loss += from->colour_loss;
    to->matte_loss += from->matte_loss;
    to->entropy_loss += from->entropy_loss;
    to->neck_loss += from->neck_loss;
    to->dynamics_loss += from->dynamics_loss;
    to->sq_error += from->sq_error;
    to->n_weighted += from->n_weighted;
    to->n_samples += from->n_samples;
    to->n_hit_rays += from->n_hit_rays;
    to->n_bad += from->n_bad;
}

/* All chunks, last one first, and their sums in order. */
static inline void field_scene_run(field_scene *s, ora_field_pass_fn *pass)
{
    const int64_t per_frame = (int64_t)(sizeof *s->d_frame / sizeof(ora_real));
    ora_real *to = (ora_real *)s->d_frame;

    for (int c = ORA_PASS_CHUNKS - 1; c >= 0; c--)
        pass(&s->args, c, s->scratch);
    memset(&s->sums, 0, sizeof s->sums);
    memset(s->d_theta, 0, (size_t)s->model.n_theta * sizeof *s->d_theta);
    memset(s->d_frame, 0, (size_t)s->args.n_frames * sizeof *s->d_frame);
    for (int c = 0; c < ORA_PASS_CHUNKS; c++) {
        field_scene_add(&s->sums, &s->shares[c].sums);
        for (int i = 0; i < s->model.n_theta; i++)
            s->d_theta[i] += s->shares[c].d_theta[i];
        for (int64_t i = 0; i < s->args.n_frames * per_frame; i++)
            to[i] += ((const ora_real *)s->shares[c].d_frame)[i];
    }
}

static inline void field_scene_close(field_scene *s)
{
    for (int c = 0; c < ORA_PASS_CHUNKS; c++) {
        free(s->shares[c].d_theta);
        free(s->shares[c].d_frame);
    }
    free(s->d_theta);
    free(s->d_frame);
    free(s->args.pixels);
    free(s->args.ray_sq_error);
    free(s->args.d_feature);
    free(s->args.position);
    free(s->args.sample_weight);
    free(s->args.d_torso_feature);
    free(s->args.torso_position);
    free(s->theta);
    free(s->transposed);
    free(s->grid);
    free(s->torso_grid);
    free(s->frames);
    free(s->rays);
    free(s->scratch);
    free(s->occupancy.bricks);
}

#endif /* ORA_FIELD_SCENE_H */
