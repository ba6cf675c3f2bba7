// backend.cu - the CUDA side of core/backend.h: which devices are there.
#include "core/backend.h"

#include <cuda_runtime_api.h>
#include <stdio.h>

#include "base/status_impl.h"

bool ora_backend_cuda_built(void)
{
    return true;
}

const char *ora_backend_cuda_archs(void)
{
    return ORA_CUDA_ARCHS;
}

int32_t ora_backend_cuda_driver(void)
{
    int version = 0;

    return cudaDriverGetVersion(&version) == cudaSuccess ? version : 0;
}

static orator_status device_fail(int index, const char *call, cudaError_t e)
{
    return ora_fail(ORATOR_E_DEVICE, "cuda:%d: %s: %s", index, call, cudaGetErrorString(e));
}

static orator_status describe(orator_device_info *out, int index)
{
    cudaDeviceProp prop;
    size_t free_bytes = 0;
    size_t total_bytes = 0;
    cudaError_t e = cudaGetDeviceProperties(&prop, index);

    if (e != cudaSuccess)
        return device_fail(index, "cudaGetDeviceProperties", e);
    e = cudaSetDevice(index);
    if (e == cudaSuccess)
        e = cudaMemGetInfo(&free_bytes, &total_bytes);
    if (e != cudaSuccess)
        return device_fail(index, "cudaMemGetInfo", e);
    *out = orator_device_info{};
    out->device.kind = ORATOR_DEVICE_CUDA;
    out->device.index = index;
    (void)snprintf(out->name, sizeof out->name, "%s", prop.name);
    (void)snprintf(out->features, sizeof out->features, "sm_%d%d", prop.major, prop.minor);
    out->memory_bytes = (int64_t)total_bytes;
    out->memory_free_bytes = (int64_t)free_bytes;
    return ORATOR_OK;
}

orator_status ora_backend_cuda_list(orator_device_info *out, int32_t capacity, int32_t *n)
{
    int count = 0;

    *n = 0;
    // no driver, a driver older than this runtime, no device: a machine without CUDA, not an error
    if (cudaGetDeviceCount(&count) != cudaSuccess) {
        (void)cudaGetLastError();
        return ORATOR_OK;
    }
    *n = count;
    for (int i = 0; i < count && i < capacity; i++) {
        const orator_status st = describe(&out[i], i);

        if (st != ORATOR_OK)
            return st;
    }
    return ORATOR_OK;
}
