/*
 * field_engine.h - the one interface behind which the field is computed: processor or CUDA.
 *
 * An engine holds the parameters of one field, their optimiser state and the occupancy bits. The
 * host decides what to train on (batches of rays), when and how fast; the engine does the
 * arithmetic. Use:
 *
 *     e->ops->set(e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, theta);   ... every block
 *     e->ops->step(e, &batch, &result);                          forward, backward, optimiser
 *     e->ops->render(e, &view, &pixels);                         forward only
 *     e->ops->close(e);
 *
 * Spaces: head space in mm (docs/architecture.md); pixels x right, y down, centres at +0.5. Colours
 * are the encoded values of the pictures, 0..1. Same calls, same bits, whatever the thread count.
 *
 * Threads: one engine, one thread at a time.
 */
#ifndef ORA_FIELD_ENGINE_H
#define ORA_FIELD_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "numerics/field_model.h"
#include "orator/status.h"

/* Box of the head field in head space. */
typedef struct ora_field_box {
    ora_real min[3], size[3]; /* mm */
} ora_field_box;

typedef struct ora_field_camera {
    ora_real focal, centre[2]; /* pixels         */
    int32_t width, height;     /* of the picture */
} ora_field_camera;

/* Arrays of parameters. T = n_frames of ora_field_engine_params. */
typedef enum ora_field_block {
    ORA_BLOCK_THETA = 0,    /* [n_theta]           layers, taps                                  */
    ORA_BLOCK_GRID,         /* [head floats]                                                     */
    ORA_BLOCK_TORSO_GRID,   /* [torso floats]                                                    */
    ORA_BLOCK_APPEARANCE,   /* [T][8]                                                            */
    ORA_BLOCK_TORSO_AFFINE, /* [T][6]  q = [a0 a1 a2; a3 a4 a5] [x y 1], x, y = pixel / width    */
    ORA_BLOCK_POSE,         /* [T][12] rows of camera_from_head, mm; moments are [T][6]          */
    ORA_BLOCK_COUNT
} ora_field_block;

typedef enum ora_field_which {
    ORA_WHICH_VALUE = 0,
    ORA_WHICH_MOMENT1, /* Adam's first and second moment                            */
    ORA_WHICH_MOMENT2,
    ORA_WHICH_AVERAGE /* exponential average of the values: THETA and the two grids */
} ora_field_which;

enum { ORA_RAY_NECK = 1u, ORA_RAY_FACE = 2u };

/* Of pictures, where nobody says otherwise: 16 samples of a ray add 0.02 dB at most. */
enum { ORA_PICTURE_SAMPLES = 12, ORA_PICTURE_SUPERSAMPLE = 2 };

/* One pixel to learn from. */
typedef struct ora_field_ray {
    int32_t frame;          /* index in the batch's frames                                   */
    uint32_t flags;         /* NECK: torso must be opaque here; FACE: motion is free here    */
    ora_real pixel[2];      /* where the ray passes, pixels                                  */
    ora_real target[3];     /* truth                                                         */
    ora_real background[3]; /* plate                                                         */
    ora_real matte[2];      /* truth of coverage, head and visible torso, 0..1               */
    ora_real weight;        /* of the colour loss; 0 where there is no truth                 */
    ora_real grad[3];       /* with is_grad_given: dL/d(rgb) instead of the colour loss      */
} ora_field_ray;

/* What a frame contributes besides its trained rows. */
typedef struct ora_field_frame {
    int32_t id;                                /* row of the per-frame blocks, 0..T-1        */
    ora_real cond[ORA_COND_TAPS][ORA_COND_IN]; /* window of condition inputs                 */
    ora_real torso_pose[ORA_TORSO_POSE];
} ora_field_frame;

/* Weights of the loss; see docs/architecture.md, "What the field is trained on". Sums over rays. */
typedef struct ora_field_loss {
    ora_real charbonnier; /* eps: sqrt(d^2 + eps^2) - eps per channel; 0 = squared error      */
    ora_real matte;       /* x (coverage - matte)^2, head and torso                           */
    ora_real entropy;     /* x binary entropy of the head's opacity                           */
    ora_real neck;        /* x (1 - torso alpha)^2 on NECK rays                               */
    ora_real dynamics;    /* x sum over samples of weight * mean(a^2), on rays without FACE   */
    ora_real appearance;  /* x |code|^2 per frame of the batch                                */
} ora_field_loss;

typedef struct ora_field_rates {
    ora_real theta, grid, torso_grid, appearance, torso_affine; /* learning rates, 0 = frozen   */
    ora_real pose_rotation;                                     /* rad  */
    ora_real pose_shift;                                        /* mm   */
    ora_real beta1, beta2, epsilon;
    ora_real average; /* decay of ORA_WHICH_AVERAGE, 0 = copy of the values, 1 = leave alone */
} ora_field_rates;

typedef struct ora_field_batch {
    const ora_field_ray *rays; /* [n_rays], any order                                          */
    int32_t n_rays;
    const ora_field_frame *frames; /* [n_frames], ids differ                                   */
    int32_t n_frames;
    int32_t n_samples;     /* of a ray, 1..16                                                  */
    int32_t n_pose_levels; /* levels of the head grid whose slope moves the pose, 0 = none     */
    int32_t n_levels;      /* levels of the head grid in use, the rest count as 0              */
    uint64_t seed;         /* of the sample jitter: differs from step to step                  */
    int64_t i_step;        /* 1, 2, 3: Adam's step count                                       */
    bool is_grad_given;
    ora_field_loss loss;
    ora_field_rates rates;
} ora_field_batch;

