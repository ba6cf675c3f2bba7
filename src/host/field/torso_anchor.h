/*
 * torso_anchor.h - keeps trained torso maps where they were tracked.
 *
 * The torso's nets see the head pose. So training may move all maps by any function of that pose
 * and the nets undo it: no training picture changes, but a frame whose map was tracked and not
 * trained then lies in the wrong place. What a constant and a linear function of the pose explain
 * of the move is taken out again.
 */
#ifndef ORA_TORSO_ANCHOR_H
#define ORA_TORSO_ANCHOR_H

#include "field/training_set.h"

enum { ORA_TORSO_ANCHOR = 1 + ORA_TORSO_POSE };

/*
 * basis[ORA_TORSO_ANCHOR][T]: orthonormal over the training frames, of the constant and the numbers
 * of torso_pose; 0 in other frames, and where a number says nothing new.
 */
void ora_torso_anchor_basis(double *basis, const ora_training_set *set);

/* Take out of affine[T][6] - set->torso_affine what the basis spans; training frames only. */
void ora_torso_anchor(float *affine, const double *basis, const ora_training_set *set);

#endif /* ORA_TORSO_ANCHOR_H */
