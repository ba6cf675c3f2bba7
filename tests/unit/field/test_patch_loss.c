/* Built in double precision, see CMakeLists.txt: derivatives are held against differences. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "base/rng_stream.h"
#include "field/patch_loss.h"

static const ora_patch_weights only_square = {1, 0, 0}, only_gradient = {0, 1, 0},
                               only_ssim = {0, 0, 1};

static void make(ora_field_ray *rays, ora_real (*rgb)[3], uint64_t seed)
{
    ora_rng r = ora_rng_make(seed, 3);

    memset(rays, 0, ORA_PATCH_RAYS * sizeof *rays);
    for (int i = 0; i < ORA_PATCH_RAYS; i++) {
        rays[i].weight = i % 11 == 0 ? 0.5 : i % 13 != 0;
        for (int c = 0; c < 3; c++) {
            rays[i].target[c] = (double)ora_rng_f32(&r);
            rgb[i][c] = (double)ora_rng_f32(&r);
        }
    }
}

static double loss_of(ora_field_ray *rays, ora_real (*rgb)[3], const ora_patch_weights *w)
{
    return ora_patch_loss(rays, (const ora_real(*)[3])rgb, w);
}

static void check_slopes(const ora_patch_weights *w)
{
    static ora_field_ray rays[ORA_PATCH_RAYS], scratch[ORA_PATCH_RAYS];
    static ora_real rgb[ORA_PATCH_RAYS][3];
    const double h = 1e-5;

    make(rays, rgb, test_seed());
    (void)loss_of(rays, rgb, w);
    for (int i = 0; i < ORA_PATCH_RAYS; i++)
        for (int c = 0; c < 3; c++) {
            const double at = rgb[i][c];
            double up, down;

            memcpy(scratch, rays, sizeof scratch);
            rgb[i][c] = at + h;
            up = loss_of(scratch, rgb, w);
            rgb[i][c] = at - h;
            down = loss_of(scratch, rgb, w);
            rgb[i][c] = at;
            CHECK_NEAR(rays[i].grad[c], (up - down) / (2 * h),
                       1e-7 * (1 + fabs((double)rays[i].grad[c])));
        }
}

TEST(patch_loss, slope_of_the_square_is_that_of_differences)
{
    check_slopes(&only_square);
}

TEST(patch_loss, slope_of_the_gradient_term_is_that_of_differences)
{
    check_slopes(&only_gradient);
}

TEST(patch_loss, slope_of_ssim_is_that_of_differences)
{
    check_slopes(&only_ssim);
}

TEST(patch_loss, a_perfect_patch_costs_nothing_and_pulls_nowhere)
{
    static ora_field_ray rays[ORA_PATCH_RAYS];
    static ora_real rgb[ORA_PATCH_RAYS][3];
    const ora_patch_weights all = {1, 1, 1};

    make(rays, rgb, 2);
    for (int i = 0; i < ORA_PATCH_RAYS; i++)
        if (rays[i].weight > 0)
            memcpy(rgb[i], rays[i].target, sizeof rgb[i]);
    CHECK_NEAR(loss_of(rays, rgb, &all), 0, 1e-12);
    for (int i = 0; i < ORA_PATCH_RAYS; i++)
        for (int c = 0; c < 3; c++)
            CHECK_NEAR(rays[i].grad[c], 0, 1e-12);
}

/* Patches of one colour have no variance: SSIM is (2 a b + C1) / (a a + b b + C1) everywhere. */
TEST(patch_loss, even_patches_have_a_closed_form)
{
    static ora_field_ray rays[ORA_PATCH_RAYS];
    static ora_real rgb[ORA_PATCH_RAYS][3];
    const double a = 0.3, b = 0.6, c1 = 1e-4;

    make(rays, rgb, 2);
    for (int i = 0; i < ORA_PATCH_RAYS; i++) {
        rays[i].weight = 1;
        for (int c = 0; c < 3; c++) {
            rays[i].target[c] = a;
            rgb[i][c] = b;
        }
    }
    CHECK_NEAR(loss_of(rays, rgb, &only_square), 3 * 256 * 0.09, 1e-9);
    CHECK_NEAR(loss_of(rays, rgb, &only_gradient), 0, 1e-12);
    CHECK_NEAR(loss_of(rays, rgb, &only_ssim),
               3 * 256 * (1 - (2 * a * b + c1) / (a * a + b * b + c1)), 1e-6);
}
