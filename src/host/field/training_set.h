/*
 * training_set.h - everything the field is trained on, at the size of training, in plain arrays.
 *
 * pipeline/field_data.h makes one from a subject folder.
 */
#ifndef ORA_TRAINING_SET_H
#define ORA_TRAINING_SET_H

#include "core/colour.h"
#include "core/field_engine.h"
#include "core/rational.h"
#include "field/condition_input.h"
#include "field/frame_store.h"

typedef enum ora_frame_use {
    ORA_USE_NONE = 0, /* bad, or no pose, or no valid motion */
    ORA_USE_TRAIN = 1,
    ORA_USE_VAL = 2
} ora_frame_use;

typedef struct ora_training_set {
    char *subject_id;   /* owned, as everything below */
    char clip_hash[65]; /* of the subject's pictures  */
    char manifest_hash[65];
    ora_rational rate;
    ora_colour colour;       /* of the clip: what the numbers 0..1 mean */
    int64_t n_frames;        /* T */
    ora_field_camera camera; /* of the training size */
    uint8_t *use;            /* [T] ora_frame_use */
    float *pose;             /* [T][12] rows of camera_from_head, mm; 0 where use is NONE        */
    float *points;           /* [T][68][2] landmarks, projected, pixels of the training size; by the
                                  pose without noise                                           */
    float *torso_pose;       /* [T][8] standardised head pose, see field_model.h                 */
    float torso_pose_mean[6], torso_pose_scale[6];
    float *torso_affine; /* [T][6] tracked, see ORA_BLOCK_TORSO_AFFINE                       */
    orator_motion_track *track;
    ora_condition_stats cond;
    float *background;       /* [height][width][3] 0..1            */
    float *is_known;         /* [height][width] 1 where the plate is known, 0 where not */
    ora_frame_store *frames; /* train and val frames */
    ora_field_box box;       /* tight around the hull of the head's mattes                       */
    uint8_t *hull;           /* [n_hull]^3, [z][y][x], 1 = inside; the first occupancy            */
    int32_t n_hull;          /* cells per axis, the engine's n_occupancy                         */
} ora_training_set;

void ora_training_set_clear(ora_training_set *s);

/* Boxes of a frame in pixels: x0, y0, x1, y1, exclusive, clipped to the picture. */
typedef enum ora_region { ORA_REGION_MOUTH = 0, ORA_REGION_EYES, ORA_REGION_FACE } ora_region;

/*
 * MOUTH: landmarks 48-67 and 4/192 of the width around; EYES: 36-47 likewise; FACE: all landmarks
 * and 8/192.
 */
void ora_training_set_box(const ora_training_set *s, int64_t frame, ora_region r, int32_t box[4]);

/* Bounding box of the head matte (>= 0.5) of resident frame `pixels`; empty box = all 0. */
void ora_training_set_head_box(const ora_training_set *s, const uint8_t *pixels, int32_t box[4]);

#endif /* ORA_TRAINING_SET_H */
