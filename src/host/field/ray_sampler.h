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

#include "field/training_set.h"

typedef struct ora_sampler_config {
    int32_t n_head_rays, n_torso_rays; /* of a step, about 4096 and 1280 */
    int32_t n_frames;                  /* of a step                      */
    double mouth_share, eye_share;     /* of the head rays               */
    double noise_mm;                   /* rms of landmark noise, as whitened noise on the inputs */
    uint64_t seed;
} ora_sampler_config;

typedef struct ora_ray_sampler ora_ray_sampler;

orator_status ora_ray_sampler_open(ora_ray_sampler **out, const ora_training_set *set,
                                   const ora_sampler_config *config);
void ora_ray_sampler_close(ora_ray_sampler **s);

/*
 * Rays and frames of step i_step; borrowed until the next call. Sets batch->rays, n_rays, frames,
 * n_frames and nothing else.
 */
orator_status ora_ray_sampler_draw(ora_ray_sampler *s, int64_t i_step, ora_field_batch *batch);

/*
 * A step of square patches (16x16 rays each) around mouth, eyes, hair edge and neck in turn, in
 * place of single pixels; *n_patches of them, rays row by row.
 */
orator_status ora_ray_sampler_draw_patches(ora_ray_sampler *s, int64_t i_step,
                                           ora_field_batch *batch, int32_t *n_patches);

/* Take in the squared errors of the last drawn rays. */
void ora_ray_sampler_learn(ora_ray_sampler *s, const float *ray_sq_error);

/* The error map, for checkpoints: [n]. */
float *ora_ray_sampler_state(ora_ray_sampler *s, int64_t *n);

#endif /* ORA_RAY_SAMPLER_H */
