/*
 * test_grid.c - numerics/grid.h against a slow model and against functions a grid can hold exactly.
 */
#include "numerics/grid.h"

#include <stdlib.h>
#include <string.h>

#include "unit/numerics/draw.h"

static const double tolerance = ORA_REAL_IS_DOUBLE ? 1e-12 : 1e-5;

static ora_grid make_grid(int32_t planes, int32_t levels, int32_t features)
{
    ora_grid g;

    memset(&g, 0, sizeof g);
    g.n_planes = planes;
    g.n_levels = levels;
    g.n_features = features;
    return g;
}

TEST(grid, levels_grow_from_coarse_to_fine_and_do_not_overlap)
{
    for (int32_t features = 1; features <= 4; features *= 2) {
        for (int32_t levels = 1; levels <= ORA_GRID_MAX_LEVELS; levels++) {
            ora_grid g = make_grid(3, levels, features);
            int64_t end = 0;

            ora_grid_layout(&g, 16, 512, 1 << 14);
            CHECK_I64(g.level[0].cells, 16);
            CHECK(levels == 1 || g.level[levels - 1].cells == 512);
            for (int l = 0; l < levels; l++) {
                const ora_grid_level *level = &g.level[l];
                const int64_t vertices = (int64_t)(level->cells + 1) * (level->cells + 1);

                CHECK(l == 0 || level->cells > g.level[l - 1].cells);
                CHECK_I64(level->is_hashed, vertices > 1 << 14);
                CHECK_I64(level->n_entries, level->is_hashed ? 1 << 14 : vertices);
                CHECK(level->offset % 4 == 0 && level->offset >= end && level->offset < end + 4);
                end = level->offset + (int64_t)level->n_entries * features;
            }
            CHECK(g.plane_floats >= end && g.plane_floats < end + 4 && g.plane_floats % 4 == 0);
            CHECK_I64(ora_grid_floats(&g), 3 * (int64_t)g.plane_floats);
        }
    }
}

TEST(grid, steps_are_geometric_and_dense_levels_stay_dense)
{
    static const int32_t want[] = {16, 32, 64, 128, 256};
    ora_grid g = make_grid(1, 5, 2);

    ora_grid_layout(&g, 16, 256, 0);
    for (int l = 0; l < 5; l++) {
        CHECK_I64(g.level[l].cells, want[l]);
        CHECK_I64(g.level[l].is_hashed, 0);
    }
}

TEST(grid, planes_look_at_xy_xz_yz)
{
    static const int want[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    int u = -1, v = -1;

    for (int plane = 0; plane < 3; plane++) {
        ora_grid_axes(plane, 3, &u, &v);
        CHECK(u == want[plane][0] && v == want[plane][1]);
    }
    ora_grid_axes(0, 1, &u, &v);
    CHECK(u == 0 && v == 1);
}

/* Vertex number by long arithmetic. */
static int64_t slow_entry(const ora_grid_level *l, int64_t i, int64_t j)
{
    const uint64_t product = ((uint64_t)j * 2654435761U) % (UINT64_C(1) << 32);

    if (!l->is_hashed)
        return j * (l->cells + 1) + i;
    return (int64_t)(((uint64_t)i ^ product) % (uint64_t)l->n_entries);
}

static double clamp01(double x)
{
    return fmin(fmax(x, 0), 1);
}

static void check_against_model(const ora_grid_level *l, ora_real u, ora_real v)
{
    ora_grid_corners c;
    double sum = 0;

    ora_grid_find(&c, l, u, v);
    for (int k = 0; k < 4; k++) {
        CHECK(c.entry[k] >= 0 && c.entry[k] < l->n_entries);
        CHECK(c.weight[k] >= 0 && c.weight[k] <= 1);
        sum += (double)c.weight[k];
    }
    CHECK_NEAR(sum, 1, tolerance);
    {
        /* of the two cells that a wall belongs to either will do: judge by the entry found */
        const double x = clamp01((double)u) * l->cells, y = clamp01((double)v) * l->cells;
        const int64_t i = (int64_t)fmin(
            floor((double)((ora_real)clamp01((double)u) * (ora_real)l->cells)), l->cells - 1);
        const int64_t j = (int64_t)fmin(
            floor((double)((ora_real)clamp01((double)v) * (ora_real)l->cells)), l->cells - 1);

        CHECK_I64(c.entry[0], slow_entry(l, i, j));
        CHECK_I64(c.entry[1], slow_entry(l, i + 1, j));
        CHECK_I64(c.entry[2], slow_entry(l, i, j + 1));
        CHECK_I64(c.entry[3], slow_entry(l, i + 1, j + 1));
        CHECK_NEAR(c.fu, x - (double)i, 300 * tolerance);
        CHECK_NEAR(c.fv, y - (double)j, 300 * tolerance);
    }
    CHECK(c.slope_u == ((double)u < 0 || (double)u > 1 ? 0 : (ora_real)l->cells));
    CHECK(c.slope_v == ((double)v < 0 || (double)v > 1 ? 0 : (ora_real)l->cells));
}

TEST(grid, corners_are_those_of_the_slow_model)
{
    static const int32_t cells[] = {1, 2, 3, 16, 100, 257, 1000, 4096};
    static const double edges[] = {0, 1, -0.1, 1.1, 0.5, 1 - 1e-7, 1e-30, -1e30, 1e30};

    for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) {
        for (int is_hashed = 0; is_hashed < 2; is_hashed++) {
            ora_grid g = make_grid(1, 1, 2);

            ora_grid_layout(&g, cells[k], cells[k], is_hashed ? 64 : 0);
            for (size_t a = 0; a < 9; a++)
                for (size_t b = 0; b < 9; b++)
                    check_against_model(&g.level[0], (ora_real)edges[a], (ora_real)edges[b]);
            for (int i = 0; i < 3000; i++)
                check_against_model(&g.level[0], (ora_real)draw(-0.1, 1.1),
                                    (ora_real)draw(-0.1, 1.1));
        }
    }
}

