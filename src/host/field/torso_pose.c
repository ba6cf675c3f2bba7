#include "field/torso_pose.h"

#include <math.h>

#include "field/pose_path.h"
#include "field/training_set.h"

static const double MIN_SPREAD = 1e-6; /* radians, millimetres: rounding, no motion */

void ora_torso_pose_fit(float mean[6], float scale[6], const float *pose, const uint8_t *use,
                        int64_t n)
{
    double sum[6] = {0};
    double sq_sum[6] = {0};
    ora_real raw[ORA_TORSO_POSE];
    int64_t n_used = 0;

    for (int64_t i = 0; i < n; i++) {
        if (use[i] != ORA_USE_TRAIN)
            continue;
        ora_torso_pose(raw, &pose[12 * i], NULL, NULL);
        for (int k = 0; k < 6; k++)
            sum[k] += (double)raw[k];
        n_used++;
    }
    for (int64_t i = 0; i < n; i++) {
        if (use[i] != ORA_USE_TRAIN)
            continue;
        ora_torso_pose(raw, &pose[12 * i], NULL, NULL);
        for (int k = 0; k < 6; k++) {
            const double d = (double)raw[k] - sum[k] / (double)n_used;

            sq_sum[k] += d * d;
        }
    }
    for (int k = 0; k < 6; k++) {
        const double spread = n_used > 0 ? sqrt(sq_sum[k] / (double)n_used) : 0.0;

        mean[k] = n_used > 0 ? (float)(sum[k] / (double)n_used) : 0.0f;
        scale[k] = spread < MIN_SPREAD ? 0.0f : (float)(ORA_TORSO_POSE_SPREAD / spread);
    }
}