typedef struct ora_field_result {
    double loss, colour_loss, matte_loss, entropy_loss, neck_loss, dynamics_loss; /* sums      */
    double sq_error;     /* sum over rays with weight > 0 of the mean of three squared errors  */
    int64_t n_weighted;  /* such rays                                                          */
    int64_t n_samples;   /* of the head field                                                  */
    int64_t n_hit_rays;  /* rays that met occupied space                                       */
    int64_t n_bad;       /* values that were not finite: the step was then not taken           */
    float *ray_sq_error; /* [n_rays] the caller's, or NULL                                     */
} ora_field_result;

/* A picture to compute. All values are the caller's. */
typedef struct ora_field_view {
    ora_field_camera camera;
    ora_real pose[12];
    ora_real torso_affine[6];
    ora_real appearance[ORA_APPEARANCE];
    ora_field_frame frame;      /* id is not looked at                                          */
    int32_t n_samples;          /* of a ray, 1..16                                              */
    int32_t n_supersample;      /* 1 = none; n = n x n rays where coverage changes              */
    ora_field_which which;      /* VALUE or AVERAGE parameters                                  */
    const ora_real *background; /* [height][width][3]                                          */
    int32_t x0, y0, x1, y1;     /* the rectangle to compute, x1 and y1 exclusive                */
} ora_field_view;

/* [height][width][...] of the whole picture; only the rectangle is written. NULL = not wanted. */
typedef struct ora_field_pixels {
    ora_real *rgb;   /* [3] composite over the background                                      */
    ora_real *layer; /* [4] premultiplied head and torso without the background, alpha         */
    ora_real *alpha; /* [2] coverage of the head, of the visible torso                         */
    ora_real *depth; /* mm from the camera along its axis; 0 where the head's coverage is < 0.5 */
} ora_field_pixels;

/* Where the wall-clock time of steps went, seconds. */
typedef struct ora_field_times {
    double pass;      /* march, nets and compositing, there and back */
    double scatter;   /* gradients into the grids, sums over shares  */
    double adam;      /* optimiser, average, notes of weights        */
    double condition; /* codes of the frames, transposed weights     */
    double rest;
    int64_t n_steps;
} ora_field_times;

typedef struct ora_field_engine ora_field_engine;

typedef struct ora_field_engine_params {
    ora_field_model model;
    ora_field_box box;
    ora_field_camera camera; /* of the training pictures                   */
    int32_t n_occupancy;     /* cells per axis, a multiple of 4, 4..256    */
    int64_t n_frames;        /* T; 0 for an engine that only renders       */
    int32_t max_rays, max_batch_frames, max_samples; /* of a step; max_samples per ray */
} ora_field_engine_params;

typedef struct ora_field_engine_ops {
    const char *name; /* "cpu avx2", for logs */
    void (*close)(ora_field_engine *e);

    /*
     * Copy a whole block in or out. AVERAGE is a copy of VALUE until it is set or a step is taken;
     * moments start as 0.
     *   ORATOR_E_INVALID  an average of a block that has none; moments where n_frames is 0
     */
    orator_status (*set)(ora_field_engine *e, ora_field_block b, ora_field_which w,
                         const float *from);
    orator_status (*get)(ora_field_engine *e, ora_field_block b, ora_field_which w, float *to);

    /* Occupancy: one byte per cell, [z][y][x], 1 = march through. Starts as all 1. */
    orator_status (*set_occupancy)(ora_field_engine *e, const uint8_t *cells);
    orator_status (*get_occupancy)(ora_field_engine *e, uint8_t *cells);
    /*
     * Largest rendering weight that a sample in each cell has had, [z][y][x]. Noted by every step;
     * get and set are for checkpoints.
     */
    orator_status (*set_weights)(ora_field_engine *e, const float *weights);
    orator_status (*get_weights)(ora_field_engine *e, float *weights);
    /*
     * Keep the cells whose noted weight is at least `threshold`, and those within one cell of
     * them, as far as they are occupied now; then multiply the notes by `decay`.
     */
    orator_status (*prune)(ora_field_engine *e, float threshold, float decay, int64_t *n_kept);

    /*
     * One optimiser step. Non-finite losses or gradients: nothing changes and result->n_bad > 0.
     *   ORATOR_E_INVALID  more rays, frames or samples than the engine was opened for
     */
    orator_status (*step)(ora_field_engine *e, const ora_field_batch *batch,
                          ora_field_result *result);

    /* Forward only at the rays of a batch: rgb [n_rays][3], same samples as step() would take. */
    orator_status (*forward)(ora_field_engine *e, const ora_field_batch *batch, ora_real *rgb);

    orator_status (*render)(ora_field_engine *e, const ora_field_view *view,
                            const ora_field_pixels *out);

    /* Times of the steps since open or the last reset. */
    void (*times)(ora_field_engine *e, ora_field_times *out, bool reset);
} ora_field_engine_ops;

struct ora_field_engine {
    const ora_field_engine_ops *ops; /* first member of every engine */
};

/* Floats of a block's VALUE or AVERAGE; of its moments. */
int64_t ora_field_block_size(const ora_field_engine_params *p, ora_field_block b);
int64_t ora_field_moment_size(const ora_field_engine_params *p, ora_field_block b);

/*
 * What a torso point is multiplied by where it is looked up in the torso's grid, so that the whole of
 * a training picture lies in 0..1: x, y are of its width, and a portrait picture is higher than that.
 * 1 for others. A picture of another size or shape has the factor of the training picture.
 */
ORA_NUM ora_real ora_field_torso_scale(const ora_field_camera *training)
{
    if (training->height <= training->width)
        return 1;
    return (ora_real)training->width / (ora_real)training->height;
}

#endif /* ORA_FIELD_ENGINE_H */
