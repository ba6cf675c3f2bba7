#include "field/ray_sampler.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/rational.h"
#include "field/ray_regions.h"

/* Streams of the generator: which draw of a step is meant. */
enum { STREAM_FRAMES = 1, STREAM_RAYS, STREAM_NOISE, STREAM_PATCHES };

/* Shares of the torso's rays; the rest is background. */
static const double TORSO_SHARE = 0.60, NECK_SHARE = 0.15;

/* Whitened noise at most: directions of little spread would drown in it. */
static const float MAX_NOISE = 0.5f;

/* A ray before it has its place in the batch. */
typedef struct ora_drawn_ray {
    uint32_t key; /* position along a Z-order curve over the picture */
    int32_t slot, xy[2];
} ora_drawn_ray;

struct ora_ray_sampler {
    const ora_training_set *set; /* borrowed */
    ora_sampler_config config;
    ora_error_map map;
    int32_t (*head_box)[4]; /* owned [T] */
    int32_t *ids;           /* owned [T] resident frames of the wanted use */
    int32_t n_ids;
    int32_t *drawn; /* owned [n_frames] */
    int32_t n_drawn;
    ora_ray_regions *regions; /* owned [n_frames] */
    ora_field_frame *frames;  /* owned [n_frames] */
    ora_field_ray *rays;      /* owned [n_rays]   */
    int32_t *cells;           /* owned [n_rays]   */
    ora_drawn_ray *order;     /* owned [n_rays]   */
    int32_t n_rays;           /* of the last draw */
    float noise[ORA_COND_IN]; /* spread of the noise on each input */
};

static uint64_t stream_of(int what, int64_t i_step)
{
    return (uint64_t)what << 56 | (uint64_t)i_step;
}

static float row_norm(const float *row, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += (double)row[i] * (double)row[i];
    return (float)sqrt(sum);
}

/*
 * Noise of r mm on every coordinate is noise of r |row| on a whitened component. Lids and brows move
 * about 10 mm over their range of 1; an eyeball of 12 mm turns r mm into r / 12 radians.
 */
static void find_noise(ora_ray_sampler *s)
{
    const ora_condition_stats *c = &s->set->cond;
    const float mm = (float)s->config.noise_mm;

    for (int i = 0; i < ORA_MOUTH_IN; i++)
        s->noise[i] = mm * row_norm(c->mouth_basis[i], 3 * ORA_COND_MOUTH_POINTS);
    for (int i = 0; i < ORA_COND_EYE_PARTS; i++)
        s->noise[ORA_MOUTH_IN + i] = mm * row_norm(c->eye_basis[i], 3 * ORA_COND_EYE_POINTS);
    for (int i = 0; i < ORA_COND_SIDES; i++)
        s->noise[ORA_MOUTH_IN + ORA_COND_EYE_PARTS + i] =
            mm * c->side_scale[i] / (i < 4 ? 10.0f : 12.0f);
    for (int i = 0; i < ORA_COND_IN; i++)
        if (s->noise[i] > MAX_NOISE)
            s->noise[i] = MAX_NOISE;
}

static orator_status check(const ora_training_set *set, const ora_sampler_config *c)
{
    if (c->n_head_rays < 1 || c->n_torso_rays < 0 || c->n_frames < 1 ||
        c->n_head_rays + c->n_torso_rays < ORA_PATCH_RAYS)
        return ora_fail(ORATOR_E_INVALID, "%d head rays, %d torso rays of %d frames, want %d rays",
                        c->n_head_rays, c->n_torso_rays, c->n_frames, ORA_PATCH_RAYS);
    if (!(c->mouth_share >= 0 && c->eye_share >= 0 && c->mouth_share + c->eye_share <= 1))
        return ora_fail(ORATOR_E_INVALID, "shares of mouth %g and eyes %g, want 0..1 in all",
                        c->mouth_share, c->eye_share);
    if (set->camera.width < ORA_PATCH_SIDE || set->camera.height < ORA_PATCH_SIDE)
        return ora_fail(ORATOR_E_INVALID, "training pictures of %dx%d, want at least %dx%d",
                        set->camera.width, set->camera.height, ORA_PATCH_SIDE, ORA_PATCH_SIDE);
    return ORATOR_OK;
}

