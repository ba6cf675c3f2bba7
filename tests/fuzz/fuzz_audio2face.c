#include "support/fuzz_target.h"

#include <math.h>
#include <stdlib.h>

#include "formats/curve_file.h"

/* What was read is finite and at a known rate. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_curves c;

    if (ora_audio2face_parse(&c, (const char *)data, n, "fuzz") == ORATOR_OK) {
        if (!ora_rational_is_known(c.rate) || c.rate.num <= 0)
            abort();
        for (int64_t i = 0; i < c.n_frames * c.n_channels; i++)
            if (!isfinite(c.value[i]))
                abort();
    }
    ora_curves_clear(&c);
    return 0;
}