TEST(grid, nan_counts_as_zero)
{
    ora_grid g = make_grid(1, 1, 1);
    ora_grid_corners c;

    ora_grid_layout(&g, 16, 16, 0);
    ora_grid_find(&c, &g.level[0], (ora_real)NAN, (ora_real)INFINITY);
    CHECK_I64(c.entry[0], 15 * 17);
    CHECK(c.fu == 0 && c.fv == 1 && c.slope_u == 0 && c.slope_v == 0);
}

static void fill_level(ora_real *table, const ora_grid_level *l, const double k[4])
{
    for (int32_t j = 0; j <= l->cells; j++) {
        for (int32_t i = 0; i <= l->cells; i++) {
            const double u = (double)i / l->cells, v = (double)j / l->cells;

            table[ora_grid_entry(l, i, j)] = (ora_real)(k[0] + k[1] * u + k[2] * v + k[3] * u * v);
        }
    }
}

static void corner_values(ora_real t[4], const ora_grid_corners *c, const ora_real *table)
{
    for (int k = 0; k < 4; k++)
        t[k] = table[c->entry[k]];
}

/* What is linear in u and in v between any vertices comes out exactly, slopes too. */
TEST(grid, bilinear_functions_are_held_exactly)
{
    static ora_real table[101 * 101];

    for (int i_run = 0; i_run < 30; i_run++) {
        const double k[4] = {draw(-1, 1), draw(-1, 1), draw(-1, 1), draw(-1, 1)};
        ora_grid g = make_grid(1, 1, 1);

        ora_grid_layout(&g, 1 + draw_below(100), 1, 0);
        fill_level(table, &g.level[0], k);
        for (int i = 0; i < 300; i++) {
            const ora_real u = (ora_real)draw(0, 1), v = (ora_real)draw(0, 1);
            ora_grid_corners c;
            ora_real t[4], du = 0, dv = 0;

            ora_grid_find(&c, &g.level[0], u, v);
            corner_values(t, &c, table);
            ora_grid_slope(&c, t, &du, &dv);
            CHECK_NEAR(ora_grid_mix(c.fu, c.fv, t),
                       k[0] + k[1] * (double)u + k[2] * (double)v + k[3] * (double)u * (double)v,
                       tolerance);
            CHECK_NEAR(du, k[1] + k[3] * (double)v, 50 * tolerance);
            CHECK_NEAR(dv, k[2] + k[3] * (double)u, 50 * tolerance);
        }
    }
}

static double value_at(const ora_grid_level *l, const ora_real *table, double u, double v)
{
    ora_grid_corners c;
    ora_real t[4];

    ora_grid_find(&c, l, (ora_real)u, (ora_real)v);
    corner_values(t, &c, table);
    return (double)ora_grid_mix(c.fu, c.fv, t);
}

TEST(grid, values_are_continuous_across_cells)
{
    static ora_real table[1 << 14];

    for (int i = 0; i < 1 << 14; i++)
        table[i] = (ora_real)draw(-1, 1);
    for (int is_hashed = 0; is_hashed < 2; is_hashed++) {
        ora_grid g = make_grid(1, 1, 1);

        ora_grid_layout(&g, 100, 100, is_hashed ? 1024 : 0);
        for (int i = 1; i < 100; i++) {
            const double wall = i / 100.0, v = draw(0, 1), e = 1e-6;
            const ora_grid_level *l = &g.level[0];

            CHECK_NEAR(value_at(l, table, wall - e, v), value_at(l, table, wall + e, v), 5e-4);
            CHECK_NEAR(value_at(l, table, v, wall - e), value_at(l, table, v, wall + e), 5e-4);
        }
    }
}

#if ORA_REAL_IS_DOUBLE

TEST(grid, slopes_are_those_of_finite_differences)
{
    static ora_real table[1 << 16];
    const double h = 1e-7;

    for (int i = 0; i < 1 << 16; i++)
        table[i] = draw(-1, 1);
    for (int i = 0; i < 4000; i++) {
        ora_grid g = make_grid(1, 1, 1);
        ora_grid_corners c;
        double t[4], du = 0, dv = 0, u, v, x, y;

        ora_grid_layout(&g, 1 + draw_below(200), 1, i % 2 ? 1024 : 0);
        u = draw(0, 1);
        v = draw(0, 1);
        x = u * g.level[0].cells - floor(u * g.level[0].cells);
        y = v * g.level[0].cells - floor(v * g.level[0].cells);
        if (x < 1e-4 || x > 1 - 1e-4 || y < 1e-4 || y > 1 - 1e-4)
            continue; /* a difference across a wall is none */
        ora_grid_find(&c, &g.level[0], u, v);
        corner_values(t, &c, table);
        ora_grid_slope(&c, t, &du, &dv);
        CHECK_NEAR(
            du,
            (value_at(&g.level[0], table, u + h, v) - value_at(&g.level[0], table, u - h, v)) /
                (2 * h),
            1e-6);
        CHECK_NEAR(
            dv,
            (value_at(&g.level[0], table, u, v + h) - value_at(&g.level[0], table, u, v - h)) /
                (2 * h),
            1e-6);
    }
}

#endif
