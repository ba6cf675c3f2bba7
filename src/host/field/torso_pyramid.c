#include "field/torso_pyramid.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "field/frame_store.h"

enum {
    MAX_WIDTH = 256, /* of level 0 */
    MIN_WIDTH = 24,  /* of the last level */
    SURE = 230       /* of 255: matte of a pixel that is torso alone */
};

static int32_t level_count(int32_t width, int32_t height)
{
    const int32_t shorter = width < height ? width : height;
    int32_t n = 1;

    while (n < ORA_TORSO_LEVELS && (shorter >> n) >= MIN_WIDTH)
        n++;
    return n;
}

orator_status ora_torso_pyramid_open(ora_torso_pyramid *p, int32_t width, int32_t height)
{
    size_t n_all = 0;
    size_t n_first;
    float *grey;
    uint8_t *mask;

    *p = (ora_torso_pyramid){.frame_width = width, .frame_height = height, .block = 1};
    while (width / p->block > MAX_WIDTH)
        p->block *= 2;
    for (int i = 0; i < ORA_TORSO_LEVELS; i++) {
        ora_torso_level *l = &p->level[i];

        l->width = (width / p->block) >> i;
        l->height = (height / p->block) >> i;
        l->scale = (float)width / (float)(p->block << i);
    }
    p->n_levels = level_count(p->level[0].width, p->level[0].height);
    p->erode = p->level[0].width / 64 > 2 ? p->level[0].width / 64 : 2;
    n_first = (size_t)p->level[0].width * (size_t)p->level[0].height;
    for (int i = 0; i < p->n_levels; i++)
        n_all += (size_t)p->level[i].width * (size_t)p->level[i].height;
    n_all += n_first; /* the work planes */
    p->memory = malloc(n_all * (sizeof *grey + sizeof *mask));
    if (!p->memory)
        return ora_fail(ORATOR_E_NOMEM, "no memory for pyramids of %dx%d", width, height);
    grey = p->memory;
    mask = (uint8_t *)(grey + n_all);
    p->grey_work = grey;
    p->mask_work = mask;
    for (int i = 0; i < p->n_levels; i++) {
        const size_t before =
            i == 0 ? n_first : (size_t)p->level[i - 1].width * (size_t)p->level[i - 1].height;

        grey += before;
        mask += before;
        p->level[i].grey = grey;
        p->level[i].mask = mask;
    }
    return ORATOR_OK;
}

void ora_torso_pyramid_clear(ora_torso_pyramid *p)
{
    free(p->memory);
    *p = (ora_torso_pyramid){0};
}

/* Average luma (BT.601 weights, of the encoded values) and surest matte of each block. */
static void reduce_frame(ora_torso_pyramid *p, const uint8_t *pixels)
{
    const ora_torso_level *l = &p->level[0];
    const int32_t block = p->block;
    const float unit = 1.0f / (255.0f * 256.0f * (float)(block * block));

    for (int32_t y = 0; y < l->height; y++) {
        for (int32_t x = 0; x < l->width; x++) {
            int32_t sum = 0;
            uint8_t is_torso = 1;

            for (int32_t i = 0; i < block * block; i++) {
                const int32_t py = y * block + i / block;
                const int32_t px = x * block + i % block;
                const uint8_t *v = pixels + ((size_t)py * (size_t)p->frame_width + (size_t)px) *
                                                ORA_STORE_CHANNELS;

                sum += 77 * v[0] + 150 * v[1] + 29 * v[2];
                is_torso &= v[4] >= SURE;
            }
            p->grey_work[y * l->width + x] = unit * (float)sum;
            l->mask[y * l->width + x] = is_torso;
        }
    }
}

static void smooth(float *out, const float *in, int32_t width, int32_t height)
{
    for (int32_t y = 0; y < height; y++) {
        const float *row = in + (size_t)y * (size_t)width;
        const float *above = y > 0 ? row - width : row;
        const float *below = y + 1 < height ? row + width : row;
        float left = above[0] + 2.0f * row[0] + below[0];
        float here = left;

        for (int32_t x = 0; x < width; x++) {
            const int32_t next = x + 1 < width ? x + 1 : x;
            const float right = above[next] + 2.0f * row[next] + below[next];

            out[(size_t)y * (size_t)width + (size_t)x] =
                (1.0f / 16.0f) * (left + 2.0f * here + right);
            left = here;
            here = right;
        }
    }
}

/* Smallest value within `radius` along a line of n, step apart; outside counts as torso. */
static void erode_line(uint8_t *out, const uint8_t *in, int32_t n, int32_t step, int32_t radius)
{
    int32_t clear_from = 0; /* just after the last 0 seen */

    for (int32_t i = 0; i < n + radius; i++) {
        if (i < n && !in[i * step])
            clear_from = i + 1;
        if (i >= radius)
            out[(i - radius) * step] = clear_from <= i - 2 * radius || clear_from == 0;
    }
}

static void erode(ora_torso_pyramid *p)
{
    const ora_torso_level *l = &p->level[0];

    for (int32_t y = 0; y < l->height; y++)
        erode_line(p->mask_work + (size_t)y * (size_t)l->width,
                   l->mask + (size_t)y * (size_t)l->width, l->width, 1, p->erode);
    for (int32_t x = 0; x < l->width; x++)
        erode_line(l->mask + x, p->mask_work + x, l->height, l->width, p->erode);
}

static void halve(ora_torso_level *to, const ora_torso_level *from)
{
    for (int32_t y = 0; y < to->height; y++) {
        const size_t row = (size_t)(2 * y) * (size_t)from->width;

        for (int32_t x = 0; x < to->width; x++) {
            const size_t at = row + (size_t)(2 * x);
            const size_t below = at + (size_t)from->width;
            const size_t out = (size_t)y * (size_t)to->width + (size_t)x;

            to->grey[out] = 0.25f * ((from->grey[at] + from->grey[at + 1]) +
                                     (from->grey[below] + from->grey[below + 1]));
            to->mask[out] =
                from->mask[at] & from->mask[at + 1] & from->mask[below] & from->mask[below + 1];
        }
    }
}

void ora_torso_pyramid_fill(ora_torso_pyramid *p, const uint8_t *pixels)
{
    reduce_frame(p, pixels);
    smooth(p->level[0].grey, p->grey_work, p->level[0].width, p->level[0].height);
    erode(p);
    for (int i = 1; i < p->n_levels; i++)
        halve(&p->level[i], &p->level[i - 1]);
}
