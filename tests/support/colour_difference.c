#include "support/colour_difference.h"

#include <math.h>

#define DEGREE (3.14159265358979323846 / 180.0)

static double hue_of(double a, double b)
{
    const double h = a == 0.0 && b == 0.0 ? 0.0 : atan2(b, a) / DEGREE;

    return h < 0.0 ? h + 360.0 : h;
}

static double pow7(double v)
{
    return v * v * v * v * v * v * v;
}

double colour_difference_lab(const double p[3], const double q[3])
{
    const double c_mean = 0.5 * (hypot(p[1], p[2]) + hypot(q[1], q[2]));
    const double g = 0.5 * (1.0 - sqrt(pow7(c_mean) / (pow7(c_mean) + pow7(25.0))));
    const double a1 = (1.0 + g) * p[1], a2 = (1.0 + g) * q[1];
    const double c1 = hypot(a1, p[2]), c2 = hypot(a2, q[2]);
    const double h1 = hue_of(a1, p[2]), h2 = hue_of(a2, q[2]);
    const double l_bar = 0.5 * (p[0] + q[0]), c_bar = 0.5 * (c1 + c2);
    double dh = h2 - h1, h_bar = h1 + h2;

    if (c1 * c2 == 0.0) {
        dh = 0.0;
    } else {
        if (fabs(h1 - h2) > 180.0)
            h_bar += h_bar < 360.0 ? 360.0 : -360.0;
        h_bar *= 0.5;
        if (dh > 180.0)
            dh -= 360.0;
        else if (dh < -180.0)
            dh += 360.0;
    }

    const double d_h = 2.0 * sqrt(c1 * c2) * sin(0.5 * dh * DEGREE);
    const double t = 1.0 - 0.17 * cos((h_bar - 30.0) * DEGREE) + 0.24 * cos(2.0 * h_bar * DEGREE) +
                     0.32 * cos((3.0 * h_bar + 6.0) * DEGREE) -
                     0.20 * cos((4.0 * h_bar - 63.0) * DEGREE);
    const double turn = 30.0 * exp(-pow((h_bar - 275.0) / 25.0, 2.0));
    const double r_c = 2.0 * sqrt(pow7(c_bar) / (pow7(c_bar) + pow7(25.0)));
    const double l50 = (l_bar - 50.0) * (l_bar - 50.0);
    const double l = (q[0] - p[0]) / (1.0 + 0.015 * l50 / sqrt(20.0 + l50));
    const double c = (c2 - c1) / (1.0 + 0.045 * c_bar);
    const double h = d_h / (1.0 + 0.015 * c_bar * t);

    return sqrt(l * l + c * c + h * h - sin(2.0 * turn * DEGREE) * r_c * c * h);
}

static double lab_curve(double v)
{
    return v > 216.0 / 24389.0 ? cbrt(v) : (24389.0 / 27.0 * v + 16.0) / 116.0;
}

void colour_lab_of_srgb(double lab[3], const double rgb[3])
{
    static const double to_xyz[3][3] = {{0.4124564, 0.3575761, 0.1804375},
                                        {0.2126729, 0.7151522, 0.0721750},
                                        {0.0193339, 0.1191920, 0.9503041}};
    static const double white[3] = {0.95047, 1.0, 1.08883};
    double f[3];

    for (int i = 0; i < 3; i++) {
        double v = 0.0;

        for (int j = 0; j < 3; j++)
            v += to_xyz[i][j] *
                 (rgb[j] <= 0.04045 ? rgb[j] / 12.92 : pow((rgb[j] + 0.055) / 1.055, 2.4));
        f[i] = lab_curve(v / white[i]);
    }
    lab[0] = 116.0 * f[1] - 16.0;
    lab[1] = 500.0 * (f[0] - f[1]);
    lab[2] = 200.0 * (f[1] - f[2]);
}

double colour_difference_srgb(const double a[3], const double b[3])
{
    double p[3], q[3];

    colour_lab_of_srgb(p, a);
    colour_lab_of_srgb(q, b);
    return colour_difference_lab(p, q);
}
