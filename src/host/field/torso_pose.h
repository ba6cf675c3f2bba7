/*
 * torso_pose.h - what the head's pose is measured against where the torso is concerned.
 */
#ifndef ORA_TORSO_POSE_H
#define ORA_TORSO_POSE_H

#include <stdint.h>

/*
 * How far poses spread that ora_torso_pose() puts out. The torso's nets see a pose in every pixel of a
 * frame and a step sees few frames: inputs of spread 1 taught them a tint that changed with the pose,
 * 3 dB worse on held-out frames after a minute; at 0.02 to 0.2 there is none.
 */
#define ORA_TORSO_POSE_SPREAD 0.1

/*
 * `mean` and `scale` for ora_torso_pose() over the poses [n][12] with use[i] == ORA_USE_TRAIN, so
 * that those come out with mean 0 and that spread. What does not vary gets a scale of 0.
 */
void ora_torso_pose_fit(float mean[6], float scale[6], const float *pose, const uint8_t *use,
                        int64_t n);

#endif /* ORA_TORSO_POSE_H */
