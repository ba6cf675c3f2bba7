/*
 * test_field_pass_gradient.c - every gradient of the pass against central differences, in double
 * precision, of a loss that is computed here from the pass's pixels.
 *
 * The pass holds where along a ray the samples lie while it moves a pose, and does not follow the
 * direction of view; so marching is replaced by constant steps here, and the view's part of the
 * colour net is 0 where poses are moved.
 */
#define ORA_REAL_IS_DOUBLE 1

#include "cpu/vec4_plain.h"
#include "cpu/vec_scalar.h"

#include "cpu/dense.inc"
#include "numerics/march.h"

static uint32_t constant_mask = 0xffff;

/* Steps that do not depend on the pose; rays that leave the box between them have no samples. */
static void constant_march(ora_ray_steps *s, const ora_occupancy *o, const ora_real origin[3],
                           const ora_real dir[3], const ora_real box_min[3],
                           const ora_real box_size[3])
{
    (void)o;
    s->t_first = 530;
    s->dt = 9;
    s->mask = constant_mask;
    for (int c = 0; c < 3; c++)
        for (int end = 0; end < 2; end++) {
            const ora_real at = origin[c] + (s->t_first + 16 * end * s->dt) * dir[c] - box_min[c];

            if (!(at > 0 && at < box_size[c]))
                s->mask = 0;
        }
}

#define ora_march  constant_march
#define FIELD_PASS ora_field_pass_f64
#include "cpu/field_pass.h"

ora_field_pass_fn ora_field_pass_f64;

#include "cpu/field_tile.inc"

#include "gradient_probe.h"

/* What the owners of levels do with the features' gradients. */
static double *scatter(const ora_grid *g, const double *d_feature, const double *position,
                       int n_coords, int64_t n_slots)
{
    double *out = field_scene_reals(ora_grid_floats(g));

    for (int p = 0; p < g->n_planes; p++)
        for (int l = 0; l < g->n_levels; l++) {
            const int64_t unit = p * g->n_levels + l;
            int u, v;

            ora_grid_axes(p, g->n_planes, &u, &v);
            for (int64_t i = 0; i < n_slots; i++) {
                const double *d = &d_feature[(unit * n_slots + i) * g->n_features];
                double *level = out + (int64_t)p * g->plane_floats + g->level[l].offset;
                ora_grid_corners c;

                ora_grid_find(&c, &g->level[l], position[i * n_coords + u],
                              position[i * n_coords + v]);
                for (int q = 0; q < 4; q++)
                    for (int f = 0; f < g->n_features; f++)
                        level[c.entry[q] * g->n_features + f] += c.weight[q] * d[f];
            }
        }
    return out;
}

static void check_layers(probe *p, int first, int last)
{
    static const char *const names[] = {"att1", "att2",  "den1",  "den2",  "out",  "ray",
                                        "col",  "tdef1", "tdef2", "tcol1", "tcol2"};
    const field_scene *s = p->s;

    for (int i = first; i <= last; i++) {
        const ora_layer *l = &s->model.layer[i];
        const parameters weights = {.name = names[i],
                                    .value = s->theta + l->weight,
                                    .gradient = s->d_theta + l->weight,
                                    .n = l->n_in * l->n_out_pad};
        const parameters bias = {.name = names[i],
                                 .value = s->theta + l->bias,
                                 .gradient = s->d_theta + l->bias,
                                 .n = l->n_out};

        for (int k = 0; k < l->n_in; k++)
            for (int n = l->n_out; n < l->n_out_pad; n++)
                CHECK(s->d_theta[l->weight + k * l->n_out_pad + n] == 0);
        check_parameters(p, &weights);
        if (l->bias >= 0)
            check_parameters(p, &bias);
    }
}

static void check_grids(probe *p)
{
    const field_scene *s = p->s;
    const int64_t n_slots = (int64_t)s->args.n_rays * s->args.n_samples;
    double *head = scatter(&s->model.head, s->args.d_feature, s->args.position, 3, n_slots);
    double *torso = scatter(&s->model.torso, s->args.d_torso_feature, s->args.torso_position, 2,
                            s->args.n_rays);
    const parameters a[2] = {{.name = "head grid",
                              .value = s->grid,
                              .gradient = head,
                              .n = (int)ora_grid_floats(&s->model.head)},
                             {.name = "torso grid",
                              .value = s->torso_grid,
                              .gradient = torso,
                              .n = (int)ora_grid_floats(&s->model.torso)}};

    check_parameters(p, &a[0]);
    check_parameters(p, &a[1]);
    free(head);
    free(torso);
}

