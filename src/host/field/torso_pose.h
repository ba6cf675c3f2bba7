/*
 * torso_pose.h - what the head's pose is measured against where the torso is concerned.
 */
#ifndef ORA_TORSO_POSE_H
#define ORA_TORSO_POSE_H

#include <stdint.h>

/*
 * `mean` and `scale` for ora_torso_pose() over the poses [n][12] with use[i] == ORA_USE_TRAIN, so
 * that those come out with mean 0 and spread 1. What does not vary gets a scale of 0.
 */
void ora_torso_pose_fit(float mean[6], float scale[6], const float *pose, const uint8_t *use,
                        int64_t n);

#endif /* ORA_TORSO_POSE_H */