orator_status ora_ray_sampler_open(ora_ray_sampler **out, const ora_training_set *set,
                                   const ora_sampler_config *config)
{
    const size_t n_rays = (size_t)(config->n_head_rays + config->n_torso_rays);
    const size_t n_frames = (size_t)config->n_frames, n_ids = (size_t)set->n_frames;
    ora_ray_sampler *s = NULL;
    orator_status st;

    *out = NULL;
    ORA_TRY(check(set, config));
    s = calloc(1, sizeof *s);
    if (!s)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the rays of a step");
    s->set = set;
    s->config = *config;
    ORA_TRY(ora_error_map_init(&s->map, set->n_frames));
    s->head_box = calloc(n_ids, sizeof *s->head_box);
    s->ids = calloc(n_ids, sizeof *s->ids);
    s->drawn = calloc(n_frames, sizeof *s->drawn);
    s->regions = calloc(n_frames, sizeof *s->regions);
    s->frames = calloc(n_frames, sizeof *s->frames);
    s->rays = calloc(n_rays, sizeof *s->rays);
    s->cells = calloc(n_rays, sizeof *s->cells);
    s->order = calloc(n_rays, sizeof *s->order);
    if (!s->head_box || !s->ids || !s->drawn || !s->regions || !s->frames || !s->rays ||
        !s->cells || !s->order) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %zu rays of a step", n_rays);
        goto done;
    }
    find_noise(s);
    *out = s;
    s = NULL;

done:
    ora_ray_sampler_close(&s);
    return st;
}

void ora_ray_sampler_close(ora_ray_sampler **s)
{
    if (!*s)
        return;
    ora_error_map_clear(&(*s)->map);
    free((*s)->head_box);
    free((*s)->ids);
    free((*s)->drawn);
    free((*s)->regions);
    free((*s)->frames);
    free((*s)->rays);
    free((*s)->cells);
    free((*s)->order);
    free(*s);
    *s = NULL;
}

/* One offset for all taps of a frame, and a quarter of it anew for every tap. */
static void add_noise(const ora_ray_sampler *s, ora_field_frame *f, ora_rng *rng)
{
    for (int i = 0; i < ORA_COND_IN; i++) {
        float common;

        if (!(s->noise[i] > 0))
            continue;
        common = ora_rng_normal(rng);
        for (int k = 0; k < ORA_COND_TAPS; k++)
            f->cond[k][i] += s->noise[i] * (common + 0.25f * ora_rng_normal(rng));
    }
}

static void fill_frame(ora_ray_sampler *s, int64_t i_step, int32_t slot)
{
    const ora_training_set *set = s->set;
    const int32_t id = s->drawn[slot];
    const double rate = ora_rational_to_f64(set->rate);
    ora_field_frame *f = &s->frames[slot];
    /* 40 inputs x 6 normals x 2 words take two walks' room */
    ora_rng rng = ora_rng_draw(s->config.seed, stream_of(STREAM_NOISE, i_step), 4 * (uint64_t)slot);

    *f = (ora_field_frame){.id = id};
    ora_condition_window(f->cond, &set->cond, set->track, id / rate, 0);
    for (int i = 0; i < ORA_TORSO_POSE; i++)
        f->torso_pose[i] = set->torso_pose[(size_t)id * ORA_TORSO_POSE + (size_t)i];
    if (s->config.noise_mm > 0)
        add_noise(s, f, &rng);
    ora_ray_regions_find(&s->regions[slot], set, id, ora_frame_store_get(set->frames, id),
                         s->head_box[id]);
}

/* What threads share while they draw. */
typedef struct draw_job {
    ora_ray_sampler *s;
    int64_t i_step;
} draw_job;

enum { DRAW_CHUNK = 128 /* rays */ };

static orator_status fill_frames(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                 int i_thread)
{
    const draw_job *j = arg;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++)
        fill_frame(j->s, j->i_step, (int32_t)i);
    return ORATOR_OK;
}

