#include "field/ray_regions.h"

#include <math.h>
#include <string.h>

enum {
    HEAD = 3, /* channels of a stored pixel */
    TORSO = 4,
    MAX_TRIES = 24, /* of a draw by rejection; the last one is taken as it is */
    HALF = 128
};

static int32_t clip(int32_t v, int32_t lo, int32_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static const uint8_t *pixel_at(const ora_ray_regions *r, int32_t x, int32_t y)
{
    return r->pixels + ((size_t)y * (size_t)r->width + (size_t)x) * ORA_STORE_CHANNELS;
}

static bool is_empty(const int32_t box[4])
{
    return box[2] <= box[0] || box[3] <= box[1];
}

/* What is not in the picture cannot be looked at: another box takes its place. */
static void replace_empty(int32_t box[4], const int32_t by[4])
{
    if (is_empty(box))
        memcpy(box, by, 4 * sizeof *box);
}

static void find_neck(ora_ray_regions *r, const ora_training_set *set)
{
    const float *p = set->points + (size_t)r->id * ORATOR_LANDMARKS * 2;
    const float chin = p[2 * 8 + 1], height = chin - p[2 * 27 + 1];
    const float left = fminf(p[2 * 5], p[2 * 11]), right = fmaxf(p[2 * 5], p[2 * 11]);
    const float mouth = 0.5f * (p[2 * 62 + 1] + p[2 * 66 + 1]);

    /* the comparisons are false for landmarks that are far outside or no numbers */
    if (!(left > -1e6f && right < 1e6f && mouth > -1e6f && chin + height < 1e6f && height > 0))
        return;
    r->neck[0] = clip((int32_t)floorf(left), 0, r->width);
    r->neck[1] = clip((int32_t)floorf(mouth), 0, r->height);
    r->neck[2] = clip((int32_t)ceilf(right), 0, r->width);
    r->neck[3] = clip((int32_t)ceilf(chin + 0.35f * height), 0, r->height);
    r->has_neck = !is_empty(r->neck);
}

void ora_ray_regions_find(ora_ray_regions *r, const ora_training_set *set, int32_t id,
                          const uint8_t *pixels, int32_t head_box[4])
{
    const int32_t w = set->camera.width, h = set->camera.height;
    const int32_t all[4] = {0, 0, w, h};

    *r = (ora_ray_regions){.pixels = pixels, .id = id, .width = w, .height = h};
    r->widen = (6 * w + 96) / 192;
    if (head_box[2] == 0) {
        ora_training_set_head_box(set, pixels, head_box);
        replace_empty(head_box, all);
        for (int i = 0; i < 2; i++) {
            head_box[i] = clip(head_box[i] - r->widen, 0, all[2 + i]);
            head_box[2 + i] = clip(head_box[2 + i] + r->widen, 0, all[2 + i]);
        }
    }
    memcpy(r->head, head_box, sizeof r->head);
    ora_training_set_box(set, id, ORA_REGION_MOUTH, r->mouth);
    ora_training_set_box(set, id, ORA_REGION_EYES, r->eyes);
    ora_training_set_box(set, id, ORA_REGION_FACE, r->face);
    find_neck(r, set);
    replace_empty(r->mouth, r->head);
    replace_empty(r->eyes, r->head);
    replace_empty(r->face, r->head);
    replace_empty(r->neck, all);
}

void ora_ray_pick_box(int32_t xy[2], const int32_t box[4], ora_rng *rng)
{
    xy[0] = box[0] + (int32_t)ora_rng_below(rng, (uint32_t)(box[2] - box[0]));
    xy[1] = box[1] + (int32_t)ora_rng_below(rng, (uint32_t)(box[3] - box[1]));
}

/*
 * Is there matte within `reach` pixels? Looked up at the pixel and at eight points on each of two
 * circles around it, which is enough for a border that wide.
 */
static bool is_near(const ora_ray_regions *r, const int32_t xy[2], int32_t reach, int channel)
{
    static const int8_t around[8][2] = {{10, 0},  {7, 7},   {0, 10},  {-7, 7},
                                        {-10, 0}, {-7, -7}, {0, -10}, {7, -7}};

    if (pixel_at(r, xy[0], xy[1])[channel] >= HALF)
        return true;
    for (int i = 0; i < 16; i++) {
        const int32_t d = i < 8 ? reach : reach / 2;
        const int32_t x = xy[0] + around[i % 8][0] * d / 10, y = xy[1] + around[i % 8][1] * d / 10;

        if (x >= 0 && x < r->width && y >= 0 && y < r->height && pixel_at(r, x, y)[channel] >= HALF)
            return true;
    }
    return false;
}

/* Pixels of cell i of `n` along `size`: cells may be smaller than a pixel. */
static int32_t in_cell(int32_t i, int32_t n, int32_t size, ora_rng *rng)
{
    const float at = ((float)i + ora_rng_f32(rng)) * (float)size / (float)n;

    return clip((int32_t)at, 0, size - 1);
}

void ora_ray_pick_head(int32_t xy[2], const ora_ray_regions *r, const ora_error_map *map,
                       ora_rng *rng)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        const int32_t cell = ora_error_map_draw_cell(map, rng);

        xy[0] = r->head[0] +
                in_cell(cell % ORA_ERROR_SIDE, ORA_ERROR_SIDE, r->head[2] - r->head[0], rng);
        xy[1] = r->head[1] +
                in_cell(cell / ORA_ERROR_SIDE, ORA_ERROR_SIDE, r->head[3] - r->head[1], rng);
        if (is_near(r, xy, r->widen, HEAD))
            return;
    }
}

