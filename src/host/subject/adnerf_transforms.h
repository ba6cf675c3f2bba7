/*
 * adnerf_transforms.h - transforms_train.json and transforms_val.json of the AD-NeRF family.
 *
 * {focal_len, cx, cy, frames: [{img_id, aud_id, transform_matrix 4x4}]}. The matrix takes points of
 * the camera (x right, y up, z backwards, as OpenGL) to the head (x to the subject's left, y up,
 * z out of the face), in metres: [R^T | -R^T t] of the tracker's p_cam = R p_head + t. Reading turns
 * it round, F = diag(1, -1, -1) making our camera (x right, y down, z forward):
 *
 *     camera_from_head = [F R | -1000 F R o],  R = (upper left 3x3)^T, o = last column, millimetres
 *
 * The axis permutation (x,y,z)->(y,z,x) with two sign flips that RAD-NeRF and its heirs apply happens
 * after they load these files: the rows are a relabelling of the head's axes, the flipped columns
 * are F. It is not part of the file.
 */
#ifndef ORA_ADNERF_TRANSFORMS_H
#define ORA_ADNERF_TRANSFORMS_H

#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"
#include "subject/subject_impl.h"

typedef struct ora_adnerf_frame {
    int64_t img_id, aud_id;
    ora_split split;
    double pose[16]; /* camera_from_head, row-major, millimetres */
} ora_adnerf_frame;

typedef struct ora_adnerf_transforms {
    double focal_px, centre_px[2];
    ora_adnerf_frame *frames; /* [n_frames] ascending img_id, owned */
    int64_t n_frames;
} ora_adnerf_transforms;

/*
 * Add the frames of one file to *t, which starts zeroed.
 *   ORATOR_E_FORMAT  damaged, a matrix that is not rigid, another camera than the frames before, an
 *                    img_id twice
 */
orator_status ora_adnerf_transforms_parse(ora_adnerf_transforms *t, ora_split split,
                                          const char *text, size_t n, const char *name);
orator_status ora_adnerf_transforms_read(ora_adnerf_transforms *t, ora_split split,
                                         const char *path);
void ora_adnerf_transforms_clear(ora_adnerf_transforms *t);

/* [4][4] row-major: R^T R = I within 1e-3, det R > 0, last row 0 0 0 1, all finite. */
bool ora_matrix_is_rigid(const double m[16]);

#endif /* ORA_ADNERF_TRANSFORMS_H */
