/*
 * synthetic_scene.h - a scene with an exact answer for tests of the field: a textured ellipsoid as
 * the head, a striped half plane as the torso, a shaded plate.
 *
 * One number per frame, the signal, moves a coloured patch on the ellipsoid and is all that the
 * condition holds. Pictures are made in double precision without any code of src/numerics.
 */
#ifndef ORA_SYNTHETIC_SCENE_H
#define ORA_SYNTHETIC_SCENE_H

#include "core/field_engine.h"

typedef struct synthetic_scene {
    int32_t size; /* pixels of a side */
    int32_t n_frames;
    ora_field_camera camera;
    ora_field_box box;
    float (*pose)[12];  /* [n_frames] owned, as what follows */
    float (*affine)[6]; /* [n_frames]                        */
    float *signal;      /* [n_frames] -1..1                  */
    float *background;  /* [size][size][3]                   */
    float *truth;       /* [n_frames][size][size][5] rgb, matte of head, of visible torso */
} synthetic_scene;

void synthetic_scene_open(synthetic_scene *s, int32_t size, int32_t n_frames);
void synthetic_scene_close(synthetic_scene *s);

/* Condition and torso pose of a frame. */
void synthetic_frame(ora_field_frame *out, const synthetic_scene *s, int32_t id);

/*
 * A field for it: 4 head levels of 4 features, 8 to `fine` cells; 3 torso levels. Steps of n_rays
 * rays, n_samples each, of up to all frames.
 */
ora_field_engine_params synthetic_params(const synthetic_scene *s, int32_t fine, int32_t n_rays,
                                         int32_t n_samples);

/* Random parameters, the scene's poses and maps. */
void synthetic_init(ora_field_engine *e, const ora_field_engine_params *p, const synthetic_scene *s,
                    uint64_t seed);

/* The rates and losses that the tests train with; rays, frames and step are left out. */
ora_field_batch synthetic_batch(const ora_field_engine_params *p);

/*
 * Rays of step i_step into rays [n_rays] and all frames into frames [n_frames], both the caller's,
 * and the batch to point at them.
 */
void synthetic_draw(ora_field_batch *batch, ora_field_ray *rays, ora_field_frame *frames,
                    const synthetic_scene *s, int64_t i_step);

/* PSNR of the rendered frame `id`, dB, over the whole picture. */
double synthetic_psnr(ora_field_engine *e, const synthetic_scene *s, int32_t id,
                      ora_field_which which);

/* The view of frame `id`, whole picture. */
ora_field_view synthetic_view(const synthetic_scene *s, int32_t id);

#endif /* ORA_SYNTHETIC_SCENE_H */
