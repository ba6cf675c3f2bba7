/*
 * test_composite.c - numerics/composite.h against Beer and Lambert, and its gradient.
 */
#include "numerics/composite.h"

#include "unit/numerics/draw.h"

enum { N = 16 };

static const double tolerance = ORA_REAL_IS_DOUBLE ? 1e-13 : 2e-6;

typedef struct ray {
    ora_real x[N], rgb[N][3], t[N], extra[N];
} ray;

static ray random_ray(double densest)
{
    ray r;

    for (int k = 0; k < N; k++) {
        r.x[k] = (ora_real)draw(0, densest);
        r.t[k] = (ora_real)(5 + k + draw(0, 1));
        r.extra[k] = (ora_real)draw(-1, 1);
        for (int i = 0; i < 3; i++)
            r.rgb[k][i] = (ora_real)draw(0, 1);
    }
    return r;
}

static ora_composite blend(const ray *r, ora_real w[N])
{
    ora_composite c;

    ora_composite_start(&c);
    for (int k = 0; k < N; k++)
        w[k] = ora_composite_add(&c, r->x[k], r->rgb[k], r->t[k]);
    return c;
}

TEST(composite, uniform_fog_follows_beer_and_lambert)
{
    for (int i_run = 0; i_run < 200; i_run++) {
        const double sigma = pow(10, draw(-3, 1)), length = draw(0.1, 20);
        const double alpha = 1 - exp(-sigma * length);
        ora_real w[N];
        ora_composite c;
        ray r = random_ray(1);

        for (int k = 0; k < N; k++) {
            r.x[k] = (ora_real)(sigma * length / N);
            r.rgb[k][0] = (ora_real)0.25;
            r.rgb[k][1] = 1;
            r.rgb[k][2] = 0;
        }
        c = blend(&r, w);
        CHECK_NEAR(c.alpha, alpha, tolerance);
        CHECK_NEAR(c.left, 1 - alpha, tolerance);
        CHECK_NEAR(c.rgb[0], 0.25 * alpha, tolerance);
        CHECK_NEAR(c.rgb[1], alpha, tolerance);
        CHECK(c.rgb[2] == 0);
    }
}

/* The mean depth in fog of density sigma from 0 on is 1 / sigma. */
TEST(composite, depth_is_the_mean_of_where_light_ends)
{
    enum { N_FINE = 4000 };
    const ora_real rgb[3] = {1, 1, 1};
    const double sigma = 0.5, spacing = 0.01;
    ora_composite c;

    ora_composite_start(&c);
    for (int k = 0; k < N_FINE; k++)
        (void)ora_composite_add(&c, (ora_real)(sigma * spacing), rgb,
                                (ora_real)(spacing * (k + 0.5)));
    CHECK_NEAR(c.depth / c.alpha, 1 / sigma, 1e-4);
}

TEST(composite, a_wall_hides_what_is_behind)
{
    ora_real w[N];
    ray r = random_ray(0.5);
    ora_composite c;

    for (int k = 3; k < N; k++)
        r.x[k] = ORA_REAL(1e6);
    c = blend(&r, w);
    CHECK_NEAR(c.alpha, 1, tolerance);
    CHECK(c.left >= 0 && c.left < ORA_REAL(1e-30));
    for (int k = 4; k < N; k++)
        CHECK(w[k] >= 0 && w[k] < ORA_REAL(1e-30));
}

TEST(composite, empty_samples_change_nothing)
{
    ora_real w[N];
    ray r = random_ray(0.5);
    ora_composite c;

    for (int k = 0; k < N; k++)
        r.x[k] = 0;
    c = blend(&r, w);
    CHECK(c.left == 1 && c.alpha == 0 && c.depth == 0 && c.rgb[1] == 0);
}

