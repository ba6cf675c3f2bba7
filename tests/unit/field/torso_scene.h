/*
 * torso_scene.h - pictures of a textured torso moved by a known affine map, for tests.
 */
#ifndef ORA_TORSO_SCENE_H
#define ORA_TORSO_SCENE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "field/frame_store.h"

/* Grey of the canonical torso at (x, y) in widths: a few waves, none finer than 8 pixels of 192. */
static inline double torso_scene_texture(double x, double y)
{
    return 0.5 + 0.14 * sin(17.0 * x + 9.0 * y) + 0.12 * cos(13.0 * x - 21.0 * y) +
           0.08 * sin(61.0 * x + 17.0 * y) + 0.06 * sin(97.0 * y - 23.0 * x) +
           0.05 * cos(43.0 * x - 71.0 * y);
}

/*
 * A frame of `width` x `width`: where map(pixel) lies in the torso's outline it shows the torso's
 * texture there, elsewhere a still background; a head of matte 255 covers a disc at head_x.
 * Brightness of the torso is grey * gain + offset.
 */
static inline void torso_scene_draw(uint8_t *pixels, int32_t width, const double map[6],
                                    double head_x, double gain, double offset)
{
    for (int32_t i = 0; i < width * width; i++) {
        const double x = ((double)(i % width) + 0.5) / width;
        const double y = ((double)(i / width) + 0.5) / width;
        const double qx = map[0] * x + map[1] * y + map[2];
        const double qy = map[3] * x + map[4] * y + map[5];
        const double hx = x - head_x;
        const double hy = y - 0.35;
        const int is_head = hx * hx + hy * hy < 0.2 * 0.2;
        const int is_torso =
            !is_head && qy > 0.5 + 0.6 * (qx - 0.5) * (qx - 0.5) && qx > 0.06 && qx < 0.94;
        double grey = 0.3 + 0.2 * sin(50.0 * x) * cos(40.0 * y);
        uint8_t *p = pixels + (size_t)i * ORA_STORE_CHANNELS;

        if (is_torso)
            grey = gain * torso_scene_texture(qx, qy) + offset;
        if (is_head)
            grey = 0.7;
        p[0] = p[1] = p[2] = (uint8_t)lround(255.0 * fmin(fmax(grey, 0.0), 1.0));
        p[3] = is_head ? 255 : 0;
        p[4] = is_torso ? 255 : 0;
    }
}

/* Map of a torso turned by `angle`, scaled and shifted (pixels of 192) about its middle. */
static inline void torso_scene_map(double map[6], double angle, double scale, double shift_x,
                                   double shift_y)
{
    const double c = scale * cos(angle);
    const double s = scale * sin(angle);

    map[0] = c;
    map[1] = -s;
    map[3] = s;
    map[4] = c;
    map[2] = 0.5 - c * 0.5 + s * 0.75 + shift_x / 192.0;
    map[5] = 0.75 - s * 0.5 - c * 0.75 + shift_y / 192.0;
}

/* Largest distance between two maps over the torso's bounding box, pixels of 192. */
static inline double torso_scene_distance(const float got[6], const double want[6])
{
    double worst = 0;

    for (int i = 0; i < 4; i++) {
        const double x = i % 2 ? 0.9 : 0.1;
        const double y = i / 2 ? 0.98 : 0.55;

        for (int r = 0; r < 6; r += 3) {
            const double d = ((double)got[r] - want[r]) * x +
                             ((double)got[r + 1] - want[r + 1]) * y + (double)got[r + 2] -
                             want[r + 2];

            worst = fmax(worst, fabs(d) * 192.0);
        }
    }
    return worst;
}

#endif /* ORA_TORSO_SCENE_H */
