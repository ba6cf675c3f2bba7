/*
 * backend.h - the one door between host code and the CUDA back end.
 *
 * Defined by src/cuda/base/backend.cu, or by backend_nocuda.c in builds without nvcc; the build
 * picks one, so no host file knows which.
 */
#ifndef ORA_BACKEND_H
#define ORA_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* True when this build has device code. */
bool ora_backend_cuda_built(void);

/* Architectures of the device code, "sm_80 sm_90 ptx_90", "" without; static. */
const char *ora_backend_cuda_archs(void);

/*
 * Version of the driver's CUDA interface, 13000 = 13.0; 0 where no driver is installed. Never an
 * error: a machine without a driver is normal.
 */
int32_t ora_backend_cuda_driver(void);

/* CUDA devices, as orator_device_list() but without the CPU. */
orator_status ora_backend_cuda_list(orator_device_info *out, int32_t capacity, int32_t *n);

#ifdef __cplusplus
}
#endif
#endif /* ORA_BACKEND_H */
