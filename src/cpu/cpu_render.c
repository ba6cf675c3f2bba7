#include <math.h>
#include <string.h>

#include "base/status_impl.h"
#include "cpu/cpu_engine_impl.h"
#include "cpu/dense_layout.h"

/*
 * Tiles of pixels, each done by one thread from rays to pixels. Whether a pixel gets finer rays
 * depends on it and its eight neighbours in the picture; a tile computes those around it as well, so
 * neither tiles nor rectangles show.
 */
enum { BLOCK = 8, MAX_SIDE = 1 << 16 };

/* Coverage between these bounds, or this far from a neighbour's, asks for finer rays. */
static const float EDGE_LOW = 0.05f;
static const float EDGE_HIGH = 0.95f;
static const float EDGE_STEP = 0.1f;

typedef struct render_job {
    ora_cpu_engine *e;
    const ora_field_view *view;
    const ora_field_pixels *out;
    ora_pass_frame frame;
    ora_pass_args args; /* but for rays and pixels */
    int32_t n_tiles_x;
} render_job;

/* Pixels x0 <= x < x1, y0 <= y < y1. */
typedef struct pixel_box {
    int32_t x0, y0, x1, y1;
} pixel_box;

static orator_status check_frame(const ora_field_view *v)
{
    bool has_map = true;
    bool has_appearance = true;

    for (int i = 0; i < 12; i++)
        if (!isfinite(v->pose[i]))
            return ora_fail(ORATOR_E_INVALID, "head pose that is not finite");
    for (int i = 0; i < 6; i++)
        has_map &= isfinite(v->torso_affine[i]) != 0;
    for (int i = 0; i < ORA_APPEARANCE; i++)
        has_appearance &= isfinite(v->appearance[i]) != 0;
    if (!has_map)
        return ora_fail(ORATOR_E_INVALID, "torso map that is not finite");
    if (!has_appearance)
        return ora_fail(ORATOR_E_INVALID, "appearance that is not finite");
    if (!ora_cpu_frame_is_finite(&v->frame))
        return ora_fail(ORATOR_E_INVALID, "condition or torso pose that is not finite");
    return ORATOR_OK;
}

static orator_status check_view(const ora_field_view *v)
{
    const ora_field_camera *c = &v->camera;

    if (c->width < 1 || c->width > MAX_SIDE || c->height < 1 || c->height > MAX_SIDE)
        return ora_fail(ORATOR_E_INVALID, "picture of %dx%d pixels, want 1..%d", c->width,
                        c->height, MAX_SIDE);
    if (!(c->focal > 0) || !isfinite(c->focal) || !isfinite(c->centre[0]) ||
        !isfinite(c->centre[1]))
        return ora_fail(ORATOR_E_INVALID, "camera without a focal length or centre");
    if (v->x0 < 0 || v->x0 > v->x1 || v->x1 > c->width || v->y0 < 0 || v->y0 > v->y1 ||
        v->y1 > c->height)
        return ora_fail(ORATOR_E_INVALID, "rectangle %d,%d..%d,%d outside a picture of %dx%d",
                        v->x0, v->y0, v->x1, v->y1, c->width, c->height);
    if (v->n_samples < 1 || v->n_samples > ORA_FIELD_MAX_STEPS || v->n_supersample < 1 ||
        v->n_supersample > ORA_CPU_MAX_SUPERSAMPLE)
        return ora_fail(ORATOR_E_INVALID, "%d samples and %dx%d rays, want 1..%d and 1..%d",
                        v->n_samples, v->n_supersample, v->n_supersample, ORA_FIELD_MAX_STEPS,
                        ORA_CPU_MAX_SUPERSAMPLE);
    if (v->which != ORA_WHICH_VALUE && v->which != ORA_WHICH_AVERAGE)
        return ora_fail(ORATOR_E_INVALID, "moments cannot be rendered");
    return check_frame(v);
}

static void make_ray(ora_field_ray *ray, const ora_field_view *v, int32_t x, int32_t y)
{
    memset(ray, 0, sizeof *ray);
    ray->pixel[0] = (float)x + 0.5f;
    ray->pixel[1] = (float)y + 0.5f;
    memcpy(ray->background, v->background + 3 * ((int64_t)y * v->camera.width + x),
           sizeof ray->background);
}

static void run_rays(const render_job *j, ora_cpu_tile *t, ora_pass_pixel *pixels, int n_rays,
                     int i_thread)
{
    ora_pass_args args = j->args;

    args.rays = t->rays;
    args.pixels = pixels;
    args.n_rays = n_rays;
    for (int i = 0; i < ORA_PASS_CHUNKS; i++)
        j->e->pass(&args, i, j->e->scratch[i_thread]);
}

