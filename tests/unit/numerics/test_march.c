/*
 * test_march.c - numerics/march.h and occupancy.h against fine stepping along random rays.
 */
#include "numerics/march.h"

#include <stdlib.h>
#include <string.h>

#include "unit/numerics/draw.h"

enum { MAX_N = 256 };

static uint64_t bricks[(MAX_N / 4) * (MAX_N / 4) * (MAX_N / 4)];
static const ora_real box_min[3] = {-100, -130, -90};
static const ora_real box_size[3] = {200, 250, 180};

static ora_occupancy empty_box(int32_t n)
{
    ora_occupancy o;

    memset(bricks, 0, sizeof bricks);
    o.n = n;
    o.bricks = bricks;
    return o;
}

/* Cells by chance, or a few balls, or a shell. */
static ora_occupancy random_box(int32_t n, int kind)
{
    ora_occupancy o = empty_box(n);
    double ball[3][4];

    for (int b = 0; b < 3; b++) {
        for (int i = 0; i < 3; i++)
            ball[b][i] = draw(0.2, 0.8) * n;
        ball[b][3] = draw(0.05, 0.3) * n;
    }
    for (int32_t i = 0; i < n * n * n; i++) {
        const int32_t c[3] = {i % n, i / n % n, i / n / n};
        int is_set = kind == 0 && draw(0, 1) < 0.02;

        for (int b = 0; b < 3 && kind > 0; b++) {
            double r = 0;

            for (int k = 0; k < 3; k++)
                r += (c[k] + 0.5 - ball[b][k]) * (c[k] + 0.5 - ball[b][k]);
            r = sqrt(r) - ball[b][3];
            is_set |= kind == 1 ? r < 0 : fabs(r) < 1.5;
        }
        ora_occupancy_set(&o, c[0], c[1], c[2], is_set);
    }
    return o;
}

typedef struct test_ray {
    ora_real origin[3], dir[3];
} test_ray;

/* From outside towards the box, from inside, along an axis, within a plane, or past the box. */
static test_ray random_ray(int kind)
{
    test_ray r;
    double d[3], length = 0;
    int is_past;

    for (int i = 0; i < 3; i++) {
        const double target = (double)box_min[i] + draw(0, 1) * (double)box_size[i];

        d[i] = draw_normal();
        r.origin[i] = (ora_real)target;
    }
    if (kind == 2)
        d[draw_below(3)] = 0;
    if (kind == 3)
        for (int i = 0, axis = draw_below(3); i < 3; i++)
            d[i] = i == axis ? d[i] : 0;
    is_past = kind == 4 || (kind > 1 && draw(0, 1) < 0.3);
    for (int i = 0; i < 3; i++)
        length += d[i] * d[i];
    for (int i = 0; i < 3; i++) {
        r.dir[i] = (ora_real)(d[i] / sqrt(length));
        if (kind != 1)
            r.origin[i] -= 800 * r.dir[i];
        if (is_past)
            r.origin[i] += (ora_real)draw(-200, 200);
    }
    return r;
}

/* Cell at t; -1 outside the box. */
static int32_t cell_at(const ora_occupancy *o, const test_ray *r, double t)
{
    int32_t cell = 0;

    for (int i = 2; i >= 0; i--) {
        const double x = ((double)r->origin[i] + t * (double)r->dir[i] - (double)box_min[i]) /
                         (double)box_size[i] * o->n;

        if (!(x >= 0 && x < o->n))
            return -1;
        cell = cell * o->n + (int32_t)x;
    }
    return cell;
}

static int is_occupied(const ora_occupancy *o, int32_t cell)
{
    return cell >= 0 && ora_occupancy_get(o, cell % o->n, cell / o->n % o->n, cell / o->n / o->n);
}

typedef struct brute_ray {
    int32_t n_occupied; /* fine points in occupied cells         */
    double longest;     /* piece of the ray that is occupied, mm */
    double first, last; /* occupied fine points                  */
    double cell;        /* mm of the ray to a cell               */
} brute_ray;

enum { N_FINE = 16384 };
static unsigned char fine_occupied[N_FINE];

static const double fine_step = 1600.0 / N_FINE; /* a tenth of a millimetre */

