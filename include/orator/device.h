/*
 * device.h - the processors this machine offers to orator.
 *
 * Threads: every function here may be called from any thread.
 */
#ifndef ORATOR_DEVICE_H
#define ORATOR_DEVICE_H

#include <stdint.h>

#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum orator_device_kind {
    ORATOR_DEVICE_AUTO = 0, /* CUDA where a usable device is present, else the CPU; logged  */
    ORATOR_DEVICE_CPU = 1,
    ORATOR_DEVICE_CUDA = 2
} orator_device_kind;

/* Which device a job shall run on. `index` counts CUDA devices from 0. */
typedef struct orator_device {
    orator_device_kind kind;
    int32_t index;
} orator_device;

typedef struct orator_device_info {
    orator_device device;      /* kind CPU or CUDA                                     */
    char name[128];            /* as the maker calls it                                */
    char features[256];        /* "avx2 fma avx512f"; "sm_90" for CUDA                 */
    int64_t memory_bytes;      /* total                                                */
    int64_t memory_free_bytes; /* free at this moment                                 */
} orator_device_info;

/*
 * Parse "auto", "cpu", "cuda" or "cuda:2" into *out.
 *   ORATOR_E_INVALID  any other text
 */
orator_status orator_device_parse(orator_device *out, const char *text);

/*
 * Turn a wish into a device that is there: AUTO becomes CUDA:0 or CPU.
 *   ORATOR_E_DEVICE  a CUDA device was asked for and cannot be had; never a quiet CPU run
 */
orator_status orator_device_resolve(orator_device *out, orator_device wish);

/*
 * List the devices, the CPU first. Fills at most `capacity` entries of out [capacity] and sets
 * *n to how many there are. A machine without a GPU or a driver lists the CPU alone: no error.
 */
orator_status orator_device_list(orator_device_info *out, int32_t capacity, int32_t *n);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_DEVICE_H */
