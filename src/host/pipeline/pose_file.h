/*
 * pose_file.h - head poses from a .npy file.
 */
#ifndef ORA_POSE_FILE_H
#define ORA_POSE_FILE_H

#include <stdint.h>

#include "orator/status.h"

/*
 * [T][4][4] or [T][3][4] numbers, camera_from_head in millimetres. *pose [*n][12] is owned (free()).
 *   ORATOR_E_FORMAT  another shape, a row that is no rotation and shift (NaN among others), or a
 *                    head that is not before the camera
 *   ORATOR_E_IO, ORATOR_E_UNSUPPORTED, ORATOR_E_NOMEM
 */
orator_status ora_pose_file_read(float **pose, int64_t *n, const char *path);

#endif /* ORA_POSE_FILE_H */
