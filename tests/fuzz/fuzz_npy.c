#include "support/fuzz_target.h"

#include "formats/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_npy a;

    if (ora_npy_parse(&a, data, n, "fuzz") == ORATOR_OK) {
        (void)ora_npy_to_f32(&a);
        ora_npy_clear(&a);
    }
    return 0;
}
