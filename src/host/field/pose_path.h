/*
 * pose_path.h - head poses: rigid or not, between two of them, as six numbers.
 *
 * A pose is rows of camera_from_head, [3][4], millimetres; a row of 12 zeros stands for "none".
 */
#ifndef ORA_POSE_PATH_H
#define ORA_POSE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "numerics/field_model.h"

/* All 12 finite, the rotation orthonormal within 0.01 and no mirror. */
bool ora_head_pose_is_rigid(const float pose[12]);

/* True for a row of zeros. */
bool ora_pose_is_none(const float pose[12]);

/*
 * `w` of the way from a to b: the rotation turns evenly about one axis (Shoemake 1985), the shift
 * is linear. w of 0 and 1 give a and b bit for bit.
 */
void ora_pose_mix(float out[12], const float a[12], const float b[12], double w);

/*
 * Rows a <= b around `at` frames of pose [n][12], held at the ends, that are there, and the way w
 * from a to b, 0..1. Where only one side has a row both are that one. False, with both 0, where
 * every row is none.
 */
bool ora_pose_between(int64_t *a, int64_t *b, double *w, const float *pose, int64_t n, double at);

/*
 * Standardised head pose (first 6 of ORA_TORSO_POSE; two zeros): (number - mean) * scale of the six
 * numbers rotation vector of R diag(1, -1, -1) in radians, which is 0 for a head that looks
 * straight into the camera, and shift in mm. `mean` NULL = 0, `scale` NULL = 1.
 */
void ora_torso_pose(ora_real out[ORA_TORSO_POSE], const float pose[12], const float mean[6],
                    const float scale[6]);

#endif /* ORA_POSE_PATH_H */