/* The points of an occupied piece, half a cell from its ends aside, must lie in set steps. */
static void check_piece(const brute_ray *b, const ora_ray_steps *s, int from, int to)
{
    const int aside = (int)ceil(0.5 * b->cell / fine_step) + 1;

    if ((to - from) * fine_step < 1.01 * b->cell + 2 * fine_step)
        return;
    CHECK(s->mask != 0);
    for (int i = from + aside; i < to - aside; i++) {
        const double at = ((i + 0.5) * fine_step - (double)s->t_first) / (double)s->dt;

        CHECK(at >= 0 && at < 16);
        CHECK(s->mask >> (int)at & 1U);
    }
}

static brute_ray check_covering(const ora_occupancy *o, const test_ray *r, const ora_ray_steps *s)
{
    brute_ray b = {0, 0, 0, 0, 0};
    double per_mm2 = 0;
    int from = -1;

    for (int i = 0; i < 3; i++)
        per_mm2 += pow((double)r->dir[i] / (double)box_size[i] * o->n, 2);
    b.cell = 1 / sqrt(per_mm2);
    for (int i = 0; i < N_FINE; i++) {
        const double t = (i + 0.5) * fine_step;

        fine_occupied[i] = (unsigned char)is_occupied(o, cell_at(o, r, t));
        if (fine_occupied[i]) {
            b.first = b.n_occupied == 0 ? t : b.first;
            b.last = t;
            b.n_occupied++;
            from = from < 0 ? i : from;
        } else if (from >= 0) {
            check_piece(&b, s, from, i);
            b.longest = fmax(b.longest, (i - from) * fine_step);
            from = -1;
        }
    }
    return b;
}

/* The range is no wider than what is occupied and half a cell, and no set step is empty. */
static void check_tightness(const brute_ray *b, const ora_ray_steps *s)
{
    const double slack = 0.5 * b->cell + 2 * fine_step;

    CHECK(b->n_occupied > 0);
    CHECK((double)s->t_first > b->first - slack);
    CHECK((double)s->t_first + 16 * (double)s->dt < b->last + slack);
    for (int k = 0; k < 16; k++) {
        const double from = (double)s->t_first + k * (double)s->dt;
        const int low = (int)fmax(0, (from - slack) / fine_step);
        const int high = (int)((from + (double)s->dt + slack) / fine_step);
        int n = 0;

        for (int i = low; i <= high && i < N_FINE; i++)
            n += fine_occupied[i];
        CHECK(!(s->mask >> k & 1U) || n > 0);
    }
}

static void check_samples(const ora_ray_steps *s)
{
    ora_real t[16], u[16], spacing = -1;
    const int n = 1 + draw_below(16);

    for (int k = 0; k < n; k++)
        u[k] = (ora_real)draw(0, 1);
    ora_ray_samples(t, &spacing, s, n, draw(0, 1) < 0.5 ? u : NULL);
    CHECK_NEAR((double)spacing * n, (double)s->dt * ora_count_bits16(s->mask), 1e-3);
    for (int k = 0; k < n && s->mask; k++) {
        const double at = ((double)t[k] - (double)s->t_first) / (double)s->dt;
        const double slack = 3e-4 / (double)s->dt; /* f32 at 1000 mm */
        const int low = (int)fmax(0, at - slack), high = (int)fmin(15, at + slack);

        CHECK(at > -slack && at < 16 + slack);
        CHECK((s->mask >> low & 1U) || (s->mask >> high & 1U));
        CHECK(k == 0 || t[k] >= t[k - 1]);
    }
}

TEST(march, nothing_occupied_is_missed_and_samples_lie_in_set_steps)
{
    static const int32_t sizes[] = {4, 8, 16, 32, 64};
    int n_hit = 0;

    for (int i_box = 0; i_box < 15; i_box++) {
        const ora_occupancy o = random_box(sizes[i_box % 5], i_box % 3);

        for (int i_ray = 0; i_ray < 60; i_ray++) {
            const test_ray r = random_ray(i_ray % 5);
            ora_ray_steps s;
            brute_ray b;

            ora_march(&s, &o, r.origin, r.dir, box_min, box_size);
            CHECK(isfinite(s.t_first) && isfinite(s.dt) && s.dt >= 0 && s.mask < 1U << 16);
            CHECK(s.mask == 0 || ((s.mask & 1U) && (s.mask >> 15 & 1U)));
            b = check_covering(&o, &r, &s);
            if (s.mask) {
                if (b.longest > 2 * fine_step)
                    check_tightness(&b, &s);
                check_samples(&s);
                n_hit++;
            }
            CHECK(s.mask || b.longest < 1.01 * b.cell + 2 * fine_step);
        }
    }
    CHECK(n_hit > 200);
}