/* A loss that is curved in everything the ray gives. */
static double loss_of(const ray *r, double d_rgb[3], double *d_alpha, double *d_depth)
{
    ora_real w[N];
    const ora_composite c = blend(r, w);
    double loss = 0;

    for (int i = 0; i < 3; i++) {
        d_rgb[i] = 2 * ((double)c.rgb[i] - 0.3 * i) + 0.1;
        loss +=
            ((double)c.rgb[i] - 0.3 * i) * ((double)c.rgb[i] - 0.3 * i) + 0.1 * (double)c.rgb[i];
    }
    *d_alpha = 3 * (double)c.alpha * (double)c.alpha;
    *d_depth = 0.02 * (double)c.depth;
    loss += pow((double)c.alpha, 3) + 0.01 * (double)c.depth * (double)c.depth;
    for (int k = 0; k < N; k++)
        loss += (double)w[k] * (double)r->extra[k];
    return loss;
}

typedef struct ray_grad {
    ora_real x[N], rgb[N][3];
} ray_grad;

static ray_grad gradient_of(const ray *r)
{
    double d_rgb[3], d_alpha, d_depth;
    ora_real w[N], g[3];
    const ora_composite c = blend(r, w);
    ora_composite_grad b;
    ray_grad out;

    (void)loss_of(r, d_rgb, &d_alpha, &d_depth);
    for (int i = 0; i < 3; i++)
        g[i] = (ora_real)d_rgb[i];
    ora_composite_back_start(&b, &c, g, (ora_real)d_alpha, (ora_real)d_depth);
    for (int k = 0; k < N; k++)
        b.behind += w[k] * r->extra[k];
    for (int k = 0; k < N; k++) {
        out.x[k] = ora_composite_back(&b, r->x[k], r->rgb[k], r->t[k], r->extra[k]);
        for (int i = 0; i < 3; i++)
            out.rgb[k][i] = w[k] * g[i];
    }
    return out;
}

#if ORA_REAL_IS_DOUBLE

static double difference(ray *r, double *at)
{
    const double h = 1e-5, value = *at;
    double d_rgb[3], d_alpha, d_depth, above, below;

    *at = value + h;
    above = loss_of(r, d_rgb, &d_alpha, &d_depth);
    *at = value - h;
    below = loss_of(r, d_rgb, &d_alpha, &d_depth);
    *at = value;
    return (above - below) / (2 * h);
}

TEST(composite, gradient_is_that_of_finite_differences)
{
    for (int i_run = 0; i_run < 200; i_run++) {
        ray r = random_ray(i_run % 2 ? 0.2 : 1.5);
        const ray_grad g = gradient_of(&r);

        for (int k = 0; k < N; k++) {
            const double dx = difference(&r, &r.x[k]);

            CHECK_NEAR(g.x[k], dx, 1e-8 * (1 + fabs(dx)));
            for (int i = 0; i < 3; i++)
                CHECK_NEAR(g.rgb[k][i], difference(&r, &r.rgb[k][i]), 1e-8);
        }
    }
}

#else

/* dL/dx_k from the formula in double, sum over what is behind taken term by term. */
static double slope_in_double(const ray *r, const double d[5], int k)
{
    double left = 1, behind = 0, front = 0;

    for (int j = 0; j < N; j++) {
        const double e = exp(-(double)r->x[j]);
        double v = d[3] + d[4] * (double)r->t[j] + (double)r->extra[j];

        for (int i = 0; i < 3; i++)
            v += d[i] * (double)r->rgb[j][i];
        if (j > k)
            behind += left * (1 - e) * v;
        left *= e;
        if (j == k)
            front = left * v;
    }
    return front - behind;
}

TEST(composite, gradient_in_single_precision_is_close_to_double)
{
    for (int i_run = 0; i_run < 500; i_run++) {
        const ray r = random_ray(1.0);
        const ray_grad g = gradient_of(&r);
        double d[5];

        (void)loss_of(&r, d, &d[3], &d[4]);
        for (int k = 0; k < N; k++)
            CHECK_NEAR(g.x[k], slope_in_double(&r, d, k), 2e-5);
    }
}

#endif