void ora_ray_pick_torso(int32_t xy[2], const ora_ray_regions *r, ora_rng *rng)
{
    const int32_t all[4] = {0, 0, r->width, r->height};

    for (int i = 0; i < MAX_TRIES; i++) {
        ora_ray_pick_box(xy, all, rng);
        if (is_near(r, xy, r->widen / 2, TORSO))
            return;
    }
}

void ora_ray_pick_outline(int32_t xy[2], const ora_ray_regions *r, ora_rng *rng)
{
    int32_t upper[4] = {r->head[0], r->head[1], r->head[2], r->mouth[1]};

    if (is_empty(upper))
        memcpy(upper, r->head, sizeof upper);
    for (int i = 0; i < MAX_TRIES; i++) {
        ora_ray_pick_box(xy, upper, rng);
        if (pixel_at(r, xy[0], xy[1])[HEAD] < HALF && is_near(r, xy, r->widen, HEAD))
            return;
    }
}

int32_t ora_ray_error_cell(const ora_ray_regions *r, int32_t x, int32_t y)
{
    const int32_t *b = r->head;

    if (x < b[0] || x >= b[2] || y < b[1] || y >= b[3])
        return -1;
    return (y - b[1]) * ORA_ERROR_SIDE / (b[3] - b[1]) * ORA_ERROR_SIDE +
           (x - b[0]) * ORA_ERROR_SIDE / (b[2] - b[0]);
}

static bool is_inside(const int32_t box[4], const int32_t xy[2])
{
    return xy[0] >= box[0] && xy[0] < box[2] && xy[1] >= box[1] && xy[1] < box[3];
}

void ora_ray_make(ora_field_ray *ray, const ora_training_set *set, const ora_ray_regions *r,
                  int32_t slot, const int32_t xy[2])
{
    const uint8_t *p = pixel_at(r, xy[0], xy[1]);
    const size_t at = (size_t)xy[1] * (size_t)r->width + (size_t)xy[0];
    const ora_real coverage =
        ora_min((ora_real)(p[HEAD] + p[TORSO]) / ORA_REAL(255.0), ORA_REAL(1.0));

    *ray = (ora_field_ray){.frame = slot};
    ray->pixel[0] = (ora_real)xy[0] + ORA_REAL(0.5);
    ray->pixel[1] = (ora_real)xy[1] + ORA_REAL(0.5);
    for (int c = 0; c < 3; c++) {
        ray->target[c] = (ora_real)p[c] / ORA_REAL(255.0);
        ray->background[c] = set->background[3 * at + (size_t)c];
    }
    ray->matte[0] = (ora_real)p[HEAD] / ORA_REAL(255.0);
    ray->matte[1] = (ora_real)p[TORSO] / ORA_REAL(255.0);
    /* where nobody knows the plate, only what covers it can be judged */
    ray->weight = set->is_known[at] > 0 ? ORA_REAL(1.0) : coverage;
    if (r->has_neck && is_inside(r->neck, xy) && coverage >= ORA_REAL(0.5))
        ray->flags |= ORA_RAY_NECK;
    if (is_inside(r->face, xy))
        ray->flags |= ORA_RAY_FACE;
}