static void check_frames(probe *p)
{
    for (int f = 0; f < p->s->args.n_frames; f++) {
        ora_pass_frame *at = &p->s->frames[f];
        const ora_pass_frame_grad *g = &p->s->d_frame[f];
        const parameters a[3] = {
            {.name = "code", .value = at->code, .gradient = g->code, .n = ORA_CODE},
            {.name = "appearance",
             .value = at->appearance,
             .gradient = g->appearance,
             .n = ORA_APPEARANCE},
            {.name = "affine", .value = at->affine, .gradient = g->affine, .n = 6}};

        for (int i = 0; i < 3; i++)
            check_parameters(p, &a[i]);
    }
}

/* The view's fixed part has no say, so that poses move nothing but positions. */
static void drop_view(field_scene *s)
{
    const ora_layer *l = &s->model.layer[ORA_LAYER_RAY];

    memset(s->theta + l->weight, 0, (size_t)(12 * l->n_out_pad) * sizeof *s->theta);
    ora_transpose_layers(s->transposed, s->theta, &s->model);
}

/* A radian moves a point of the head as far as 60 mm do. */
static void check_pose(probe *p, int frame)
{
    const ora_pass_frame_grad *g = &p->s->d_frame[frame];
    double direction[6];
    const motion m = {"pose", "one of six", NULL, p->s->frames[frame].pose, direction, 6};
    const parameters turn = {.name = "rotation", .gradient = g->rotation, .n = 3};
    const parameters shift = {.name = "shift", .gradient = g->shift, .n = 3};
    const double norm = fmax(norm_of(&turn) / 60, norm_of(&shift));

    for (int i = 0; i < 6; i++) {
        memset(direction, 0, sizeof direction);
        direction[i] = i < 3 ? 1.0 / 60 : 1;
        (void)check_slope(p, &m, i < 3 ? g->rotation[i] / 60 : g->shift[i - 3], norm);
    }
}

static void begin(field_scene *s, field_scene_size size)
{
    size.scratch = sizeof(pass_scratch);
    if (size.torso_features == 0)
        size.torso_features = 4;
    if (size.n_frames == 0)
        size.n_frames = 2;
    field_scene_open(s, &size);
    s->args.mode = ORA_PASS_LOSS;
}

/* As it is, the scene's head is opaque, so that its first samples hide all else. */
static void make_translucent(field_scene *s)
{
    s->theta[s->model.layer[ORA_LAYER_OUT].bias + ORA_FIELD_HIDDEN] -= 2;
}

static void check_everything(field_scene *s)
{
    probe p;

    field_scene_run(s, ora_field_pass_f64);
    CHECK_I64(s->sums.n_bad, 0);
    if (s->args.mode == ORA_PASS_LOSS)
        CHECK_NEAR(s->sums.loss, loss_sum(s), 1e-9);
    probe_begin(&p, s);
    check_layers(&p, ORA_LAYER_ATT1, ORA_LAYER_TCOL2);
    check_grids(&p);
    check_frames(&p);
    probe_end(&p);
}

TEST(field_pass_gradient, of_everything_with_the_usual_grid)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 8, .n_rays = 9, .n_samples = 8});
    make_translucent(&s);
    check_everything(&s);
    field_scene_close(&s);
}

/* Ten rays a tile, four of its rows idle; then the three that are left. */
TEST(field_pass_gradient, of_everything_with_samples_that_do_not_fill_a_tile)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 3, .n_rays = 13, .n_samples = 6});
    make_translucent(&s);
    check_everything(&s);
    field_scene_close(&s);
}

TEST(field_pass_gradient, of_everything_with_as_many_samples_as_there_may_be)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 3, .n_rays = 9, .n_samples = 16});
    make_translucent(&s);
    check_everything(&s);
    field_scene_close(&s);
}

/* 9:16: the torso's grid is read at q times width / height, and gradients go through that. */
TEST(field_pass_gradient, of_everything_in_a_portrait_picture)
{
    field_scene s;
    double lowest;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 3, .n_rays = 9, .n_samples = 6});
    s.args.camera = (ora_field_camera){200, {22.5, 40}, 45, 80};
    s.args.torso_scale = ora_field_torso_scale(&s.args.camera);
    CHECK_NEAR(s.args.torso_scale, 9.0 / 16, 1e-12);
    for (int i = 0; i < 9; i++)
        s.rays[i].pixel[0] *= 45.0 / 96;
    s.rays[3].pixel[1] = 72; /* 1.6 widths down */
    check_everything(&s);
    lowest = s.args.torso_position[2 * 3 + 1];
    CHECK(lowest > 0.8 && lowest < 1);
    field_scene_close(&s);
}

