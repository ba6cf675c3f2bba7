/* test_cuda_device.c - the CUDA devices of this machine are found and described. */
#include "support/check.h"

#include <string.h>

#include "core/backend.h"
#include "orator/device.h"

enum { MAX_DEVICES = 64 };

TEST(cuda_device, build_names_its_device_code)
{
    CHECK(ora_backend_cuda_built());
    CHECK(strstr(ora_backend_cuda_archs(), "sm_") != NULL);
    CHECK(strstr(ora_backend_cuda_archs(), "ptx_") != NULL);
}

TEST(cuda_device, devices_are_described_and_resolved)
{
    orator_device_info info[MAX_DEVICES];
    orator_device device;
    int32_t n = 0;

    test_needs_cuda();
    CHECK_OK(orator_device_list(info, MAX_DEVICES, &n));
    CHECK(n >= 2 && n <= MAX_DEVICES);
    for (int32_t i = 1; i < n; i++) {
        CHECK_I64(info[i].device.kind, ORATOR_DEVICE_CUDA);
        CHECK_I64(info[i].device.index, i - 1);
        CHECK(info[i].name[0] != '\0');
        CHECK(strncmp(info[i].features, "sm_", 3) == 0);
        CHECK(info[i].memory_free_bytes > 0);
        CHECK(info[i].memory_bytes >= info[i].memory_free_bytes);
    }
    CHECK_OK(orator_device_resolve(&device, (orator_device){ORATOR_DEVICE_AUTO, 0}));
    CHECK_I64(device.kind, ORATOR_DEVICE_CUDA);
    CHECK_STATUS(orator_device_resolve(&device, (orator_device){ORATOR_DEVICE_CUDA, n - 1}),
                 ORATOR_E_DEVICE);
}

TEST(cuda_device, explicit_cuda_without_a_gpu_is_an_error)
{
    orator_device device;
    int32_t n = 0;

    CHECK_OK(ora_backend_cuda_list(NULL, 0, &n));
    if (n > 0)
        SKIP("there is a GPU");
    CHECK_STATUS(orator_device_resolve(&device, (orator_device){ORATOR_DEVICE_CUDA, 0}),
                 ORATOR_E_DEVICE);
}
