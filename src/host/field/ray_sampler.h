/*
 * ray_sampler.h - which pixels a training step looks at.
 *
 * A step takes rays from several frames at once. Per frame: a share in the widened head matte,
 * drawn from an error map (half of it by error, half evenly), more in the boxes of mouth and eyes,
 * a share on torso and neck, and a sprinkle of background. Every draw is a function of (seed,
 * step, index), so a resumed run draws the same.
 */
#ifndef ORA_RAY_SAMPLER_H
#define ORA_RAY_SAMPLER_H

#include "base/pool.h"
#include "field/training_set.h"

typedef struct ora_sampler_config {
    int32_t n_head_rays, n_torso_rays; /* of a step, about 1024 and 384 */
    int32_t n_frames;                  /* of a step                      */
    double mouth_share, eye_share;     /* of the head rays               */
    double noise_mm;                   /* rms of landmark noise, as whitened noise on the inputs */
    uint64_t seed;
    ora_frame_use use; /* which frames: ORA_USE_TRAIN, or ORA_USE_VAL to fit their poses */
    ora_pool *pool;    /* borrowed; NULL = the calling thread does it all                 */
} ora_sampler_config;

typedef struct ora_ray_sampler ora_ray_sampler;

enum { ORA_PATCH_SIDE = 16, ORA_PATCH_RAYS = ORA_PATCH_SIDE * ORA_PATCH_SIDE };

/*
 * `set` is borrowed until close.
 *   ORATOR_E_INVALID  no ray, no frame, shares outside 0..1, a picture smaller than a patch
 *   ORATOR_E_NOMEM
 */
orator_status ora_ray_sampler_open(ora_ray_sampler **out, const ora_training_set *set,
                                   const ora_sampler_config *config);
void ora_ray_sampler_close(ora_ray_sampler **s);

/*
 * Rays and frames of step i_step; borrowed until the next call. Sets batch->rays, n_rays, frames,
 * n_frames and nothing else. ORATOR_E_INVALID where no frame of the wanted use is resident.
 */
orator_status ora_ray_sampler_draw(ora_ray_sampler *s, int64_t i_step, ora_field_batch *batch);

/*
 * A step of square patches (16x16 rays each) around mouth, eyes, hair edge, neck and where the head is
 * wrong, in turn, in place of single pixels; *n_patches of them, rays row by row.
 */
orator_status ora_ray_sampler_draw_patches(ora_ray_sampler *s, int64_t i_step,
                                           ora_field_batch *batch, int32_t *n_patches);

/* The rays last drawn, to fill in their gradients. */
ora_field_ray *ora_ray_sampler_rays(ora_ray_sampler *s);

/* Take in the squared errors of the last drawn rays. */
void ora_ray_sampler_learn(ora_ray_sampler *s, const float *ray_sq_error);

/* The error map, for checkpoints: [n]. */
float *ora_ray_sampler_state(ora_ray_sampler *s, int64_t *n);

#endif /* ORA_RAY_SAMPLER_H */