static orator_status draw_frames(ora_ray_sampler *s, int64_t i_step)
{
    int32_t n_resident = 0;
    const int32_t *resident = ora_frame_store_resident(s->set->frames, &n_resident);
    ora_rng rng = ora_rng_draw(s->config.seed, stream_of(STREAM_FRAMES, i_step), 0);
    draw_job job = {s, i_step};
    orator_status st;

    s->n_ids = 0;
    for (int32_t i = 0; i < n_resident; i++)
        if (s->set->use[resident[i]] == (uint8_t)s->config.use)
            s->ids[s->n_ids++] = resident[i];
    if (s->n_ids == 0)
        return ora_fail(ORATOR_E_INVALID, "none of the %d frames in memory is one to train on",
                        n_resident);
    s->n_drawn = s->n_ids < s->config.n_frames ? s->n_ids : s->config.n_frames;
    ora_error_map_draw_frames(s->drawn, s->n_drawn, &s->map, s->ids, s->n_ids, &rng);
    st = ora_pool_run(s->config.pool, s->n_drawn, 1, fill_frames, &job);
    ora_error_map_prepare(&s->map);
    return st;
}

static void set_ray(ora_ray_sampler *s, int32_t i_ray, int32_t slot, const int32_t xy[2])
{
    ora_ray_make(&s->rays[i_ray], s->set, &s->regions[slot], slot, xy);
    s->cells[i_ray] = ora_ray_error_cell(&s->regions[slot], xy[0], xy[1]);
}

static void pick_head_ray(const ora_ray_sampler *s, int32_t xy[2], const ora_ray_regions *r,
                          ora_rng *rng)
{
    const double u = (double)ora_rng_f32(rng);

    if (u < s->config.mouth_share)
        ora_ray_pick_box(xy, r->mouth, rng);
    else if (u < s->config.mouth_share + s->config.eye_share)
        ora_ray_pick_box(xy, r->eyes, rng);
    else
        ora_ray_pick_head(xy, r, &s->map, rng);
}

static void pick_torso_ray(int32_t xy[2], const ora_ray_regions *r, ora_rng *rng)
{
    const int32_t all[4] = {0, 0, r->width, r->height};
    const double u = (double)ora_rng_f32(rng);

    if (u < TORSO_SHARE)
        ora_ray_pick_torso(xy, r, rng);
    else if (u < TORSO_SHARE + NECK_SHARE)
        ora_ray_pick_box(xy, r->neck, rng);
    else
        ora_ray_pick_box(xy, all, rng);
}

static uint32_t spread_bits(uint32_t x)
{
    x = (x | x << 8) & 0x00ff00ffU;
    x = (x | x << 4) & 0x0f0f0f0fU;
    x = (x | x << 2) & 0x33333333U;
    return (x | x << 1) & 0x55555555U;
}

/* By place, then by frame; equal rays are equal, so their order does not show. */
static int compare_drawn(const void *pa, const void *pb)
{
    const ora_drawn_ray *a = pa, *b = pb;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->slot > b->slot) - (a->slot < b->slot);
}

static void hand_out(const ora_ray_sampler *s, ora_field_batch *batch)
{
    batch->rays = s->rays;
    batch->n_rays = s->n_rays;
    batch->frames = s->frames;
    batch->n_frames = s->n_drawn;
}

static orator_status draw_rays(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    const draw_job *j = arg;
    const ora_ray_sampler *s = j->s;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++) {
        ora_drawn_ray *d = &s->order[i];
        ora_rng rng = ora_rng_draw(s->config.seed, stream_of(STREAM_RAYS, j->i_step), (uint64_t)i);

        d->slot = (int32_t)i % s->n_drawn;
        if (i < s->config.n_head_rays)
            pick_head_ray(s, d->xy, &s->regions[d->slot], &rng);
        else
            pick_torso_ray(d->xy, &s->regions[d->slot], &rng);
        d->key = spread_bits((uint32_t)d->xy[0]) | spread_bits((uint32_t)d->xy[1]) << 1;
    }
    return ORATOR_OK;
}

static orator_status make_rays(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    const draw_job *j = arg;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++)
        set_ray(j->s, (int32_t)i, j->s->order[i].slot, j->s->order[i].xy);
    return ORATOR_OK;
}

