#include "support/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "formats/safetensors.h"

static void read_all(ora_safetensors *s)
{
    for (int32_t i = 0; i < ora_safetensors_count(s); i++) {
        const ora_tensor_entry *e = ora_safetensors_at(s, i);
        float *f = malloc((size_t)e->n_elements * sizeof *f + 1);

        if (!f || ora_safetensors_find(s, e->name) != e)
            abort();
        (void)ora_safetensors_read_f32(s, e, f);
        free(f);
    }
    for (int32_t i = 0; i < ora_safetensors_meta_count(s); i++) {
        const char *key, *value;

        ora_safetensors_meta_at(s, i, &key, &value);
        if (ora_safetensors_meta(s, key) != value)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_safetensors *s = NULL;

    if (ora_safetensors_open_memory(&s, data, n, "fuzz") == ORATOR_OK)
        read_all(s);
    ora_safetensors_close(&s);
    return 0;
}
