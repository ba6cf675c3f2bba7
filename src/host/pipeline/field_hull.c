#include "pipeline/field_hull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"

enum { MAX_FRAMES = 50, N_COARSE = 64, MATTE_HALF = 128 };

static const float MARGIN_PX = 2.0f;

/* Where a head may be about the middle of its neutral landmarks, mm; wider than hair usually is. */
static const float SIDE_MM = 160.0f, BELOW_MM = 150.0f, ABOVE_MM = 220.0f, BEHIND_MM = 140.0f,
                   FRONT_MM = 25.0f;

/* One carving of the box into n^3 cells, [z][y][x]. */
typedef struct carving {
    const ora_training_set *set; /* borrowed */
    ora_field_box box;
    int32_t n;
    int32_t n_frames;
    uint8_t *n_seen, *n_in; /* [n]^3 frames in whose picture, in whose matte a cell is */
    int32_t *sums;          /* [height + 1][width + 1] matte pixels above and left, owned */
    float radius;           /* of the ball around a cell, mm */
    const float *pose;      /* of the frame at hand */
} carving;

static void sum_matte(carving *c, const uint8_t *pixels)
{
    const int32_t width = c->set->camera.width;
    const int32_t height = c->set->camera.height;
    const int64_t stride = (int64_t)width + 1;

    memset(c->sums, 0, (size_t)stride * sizeof *c->sums);
    for (int32_t y = 0; y < height; y++) {
        int32_t *row = &c->sums[(y + 1) * stride];
        int32_t n = 0;

        row[0] = 0;
        for (int32_t x = 0; x < width; x++) {
            n += pixels[((int64_t)y * width + x) * ORA_STORE_CHANNELS + 3] >= MATTE_HALF;
            row[x + 1] = row[x + 1 - stride] + n;
        }
    }
}

/* Whole pixels below v, clipped to 0..limit. */
static int32_t clip_pixel(float v, int32_t limit)
{
    return v < 0.0f ? 0 : v > (float)limit ? limit : (int32_t)v;
}

/* Is a pixel of the matte within `reach` of (u, v), along each axis? */
static bool is_in_matte(const carving *c, float u, float v, float reach)
{
    const int32_t width = c->set->camera.width;
    const int32_t height = c->set->camera.height;
    const int64_t stride = (int64_t)width + 1;
    const int32_t x0 = clip_pixel(u - reach, width);
    const int32_t x1 = clip_pixel(u + reach + 1.0f, width);
    const int32_t y0 = clip_pixel(v - reach, height);
    const int32_t y1 = clip_pixel(v + reach + 1.0f, height);

    return c->sums[y1 * stride + x1] - c->sums[y0 * stride + x1] - c->sums[y1 * stride + x0] +
               c->sums[y0 * stride + x0] >
           0;
}

/* Count the frame for one row of cells along x; q is the camera-space middle of the first. */
static void count_row(const carving *c, int64_t i, const float q[3], const float step[3])
{
    const ora_field_camera *cam = &c->set->camera;
    const float right = (float)cam->width + MARGIN_PX;
    const float bottom = (float)cam->height + MARGIN_PX;

    for (int32_t k = 0; k < c->n; k++, i++) {
        const float depth = q[2] + (float)k * step[2];
        float u, v, scale;

        /* frames that miss it are too many already, or it is behind the camera */
        if (10 * (c->n_seen[i] - c->n_in[i]) > c->n_frames || depth < c->radius)
            continue;
        scale = cam->focal / depth;
        u = cam->centre[0] + scale * (q[0] + (float)k * step[0]);
        v = cam->centre[1] + scale * (q[1] + (float)k * step[1]);
        if (!(u >= -MARGIN_PX && u <= right && v >= -MARGIN_PX && v <= bottom))
            continue;
        c->n_seen[i]++;
        if (is_in_matte(c, u, v, MARGIN_PX + scale * c->radius))
            c->n_in[i]++;
    }
}

/* Count one frame for the cells of slabs [first, end) in z. */
static orator_status count_slabs(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                 int i_thread)
{
    const carving *c = arg;
    const float *p = c->pose;
    const float cell[3] = {c->box.size[0] / (float)c->n, c->box.size[1] / (float)c->n,
                           c->box.size[2] / (float)c->n};

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first * c->n; i < end * c->n; i++) {
        const float x[3] = {c->box.min[0] + 0.5f * cell[0],
                            c->box.min[1] + ((float)(i % c->n) + 0.5f) * cell[1],
                            c->box.min[2] + ((float)(i / c->n) + 0.5f) * cell[2]};
        float q[3], step[3];

        for (int a = 0; a < 3; a++) {
            q[a] = p[4 * a] * x[0] + p[4 * a + 1] * x[1] + p[4 * a + 2] * x[2] + p[4 * a + 3];
            step[a] = p[4 * a] * cell[0];
        }
        count_row(c, i * c->n, q, step);
    }
    return ORATOR_OK;
}

/* Mark in cells [n]^3 what stays; the number of it. A tenth of the frames must show a cell. */
static int64_t decide(uint8_t *cells, const carving *c)
{
    const int64_t n = (int64_t)c->n * c->n * c->n;
    int64_t n_kept = 0;

    for (int64_t i = 0; i < n; i++) {
        cells[i] = c->n_in[i] > 0 && 10 * c->n_in[i] >= 9 * c->n_seen[i] &&
                   10 * c->n_seen[i] >= c->n_frames;
        n_kept += cells[i];
    }
    return n_kept;
}

