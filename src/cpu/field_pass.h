/*
 * field_pass.h - forward and backward of a batch of rays on the processor.
 *
 * field_tile.inc holds the code; one translation unit per instruction set includes it, and one in
 * double precision for tests. Work is cut into blocks of 64 rays: torso of the 64, then the rays
 * that meet occupied space packed by whole rays into tiles of up to 64 samples: encode, nets,
 * composite, loss, and the way back, with every activation of a tile in the L1 and L2 caches.
 *
 * Sums over rays (weights of layers, per-frame gradients, losses) run over ORA_PASS_CHUNKS equal
 * shares of the blocks in order and then over the shares, so their bits do not depend on threads.
 */
#ifndef ORA_FIELD_PASS_H
#define ORA_FIELD_PASS_H

#include "core/field_engine.h"
#include "cpu/dense_bf16.h"
#include "numerics/occupancy.h"

enum { ORA_PASS_CHUNKS = 16, ORA_PASS_BLOCK = 64 /* rays */, ORA_PASS_TILE = 64 /* samples */ };

typedef enum ora_pass_mode {
    ORA_PASS_RENDER = 0, /* no gradients; colour only of weights above 1/512 / n_samples */
    ORA_PASS_FORWARD,    /* no gradients, all samples as in training                  */
    ORA_PASS_LOSS,       /* gradients of the loss                                     */
    ORA_PASS_GIVEN       /* gradients from ray->grad for the colour, of the loss for the rest */
} ora_pass_mode;

/* A frame as the pass needs it, its code and trained rows looked up. */
typedef struct ora_pass_frame {
    ora_real pose[12];
    ora_real code[ORA_CODE];
    ora_real appearance[ORA_APPEARANCE];
    ora_real affine[6];
    ora_real torso_pose[ORA_TORSO_POSE];
} ora_pass_frame;

/* Gradients of the above; rotation and shift about the head's origin (numerics/rigid.h). */
typedef struct ora_pass_frame_grad {
    ora_real rotation[3], shift[3];
    ora_real code[ORA_CODE];
    ora_real appearance[ORA_APPEARANCE];
    ora_real affine[6];
} ora_pass_frame_grad;

typedef struct ora_pass_pixel {
    ora_real rgb[3];   /* composite                                                  */
    ora_real layer[4]; /* premultiplied head and torso, alpha                        */
    ora_real alpha[2]; /* head, visible torso                                        */
    ora_real depth;    /* mm along the camera's axis, mean by weight; 0 without head */
} ora_pass_pixel;

typedef struct ora_pass_sums {
    double loss, colour_loss, matte_loss, entropy_loss, neck_loss, dynamics_loss, sq_error;
    int64_t n_weighted, n_samples, n_hit_rays, n_bad;
} ora_pass_sums;

/* What one chunk of the pass adds up; [ORA_PASS_CHUNKS] of them, the engine's. */
typedef struct ora_pass_share {
    ora_real *d_theta;            /* [n_theta]                                  */
    ora_pass_frame_grad *d_frame; /* [n_frames]                                 */
    ora_pass_sums sums;
} ora_pass_share;

/*
 * Arrays that only gradient modes need are marked G. Sample slot of ray r, sample k:
 * r * n_samples + k; rays without samples leave their slots with position 0 and gradient 0.
 */
typedef struct ora_pass_args {
    const ora_field_model *model;
    const ora_real *theta;      /* in  [n_theta]                                              */
    const ora_real *transposed; /* in  G [ora_transposed_size()], see cpu/dense_layout.h      */
    ora_dense_bf16_fn *bf16;    /* layers of pictures in bfloat16, or NULL = f32                 */
    const ora_real *packed;     /* in  with bf16: [ora_packed_size()], see cpu/dense_layout.h    */
    const ora_real *grid;       /* in  head table                                             */
    const ora_real *torso_grid; /* in                                                         */
    const ora_occupancy *occupancy; /* in                                                      */
    ora_field_box box;
    ora_field_camera camera;
    ora_real torso_scale; /* ora_field_torso_scale() of the training camera, whatever `camera` is */
    const ora_pass_frame *frames; /* in  [n_frames]                                            */
    int32_t n_frames;
    const ora_field_ray *rays; /* in  [n_rays]                                              */
    int32_t n_rays;
    int32_t n_samples;     /* 1..16                                                     */
    int32_t n_levels;      /* of the head grid in use                                   */
    int32_t n_pose_levels; /* G                                                         */
    uint64_t seed;         /* jitter of ray r, sample k; is_jittered false = midpoints  */
    bool is_jittered;
    ora_pass_mode mode;
    ora_field_loss loss;    /* G                                                         */
    ora_pass_pixel *pixels; /* out [n_rays], may be NULL in G modes                      */
    float *ray_sq_error;    /* out [n_rays] or NULL                                      */
    ora_pass_share *shares; /* out G [ORA_PASS_CHUNKS], zeroed by the pass               */
    ora_real *d_feature;    /* out G [head units][slots][n_features], slots = n_rays * n_samples */
    ora_real *position;     /* out G [slots][3], 0..1 in the box                                 */
    float *sample_weight;   /* out G [slots] rendering weight                                    */
    ora_real *d_torso_feature; /* out G [torso units][n_rays][n_features]                      */
    ora_real *torso_position;  /* out G [n_rays][2], where the grid was read, before it clamps */
} ora_pass_args;

/*
 * Do the blocks of chunk i_chunk, 0..ORA_PASS_CHUNKS-1. `scratch` is ora_field_pass_scratch() bytes,
 * 64-byte aligned, one per thread.
 */
typedef void ora_field_pass_fn(const ora_pass_args *a, int i_chunk, void *scratch);

size_t ora_field_pass_scratch(void);

ora_field_pass_fn ora_field_pass_scalar;
ora_field_pass_fn ora_field_pass_avx2; /* built on x86-64; caller checks the processor */
ora_field_pass_fn ora_field_pass_avx512;

#endif /* ORA_FIELD_PASS_H */
