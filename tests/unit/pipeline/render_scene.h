/*
 * render_scene.h - a small field, motion for it, and pictures to look at.
 */
#ifndef ORA_RENDER_SCENE_H
#define ORA_RENDER_SCENE_H

#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng_stream.h"
#include "base/sha256.h"
#include "media/png_file.h"
#include "orator/motion_track.h"
#include "pipeline/field_render.h"
#include "support/make_field.h"
#include "support/work_share.h"

enum { N_PLATE = 40, N_MOTION = 20 };

/* Paths that last: test_path() has 16 places only. */
static inline const char *place(const char *name)
{
    static char places[128][256];
    static size_t n;
    char *at = places[n++ % 128];

    (void)snprintf(at, 256, "%s", test_path(name));
    return at;
}

/* A model of 40 frames of plate; made once. */
static inline const char *model(void)
{
    const char *path = place("field.safetensors");
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;

    if (!ora_file_exists(path)) {
        spec.n_frames = N_PLATE;
        spec.i_missing = 12;
        CHECK_OK(make_field(&f, &spec));
        CHECK_OK(ora_field_file_write(&f, path));
        ora_field_file_clear(&f);
    }
    return path;
}

/* Motion of n frames at `rate`, an hour's worth of which looks like a second's. */
static inline const char *motion(const char *name, int64_t n, int64_t rate)
{
    const char *path = place(name);
    orator_motion_track *t = NULL;
    ora_rng rng = ora_rng_make(5, 1);

    if (!ora_file_exists(path)) {
        CHECK_OK(orator_motion_track_create(&t, n, rate, 1));
        for (int64_t i = 0; i < n * ORATOR_LANDMARKS * 3; i++)
            orator_motion_track_offsets(t)[i] = ora_rng_normal(&rng);
        CHECK_OK(orator_motion_track_save(t, path));
        orator_motion_track_destroy(&t);
    }
    return path;
}

static inline ora_field_render_params params_to(const char *out)
{
    ora_field_render_params p = ora_field_render_params_default();

    p.model = model();
    p.motion = motion("m.json", N_MOTION, 25);
    p.out = out;
    p.n_samples = WORK_SHARE(p.n_samples, 4);
    return p;
}

static inline ora_field_render_result render(const ora_field_render_params *p)
{
    ora_field_render_result r;

    CHECK_OK(ora_field_render(&r, NULL, p));
    return r;
}

/* Digest of the names and bytes of a folder's files. */
static inline void folder_hash(char out[65], const char *folder)
{
    char **names = NULL;
    size_t n = 0;
    ora_sha256 h;

    ora_sha256_init(&h);
    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK(n > 0);
    for (size_t i = 0; i < n; i++) {
        char *path = ora_path_join(folder, names[i]);
        char hash[65];

        CHECK_OK(ora_sha256_file(hash, path));
        ora_sha256_add(&h, names[i], strlen(names[i]));
        ora_sha256_add(&h, hash, 64);
        free(path);
    }
    ora_names_free(names, n);
    ora_sha256_finish(&h, out);
}

/* "<folder>/f.%04d<extension>" of a folder made for it; in one of place()'s buffers. */
static inline const char *sequence(const char *folder, const char *extension)
{
    char name[256];

    CHECK_OK(ora_folder_make(place(folder)));
    (void)snprintf(name, sizeof name, "%s/f.%%04d%s", folder, extension);
    return place(name);
}

/* Frame `number` of f.%04d.png in a folder. */
static inline void read_frame(ora_image *out, const char *folder, int number)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s/f.%04d.png", folder, number);
    CHECK_OK(ora_png_read(out, place(name)));
}

static inline double mean_difference(const ora_image *a, const ora_image *b)
{
    double sum = 0.0;

    CHECK(a->width == b->width && a->height == b->height && a->channels == b->channels);
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width * a->channels; x++)
            sum += abs((int)a->data[(size_t)y * a->stride_bytes + (size_t)x] -
                       (int)b->data[(size_t)y * b->stride_bytes + (size_t)x]);
    return sum / ((double)a->width * a->height * a->channels);
}

#endif /* ORA_RENDER_SCENE_H */
