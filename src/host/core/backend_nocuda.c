/*
 * backend_nocuda.c - the CUDA door in builds without nvcc: nothing behind it.
 */
#include "core/backend.h"

bool ora_backend_cuda_built(void)
{
    return false;
}

const char *ora_backend_cuda_archs(void)
{
    return "";
}

int32_t ora_backend_cuda_driver(void)
{
    return 0;
}

orator_status ora_backend_cuda_list(orator_device_info *out, int32_t capacity, int32_t *n)
{
    (void)out;
    (void)capacity;
    *n = 0;
    return ORATOR_OK;
}