TEST(field_pass_gradient, of_everything_with_given_gradients)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 3, .n_rays = 9, .n_samples = 6});
    s.args.mode = ORA_PASS_GIVEN;
    check_everything(&s);
    CHECK(s.sums.colour_loss == 0);
    field_scene_close(&s);
}

TEST(field_pass_gradient, of_everything_with_hashed_planes_of_one_number)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 1,
                                 .n_levels = 8,
                                 .max_entries = 128,
                                 .n_rays = 7,
                                 .n_samples = 16,
                                 .torso_features = 1});
    s.args.loss.charbonnier = 0;
    constant_mask = 0x3c5a;
    make_translucent(&s);
    check_everything(&s);
    constant_mask = 0xffff;
    field_scene_close(&s);
}

TEST(field_pass_gradient, of_everything_with_pairs_of_numbers)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 2,
                                 .n_levels = 5,
                                 .max_entries = 256,
                                 .n_rays = 9,
                                 .n_samples = 4,
                                 .torso_features = 2});
    make_translucent(&s);
    check_everything(&s);
    field_scene_close(&s);
}

TEST(field_pass_gradient, of_poses)
{
    for (int n_features = 1; n_features <= 4; n_features *= 2) {
        field_scene s;
        probe p;

        begin(&s, (field_scene_size){.n_features = n_features,
                                     .n_levels = 4,
                                     .max_entries = n_features == 2 ? 256 : 0,
                                     .n_rays = 10,
                                     .n_samples = 8});
        drop_view(&s);
        make_translucent(&s);
        field_scene_run(&s, ora_field_pass_f64);
        probe_begin(&p, &s);
        check_pose(&p, 0);
        check_pose(&p, 1);
        probe_end(&p);
        field_scene_close(&s);
    }
}

TEST(field_pass_gradient, of_levels_that_do_not_count_is_zero)
{
    field_scene s;
    probe p;
    const int64_t n = 9 * 8 * 4;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 4, .n_rays = 9, .n_samples = 8});
    s.args.n_levels = 2;
    drop_view(&s);
    make_translucent(&s);
    field_scene_run(&s, ora_field_pass_f64);
    for (int u = 0; u < 12; u++)
        for (int64_t i = 0; i < n && u % 4 >= 2; i++)
            CHECK(s.args.d_feature[u * n + i] == 0);
    probe_begin(&p, &s);
    check_grids(&p);
    check_pose(&p, 0);
    probe_end(&p);
    field_scene_close(&s);
}

static double dynamics_at(field_scene *s, int one, double value)
{
    const double kept = s->theta[one];

    s->theta[one] = value;
    field_scene_run(s, ora_field_pass_f64);
    s->theta[one] = kept;
    return s->sums.dynamics_loss;
}

/* With codes of 0 the gate moves no weight, which is what the loss takes as given. */
TEST(field_pass_gradient, of_motion_outside_the_face)
{
    field_scene s;

    begin(&s, (field_scene_size){.n_features = 4, .n_levels = 3, .n_rays = 9, .n_samples = 8});
    for (int f = 0; f < s.args.n_frames; f++)
        memset(s.frames[f].code, 0, sizeof s.frames[f].code);
    s.args.loss = (ora_field_loss){.dynamics = 0.7};
    for (int i = 0; i < 8; i++) {
        const ora_layer *l = &s.model.layer[i % 2 ? ORA_LAYER_ATT1 : ORA_LAYER_ATT2];
        const int one =
            l->weight + (int)(fabs(field_scene_random(&s)) * (l->n_in * l->n_out_pad - 1));
        const double h = 1e-5;
        const double up = dynamics_at(&s, one, s.theta[one] + h);
        const double down = dynamics_at(&s, one, s.theta[one] - h);

        CHECK(dynamics_at(&s, one, s.theta[one]) > 0);
        CHECK_NEAR(s.d_theta[one], (up - down) / (2 * h), 1e-8);
        CHECK(s.d_theta[l->bias] != 0);
    }
    field_scene_close(&s);
}
