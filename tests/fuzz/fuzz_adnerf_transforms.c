/*
 * fuzz_adnerf_transforms.c - transforms_train.json of the AD-NeRF family: poses that are accepted
 * must be rigid.
 */
#include <stdlib.h>

#include "subject/adnerf_transforms.h"
#include "support/fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_adnerf_transforms t = {0};

    if (ora_adnerf_transforms_parse(&t, ORA_SPLIT_TRAIN, (const char *)data, n, "transforms") ==
        ORATOR_OK)
        for (int64_t i = 0; i < t.n_frames; i++)
            if (!ora_matrix_is_rigid(t.frames[i].pose))
                abort();
    ora_adnerf_transforms_clear(&t);
    return 0;
}