/* Rays of `box` in blocks of 8 x 8, which are the blocks of the pass where the box allows. */
static int make_rays(ora_cpu_tile *t, const ora_field_view *v, const pixel_box *box)
{
    const int32_t width = box->x1 - box->x0;
    int n = 0;

    for (int32_t by = box->y0; by < box->y1; by += BLOCK)
        for (int32_t bx = box->x0; bx < box->x1; bx += BLOCK)
            for (int32_t k = 0; k < BLOCK * BLOCK; k++) {
                const int32_t x = bx + k % BLOCK;
                const int32_t y = by + k / BLOCK;

                if (x >= box->x1 || y >= box->y1)
                    continue;
                t->place[(y - box->y0) * width + x - box->x0] = (int16_t)n;
                make_ray(&t->rays[n++], v, x, y);
            }
    return n;
}

static void write_pixel(const render_job *j, int32_t x, int32_t y, const ora_pass_pixel *p)
{
    const ora_field_pixels *out = j->out;
    const int64_t at = (int64_t)y * j->view->camera.width + x;

    if (out->rgb)
        memcpy(out->rgb + 3 * at, p->rgb, sizeof p->rgb);
    if (out->layer)
        memcpy(out->layer + 4 * at, p->layer, sizeof p->layer);
    if (out->alpha)
        memcpy(out->alpha + 2 * at, p->alpha, sizeof p->alpha);
    if (out->depth)
        out->depth[at] = p->alpha[0] < 0.5f ? 0.0f : p->depth;
}

static bool is_edge(const ora_cpu_tile *t, const pixel_box *box, int32_t x, int32_t y)
{
    const int32_t width = box->x1 - box->x0;
    const float *here = t->pixels[t->place[(y - box->y0) * width + x - box->x0]].alpha;

    for (int k = 0; k < 2; k++)
        if (here[k] > EDGE_LOW && here[k] < EDGE_HIGH)
            return true;
    for (int i = 0; i < 9; i++) {
        const int32_t nx = x + i % 3 - 1;
        const int32_t ny = y + i / 3 - 1;
        const float *there;

        if (nx < box->x0 || nx >= box->x1 || ny < box->y0 || ny >= box->y1)
            continue;
        there = t->pixels[t->place[(ny - box->y0) * width + nx - box->x0]].alpha;
        if (fabsf(here[0] - there[0]) > EDGE_STEP || fabsf(here[1] - there[1]) > EDGE_STEP)
            return true;
    }
    return false;
}

/* Mean of n pixels; the depth by coverage of the head. */
static ora_pass_pixel mean_pixel(const ora_pass_pixel *p, int n)
{
    ora_pass_pixel sum = {0};
    const float share = 1.0f / (float)n;

    for (int i = 0; i < n; i++) {
        for (int c = 0; c < 3; c++)
            sum.rgb[c] += p[i].rgb[c] * share;
        for (int c = 0; c < 4; c++)
            sum.layer[c] += p[i].layer[c] * share;
        for (int c = 0; c < 2; c++)
            sum.alpha[c] += p[i].alpha[c] * share;
        sum.depth += p[i].depth * p[i].alpha[0] * share;
    }
    sum.depth = sum.alpha[0] > 0.0f ? sum.depth / sum.alpha[0] : 0.0f;
    return sum;
}

/* n x n rays evenly over pixel (x, y). */
static void make_fine_rays(ora_field_ray *rays, const ora_field_view *v, int32_t x, int32_t y)
{
    const int n = v->n_supersample;

    for (int i = 0; i < n * n; i++) {
        make_ray(&rays[i], v, x, y);
        rays[i].pixel[0] = (float)x + ((float)(i % n) + 0.5f) / (float)n;
        rays[i].pixel[1] = (float)y + ((float)(i / n) + 0.5f) / (float)n;
    }
}

/* Finer rays for pixels edge[0..n_edges-1] of `inner`, as many at once as there is room for. */
static void refine(const render_job *j, ora_cpu_tile *t, const pixel_box *inner, int n_edges,
                   int i_thread)
{
    const int n_fine = j->view->n_supersample * j->view->n_supersample;
    const int at_once = ORA_CPU_TILE_RAYS / n_fine;

    for (int first = 0; first < n_edges; first += at_once) {
        const int n = n_edges - first < at_once ? n_edges - first : at_once;

        for (int i = 0; i < n; i++)
            make_fine_rays(&t->rays[i * n_fine], j->view,
                           inner->x0 + t->edge[first + i] % ORA_CPU_TILE,
                           inner->y0 + t->edge[first + i] / ORA_CPU_TILE);
        run_rays(j, t, t->fine, n * n_fine, i_thread);
        for (int i = 0; i < n; i++) {
            const ora_pass_pixel p = mean_pixel(&t->fine[i * n_fine], n_fine);

            write_pixel(j, inner->x0 + t->edge[first + i] % ORA_CPU_TILE,
                        inner->y0 + t->edge[first + i] / ORA_CPU_TILE, &p);
        }
    }
}

