/*
 * shot_path.h - where head and torso are in each frame of a shot that is rendered.
 *
 * Frame i of the shot is at i / rate seconds; whatever the poses come from has the same clock. Row i
 * depends on frames 0..i alone, so the beginning of a longer shot is a shorter one bit for bit.
 */
#ifndef ORA_SHOT_PATH_H
#define ORA_SHOT_PATH_H

#include "field/field_file.h"

typedef enum ora_pose_source {
    ORA_POSE_PLATE = 0, /* the training clip's head, by time                        */
    ORA_POSE_FIXED,     /* the field's rest pose                                    */
    ORA_POSE_GIVEN      /* `given`                                                  */
} ora_pose_source;

typedef enum ora_torso_source {
    ORA_TORSO_AUTO = 0, /* PLATE with the plate's poses, else PREDICTED             */
    ORA_TORSO_PLATE,    /* the training clip's torso, by time                       */
    ORA_TORSO_PREDICTED /* from the head's past                                     */
} ora_torso_source;

typedef struct ora_shot_path_params {
    int64_t n_frames;  /* >= 1 */
    ora_rational rate; /* of the shot */
    ora_pose_source pose;
    const float *given; /* [n_given][12], all rigid, at given_rate; for GIVEN      */
    int64_t n_given;
    ora_rational given_rate;
    ora_torso_source torso;
} ora_shot_path_params;

typedef struct ora_shot_path {
    int64_t n_frames;
    float *pose;            /* [n_frames][12], owned                                        */
    float *torso_pose;      /* [n_frames][ORA_TORSO_POSE] standardised, owned               */
    float *affine;          /* [n_frames][6] at the training size, owned                    */
    int64_t n_bridged;      /* frames that fall where the plate has no pose                 */
    ora_torso_source torso; /* what it came to: PLATE or PREDICTED                     */
} ora_shot_path;

/*
 * On failure *out is empty.
 *   ORATOR_E_INVALID  the shot lasts longer than the plate or the poses given; the torso of a plate
 *                     under a head that is not the plate's
 *   ORATOR_E_NOMEM
 */
orator_status ora_shot_path_make(ora_shot_path *out, const ora_field_file *f,
                                 const ora_shot_path_params *params);
void ora_shot_path_clear(ora_shot_path *p);

#endif /* ORA_SHOT_PATH_H */