orator_status ora_ray_sampler_draw(ora_ray_sampler *s, int64_t i_step, ora_field_batch *batch)
{
    const int32_t n = s->config.n_head_rays + s->config.n_torso_rays;
    draw_job job = {s, i_step};
    orator_status st;

    ORA_TRY(draw_frames(s, i_step));
    ORA_TRY(ora_pool_run(s->config.pool, n, DRAW_CHUNK, draw_rays, &job));
    /* neighbours in the picture, of whatever frame, read the same vertices of the grid */
    qsort(s->order, (size_t)n, sizeof *s->order, compare_drawn);
    ORA_TRY(ora_pool_run(s->config.pool, n, DRAW_CHUNK, make_rays, &job));
    s->n_rays = n;
    hand_out(s, batch);

done:
    return st;
}

/* The middle of patch i: mouth, eyes, outline, neck, and twice where the head is wrong. */
static void pick_middle(const ora_ray_sampler *s, int32_t i, const ora_ray_regions *r,
                        int32_t xy[2], ora_rng *rng)
{
    switch (i % 6) {
    case 0:
        ora_ray_pick_box(xy, r->mouth, rng);
        break;
    case 2:
        ora_ray_pick_box(xy, r->eyes, rng);
        break;
    case 3:
        ora_ray_pick_outline(xy, r, rng);
        break;
    case 5:
        ora_ray_pick_box(xy, r->neck, rng);
        break;
    default:
        ora_ray_pick_head(xy, r, &s->map, rng);
        break;
    }
}

/* First pixel of a stretch of ORA_PATCH_SIDE around `middle` that lies inside 0..size. */
static int32_t patch_start(int32_t middle, int32_t size)
{
    const int32_t at = middle - ORA_PATCH_SIDE / 2;

    return at < 0 ? 0 : at > size - ORA_PATCH_SIDE ? size - ORA_PATCH_SIDE : at;
}

orator_status ora_ray_sampler_draw_patches(ora_ray_sampler *s, int64_t i_step,
                                           ora_field_batch *batch, int32_t *n_patches)
{
    const int32_t n = (s->config.n_head_rays + s->config.n_torso_rays) / ORA_PATCH_RAYS;
    const orator_status st = draw_frames(s, i_step);
    int32_t i_ray = 0;

    *n_patches = 0;
    if (st != ORATOR_OK)
        return st;
    for (int32_t slot = 0; slot < s->n_drawn; slot++)
        for (int32_t i = slot; i < n; i += s->n_drawn) {
            const ora_ray_regions *r = &s->regions[slot];
            ora_rng rng =
                ora_rng_draw(s->config.seed, stream_of(STREAM_PATCHES, i_step), (uint64_t)i);
            int32_t middle[2], x0, y0;

            pick_middle(s, i + (int32_t)(i_step % 6), r, middle, &rng);
            x0 = patch_start(middle[0], r->width);
            y0 = patch_start(middle[1], r->height);
            for (int32_t k = 0; k < ORA_PATCH_RAYS; k++) {
                const int32_t xy[2] = {x0 + k % ORA_PATCH_SIDE, y0 + k / ORA_PATCH_SIDE};

                set_ray(s, i_ray++, slot, xy);
            }
        }
    s->n_rays = n * ORA_PATCH_RAYS;
    *n_patches = n;
    hand_out(s, batch);
    return ORATOR_OK;
}

ora_field_ray *ora_ray_sampler_rays(ora_ray_sampler *s)
{
    return s->rays;
}

void ora_ray_sampler_learn(ora_ray_sampler *s, const float *ray_sq_error)
{
    for (int32_t i = 0; i < s->n_rays; i++)
        if (s->rays[i].weight > 0)
            ora_error_map_note(&s->map, s->cells[i], s->drawn[s->rays[i].frame], ray_sq_error[i]);
    ora_error_map_finish(&s->map);
}

float *ora_ray_sampler_state(ora_ray_sampler *s, int64_t *n)
{
    *n = s->map.n_state;
    return s->map.state;
}