static void render_tile(const render_job *j, const pixel_box *inner, int i_thread)
{
    const ora_field_view *v = j->view;
    ora_cpu_tile *t = &j->e->tiles[i_thread];
    const int32_t apron = v->n_supersample > 1 ? 1 : 0;
    const pixel_box box = {inner->x0 > 0 ? inner->x0 - apron : 0,
                           inner->y0 > 0 ? inner->y0 - apron : 0,
                           inner->x1 < v->camera.width ? inner->x1 + apron : inner->x1,
                           inner->y1 < v->camera.height ? inner->y1 + apron : inner->y1};
    const int n_rays = make_rays(t, v, &box);
    int n_edges = 0;

    run_rays(j, t, t->pixels, n_rays, i_thread);
    for (int32_t y = inner->y0; y < inner->y1; y++)
        for (int32_t x = inner->x0; x < inner->x1; x++) {
            if (apron && is_edge(t, &box, x, y))
                t->edge[n_edges++] = (int16_t)((y - inner->y0) * ORA_CPU_TILE + x - inner->x0);
            else
                write_pixel(j, x, y,
                            &t->pixels[t->place[(y - box.y0) * (box.x1 - box.x0) + x - box.x0]]);
        }
    refine(j, t, inner, n_edges, i_thread);
}

static orator_status render_tiles(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                  int i_thread)
{
    const render_job *j = arg;
    const ora_field_view *v = j->view;

    (void)i_chunk;
    for (int64_t i = first; i < end; i++) {
        const int32_t x = v->x0 + (int32_t)(i % j->n_tiles_x) * ORA_CPU_TILE;
        const int32_t y = v->y0 + (int32_t)(i / j->n_tiles_x) * ORA_CPU_TILE;
        const pixel_box inner = {x, y, x + ORA_CPU_TILE < v->x1 ? x + ORA_CPU_TILE : v->x1,
                                 y + ORA_CPU_TILE < v->y1 ? y + ORA_CPU_TILE : v->y1};

        render_tile(j, &inner, ora_cpu_thread(j->e, i_thread));
    }
    return ORATOR_OK;
}

static void pack_layers(const ora_cpu_engine *e, const float *theta)
{
    const ora_field_model *m = &e->params.model;

    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const dense_layer l = ora_dense_layer(m, i, theta);

        ora_dense_bf16_pack(e->packed + ora_packed_offset(m, i), &l);
    }
}

static void make_job(render_job *j)
{
    const ora_cpu_engine *e = j->e;
    const ora_field_view *v = j->view;
    float *const *from = v->which == ORA_WHICH_AVERAGE ? e->average : e->value;
    ora_condition_state state;

    e->kernels->condition_fwd(&state, j->frame.code, &e->params.model, from[ORA_BLOCK_THETA],
                              &v->frame);
    if (e->bf16)
        pack_layers(e, from[ORA_BLOCK_THETA]);
    memcpy(j->frame.pose, v->pose, sizeof j->frame.pose);
    memcpy(j->frame.appearance, v->appearance, sizeof j->frame.appearance);
    memcpy(j->frame.affine, v->torso_affine, sizeof j->frame.affine);
    memcpy(j->frame.torso_pose, v->frame.torso_pose, sizeof j->frame.torso_pose);
    j->args = (ora_pass_args){
        .model = &e->params.model,
        .theta = from[ORA_BLOCK_THETA],
        .bf16 = e->bf16,
        .packed = e->packed,
        .grid = from[ORA_BLOCK_GRID],
        .torso_grid = from[ORA_BLOCK_TORSO_GRID],
        .occupancy = &e->occupancy,
        .box = e->params.box,
        .camera = v->camera,
        .torso_scale = ora_field_torso_scale(&e->params.camera),
        .frames = &j->frame,
        .n_frames = 1,
        .n_samples = v->n_samples,
        .n_levels = e->params.model.head.n_levels,
        .is_jittered = false,
        .mode = ORA_PASS_RENDER,
    };
}

orator_status ora_cpu_render(ora_field_engine *self, const ora_field_view *view,
                             const ora_field_pixels *out)
{
    render_job j = {.e = ora_cpu_engine_of(self), .view = view, .out = out};
    orator_status st;
    int64_t n_tiles_y;

    ORA_TRY(check_view(view));
    make_job(&j);
    j.n_tiles_x = (view->x1 - view->x0 + ORA_CPU_TILE - 1) / ORA_CPU_TILE;
    n_tiles_y = (view->y1 - view->y0 + ORA_CPU_TILE - 1) / ORA_CPU_TILE;
    ORA_TRY(ora_pool_run(j.e->pool, n_tiles_y * j.n_tiles_x, 1, render_tiles, &j));

done:
    return st;
}