/* Cells are 15.625 mm in y; the way through the box is 250 mm, in 32 probes. */
TEST(march, one_cell_gives_its_chord)
{
    ora_occupancy o = empty_box(16);
    const ora_real origin[3] = {0, 500, 0}, dir[3] = {0, -1, 0};
    ora_ray_steps s;

    ora_occupancy_set(&o, 8, 10, 8, 1); /* from -130 + 10 * 15.625 = 26.25 */
    ora_march(&s, &o, origin, dir, box_min, box_size);
    CHECK_NEAR(s.t_first, 500 - 26.25 - 15.625, 1e-3);
    CHECK_NEAR(s.dt, 15.625 / 16, 1e-4);
    CHECK_I64(s.mask, 0xffff);
}

TEST(march, two_cells_leave_a_gap)
{
    ora_occupancy o = empty_box(16);
    const ora_real origin[3] = {0, 500, 0}, dir[3] = {0, -1, 0};
    ora_ray_steps s;
    ora_real t[4], spacing = 0;

    ora_occupancy_set(&o, 8, 15, 8, 1);
    ora_occupancy_set(&o, 8, 0, 8, 1);
    ora_march(&s, &o, origin, dir, box_min, box_size);
    CHECK_NEAR(s.t_first, 380, 1e-3);
    CHECK_NEAR(s.dt, 250.0 / 16, 1e-3);
    CHECK_I64(s.mask, 0x8001);
    ora_ray_samples(t, &spacing, &s, 4, NULL);
    CHECK_NEAR(spacing, 250.0 / 32, 1e-3);
    CHECK_NEAR(t[0], 380 + 250.0 / 64, 1e-3);
    CHECK_NEAR(t[1], 380 + 3 * 250.0 / 64, 1e-3);
    CHECK_NEAR(t[2], 630 - 3 * 250.0 / 64, 1e-3);
    CHECK_NEAR(t[3], 630 - 250.0 / 64, 1e-3);
}

TEST(march, a_full_box_is_crossed_from_face_to_face)
{
    static const test_ray diagonal = {
        {-100, -130, -90},
        {ORA_REAL(0.544704795), ORA_REAL(0.680880994), ORA_REAL(0.490234316)}}; /* of the box */
    ora_occupancy o = empty_box(256);

    memset(bricks, 0xff, sizeof bricks);
    for (int i = 0; i < 2000; i++) {
        const test_ray r = i ? random_ray(i % 5) : diagonal;
        ora_real near = 0, far = 0;
        ora_ray_steps s;
        const int is_hit = ora_box_hit(&near, &far, r.origin, r.dir, box_min, box_size);

        ora_march(&s, &o, r.origin, r.dir, box_min, box_size);
        CHECK(!is_hit || far - near < ORA_REAL(0.01) || s.mask == 0xffff);
        CHECK(is_hit || s.mask == 0);
        if (s.mask && far - near > ORA_REAL(0.01)) {
            CHECK_NEAR(s.t_first, near, 2e-3);
            CHECK_NEAR(s.t_first + 16 * s.dt, far, 2e-3);
        }
    }
}

/* The t of a ray's way through the box, in double and by the definition: all three slabs at once. */
TEST(march, box_is_hit_where_its_slabs_meet)
{
    for (int i_ray = 0; i_ray < 5000; i_ray++) {
        const test_ray r = random_ray(i_ray % 5);
        double near = 0, far = 1e9;
        ora_real got_near = 0, got_far = 0;
        const int is_hit = ora_box_hit(&got_near, &got_far, r.origin, r.dir, box_min, box_size);

        for (int i = 0; i < 3; i++) {
            const double low = (double)box_min[i], high = low + (double)box_size[i];
            const double o = (double)r.origin[i], d = (double)r.dir[i];

            if (d == 0) {
                far = o >= low && o <= high ? far : -1;
                continue;
            }
            near = fmax(near, fmin((low - o) / d, (high - o) / d));
            far = fmin(far, fmax((low - o) / d, (high - o) / d));
        }
        if (fabs(far - near) < 0.01)
            continue;
        CHECK_I64(is_hit, near < far);
        if (is_hit) {
            CHECK_NEAR(got_near, near, 2e-3);
            CHECK_NEAR(got_far, far, 2e-3);
        }
    }
}

