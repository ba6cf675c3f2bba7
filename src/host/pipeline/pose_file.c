#include "pipeline/pose_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "field/pose_path.h"
#include "formats/npy.h"

enum { MAX_BYTES = 1 << 30, Z_SHIFT = 11 };

/* The row under a 4x4's rotation and shift. */
static bool is_last_row(const float *row)
{
    return row[0] == 0.0F && row[1] == 0.0F && row[2] == 0.0F && row[3] == 1.0F;
}

static orator_status take_rows(float *pose, const ora_npy *a, const char *path)
{
    const int64_t stride = a->shape[1] * a->shape[2];
    const float *from = a->data;

    for (int64_t i = 0; i < a->shape[0]; i++) {
        const float *row = from + i * stride;

        if (!ora_head_pose_is_rigid(row) || (stride == 16 && !is_last_row(row + 12)))
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s': pose %" PRId64 " is no rotation and shift (or not a number)",
                            path, i);
        if (!(row[Z_SHIFT] > 0.0F))
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s': pose %" PRId64 " has the head %g mm before the camera, want "
                            "more than 0",
                            path, i, (double)row[Z_SHIFT]);
        memcpy(pose + 12 * i, row, 12 * sizeof *pose);
    }
    return ORATOR_OK;
}

orator_status ora_pose_file_read(float **pose, int64_t *n, const char *path)
{
    ora_npy a = {0};
    float *made = NULL;
    orator_status st;

    *pose = NULL;
    *n = 0;
    ORA_TRY(ora_npy_read(&a, path, MAX_BYTES));
    if (a.n_dims != 3 || a.shape[0] < 1 || (a.shape[1] != 3 && a.shape[1] != 4) ||
        a.shape[2] != 4) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' holds no poses, want an array (T, 4, 4) or (T, 3, 4)",
                      path);
        goto done;
    }
    ORA_TRY(ora_npy_to_f32(&a));
    made = malloc((size_t)a.shape[0] * 12 * sizeof *made);
    if (!made) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for its poses", path);
        goto done;
    }
    ORA_TRY(take_rows(made, &a, path));
    *pose = made;
    *n = a.shape[0];
    made = NULL;

done:
    free(made);
    ora_npy_clear(&a);
    return st;
}