/* Carve `box` into cells [n]^3 by the frames ids[n_frames]. */
static orator_status carve(uint8_t *cells, carving *c, orator_context *ctx, const int32_t *ids)
{
    const size_t n = (size_t)c->n * (size_t)c->n * (size_t)c->n;
    orator_status st = ORATOR_OK;

    memset(c->n_seen, 0, n);
    memset(c->n_in, 0, n);
    c->radius = 0.0f;
    for (int a = 0; a < 3; a++)
        c->radius += c->box.size[a] * c->box.size[a];
    c->radius = 0.5f * sqrtf(c->radius) / (float)c->n;
    for (int32_t i = 0; i < c->n_frames; i++) {
        ORA_TRY(ora_cancel_check(ctx));
        sum_matte(c, ora_frame_store_get(c->set->frames, ids[i]));
        c->pose = &c->set->pose[12 * (int64_t)ids[i]];
        ORA_TRY(ora_pool_run(ora_context_pool(ctx), c->n, 1, count_slabs, c));
    }
    if (decide(cells, c) == 0)
        st = ora_fail(ORATOR_E_FORMAT, "no head in the mattes where the poses put it");

done:
    return st;
}

static void generous_box(ora_field_box *box, const float *neutral)
{
    float middle[3] = {0};
    float front = neutral[2];

    for (int i = 0; i < ORATOR_LANDMARKS; i++) {
        for (int a = 0; a < 3; a++)
            middle[a] += neutral[3 * i + a] / (float)ORATOR_LANDMARKS;
        front = fmaxf(front, neutral[3 * i + 2]);
    }
    box->min[0] = middle[0] - SIDE_MM;
    box->size[0] = 2.0f * SIDE_MM;
    box->min[1] = middle[1] - BELOW_MM;
    box->size[1] = BELOW_MM + ABOVE_MM;
    box->min[2] = middle[2] - BEHIND_MM;
    box->size[2] = front + FRONT_MM - box->min[2];
}

/* Shrink the box to the cells that stayed and one around them, within itself. */
static void shrink_box(ora_field_box *box, const uint8_t *cells, int32_t n)
{
    int32_t lo[3] = {n, n, n}, hi[3] = {0};

    for (int64_t i = 0; i < (int64_t)n * n * n; i++) {
        const int32_t at[3] = {(int32_t)(i % n), (int32_t)(i / n % n), (int32_t)(i / n / n)};

        for (int a = 0; a < 3 && cells[i]; a++) {
            lo[a] = at[a] < lo[a] ? at[a] : lo[a];
            hi[a] = at[a] >= hi[a] ? at[a] + 1 : hi[a];
        }
    }
    for (int a = 0; a < 3; a++) {
        const float cell = box->size[a] / (float)n;

        lo[a] = lo[a] > 0 ? lo[a] - 1 : 0;
        hi[a] = hi[a] < n ? hi[a] + 1 : n;
        box->min[a] += cell * (float)lo[a];
        box->size[a] = cell * (float)(hi[a] - lo[a]);
    }
}

/* Up to MAX_FRAMES resident training frames, evenly spread. */
static int32_t choose_frames(int32_t *ids, const ora_training_set *set)
{
    int32_t n_resident = 0, n_train = 0, n = 0, seen = 0;
    const int32_t *resident = ora_frame_store_resident(set->frames, &n_resident);

    for (int32_t i = 0; i < n_resident; i++)
        n_train += set->use[resident[i]] == ORA_USE_TRAIN;
    n = n_train < MAX_FRAMES ? n_train : MAX_FRAMES;
    for (int32_t i = 0, k = 0; i < n_resident && k < n; i++) {
        if (set->use[resident[i]] != ORA_USE_TRAIN)
            continue;
        if (seen++ == (int64_t)k * n_train / n)
            ids[k++] = resident[i];
    }
    return n;
}

orator_status ora_field_hull(ora_training_set *set, orator_context *ctx, const float *neutral,
                             int32_t n_hull)
{
    const int32_t n_most = n_hull > N_COARSE ? n_hull : N_COARSE;
    const size_t n_cells = (size_t)n_most * (size_t)n_most * (size_t)n_most;
    const size_t n_pixels = ((size_t)set->camera.width + 1) * ((size_t)set->camera.height + 1);
    orator_status st;
    carving c = {.set = set, .n = N_COARSE};
    int32_t ids[MAX_FRAMES];
    uint8_t *cells = malloc(n_cells);

    c.n_seen = malloc(n_cells);
    c.n_in = malloc(n_cells);
    c.sums = malloc(n_pixels * sizeof *c.sums);
    if (!cells || !c.n_seen || !c.n_in || !c.sums) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for the hull of the head");
        goto done;
    }
    generous_box(&c.box, neutral);
    c.n_frames = choose_frames(ids, set);
    ORA_TRY(carve(cells, &c, ctx, ids));
    shrink_box(&c.box, cells, c.n);
    c.n = n_hull;
    ORA_TRY(carve(cells, &c, ctx, ids));
    set->box = c.box;
    set->n_hull = n_hull;
    set->hull = cells;
    cells = NULL;

done:
    free(cells);
    free(c.n_seen);
    free(c.n_in);
    free(c.sums);
    return st;
}