/* Rays in the faces, along the edges and through the vertices of cells: an answer, and no NaN. */
TEST(march, rays_in_walls_and_through_corners_end)
{
    const ora_occupancy o = random_box(16, 2);

    for (int i = 0; i < 20000; i++) {
        test_ray r;
        double d[3], length = 0;
        ora_ray_steps s;

        for (int k = 0; k < 3; k++) {
            d[k] = draw_below(3) - 1;
            length += d[k] * d[k];
        }
        for (int k = 0; k < 3; k++) {
            const int tiny = draw_below(8) == 0;

            r.origin[k] = box_min[k] + box_size[k] * (ora_real)(draw_below(17) / 16.0);
            r.dir[k] = (ora_real)(length > 0 ? d[k] / sqrt(length) : 0);
            r.dir[k] =
                tiny ? (ora_real)(pow(10, draw(-40, -5)) * (draw_below(2) ? 1 : -1)) : r.dir[k];
            if (i % 2)
                r.origin[k] -= 400 * r.dir[k];
        }
        ora_march(&s, &o, r.origin, r.dir, box_min, box_size);
        CHECK(isfinite(s.t_first) && isfinite(s.dt) && s.dt >= 0 && s.mask < 1U << 16);
    }
}

TEST(march, a_ray_of_nan_touches_no_memory_it_should_not)
{
    const ora_occupancy o = random_box(16, 2);

    for (int i = 0; i < 6; i++) {
        test_ray r = random_ray(0);
        ora_ray_steps s;

        if (i < 3)
            r.origin[i] = (ora_real)NAN;
        else
            r.dir[i - 3] = (ora_real)NAN;
        ora_march(&s, &o, r.origin, r.dir, box_min, box_size);
        CHECK(s.mask < 1U << 16);
    }
}

TEST(march, no_steps_give_no_length)
{
    const ora_ray_steps s = {7, 0, 0};
    ora_real t[3], spacing = -1;

    ora_ray_samples(t, &spacing, &s, 3, NULL);
    CHECK(spacing == 0 && t[0] == 7 && t[2] == 7);
}

TEST(occupancy, cells_are_kept_apart)
{
    ora_occupancy o = empty_box(12);

    CHECK_I64(ora_occupancy_bricks(12), 27);
    for (int32_t i = 0; i < 12 * 12 * 12; i++) {
        int n = 0;

        memset(bricks, 0, sizeof bricks);
        ora_occupancy_set(&o, i % 12, i / 12 % 12, i / 144, 1);
        for (int k = 0; k < 27; k++)
            n += __builtin_popcountll(bricks[k]);
        CHECK_I64(n, 1);
        for (int32_t j = 0; j < 12 * 12 * 12; j += 7)
            CHECK_I64(ora_occupancy_get(&o, j % 12, j / 12 % 12, j / 144), i == j);
        ora_occupancy_set(&o, i % 12, i / 12 % 12, i / 144, 0);
        CHECK_I64(ora_occupancy_get(&o, i % 12, i / 12 % 12, i / 144), 0);
    }
}

TEST(occupancy, layout_is_the_one_that_files_hold)
{
    ora_occupancy o = empty_box(8);

    ora_occupancy_set(&o, 5, 2, 7, 1); /* brick (1, 0, 1), cell (1, 2, 3) of it */
    CHECK(bricks[5] == (uint64_t)1 << (1 + 4 * 2 + 16 * 3));
}

TEST(occupancy, places_outside_the_box_are_in_no_cell)
{
    CHECK_I64(ora_occupancy_cell(8, 0), 0);
    CHECK_I64(ora_occupancy_cell(8, 1), 7);
    CHECK_I64(ora_occupancy_cell(8, ORA_REAL(1.001)), -1);
    CHECK_I64(ora_occupancy_cell(8, ORA_REAL(-1e-9)), -1);
    CHECK_I64(ora_occupancy_cell(8, (ora_real)NAN), -1);
}
