/*
 * test_waves.c - sine and cosine in half turns against libm.
 */
#include "numerics/waves.h"

#include "support/check.h"

#include <math.h>

TEST(waves, are_libms_in_the_first_turns)
{
    for (int i = -40000; i <= 40000; i++) {
        const ora_real x = (ora_real)i / 8192;
        const double z = 3.14159265358979323846 * (double)x;
        ora_real s, c;

        ora_sin_cos_pi(x, &s, &c);
        CHECK_NEAR(s, sin(z), 3e-7);
        CHECK_NEAR(c, cos(z), 3e-7);
    }
}

TEST(waves, come_back_after_whole_turns)
{
    ora_real s, c, s_far, c_far;

    ora_sin_cos_pi(ORA_REAL(0.3125), &s, &c);
    ora_sin_cos_pi(ORA_REAL(65536.3125), &s_far, &c_far);
    CHECK_NEAR(s_far, s, 1e-9);
    CHECK_NEAR(c_far, c, 1e-9);
    ora_sin_cos_pi(ORA_REAL(-65535.6875), &s_far, &c_far);
    CHECK_NEAR(s_far, s, 1e-9);
    CHECK_NEAR(c_far, c, 1e-9);
}

TEST(waves, of_no_number_are_none)
{
    ora_real s, c;

    ora_sin_cos_pi((ora_real)NAN, &s, &c);
    CHECK(isnan(s) && isnan(c));
}
