#include "support/fuzz_target.h"

#include <math.h>
#include <stdlib.h>

#include "formats/curve_map.h"

/* What was read is finite, in frames that add up, and makes a track where the rate is known. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_curves c;
    orator_motion_track *t = NULL;
    int64_t n_filled = 0, n_valid = 0;

    if (ora_livelink_parse(&c, &n_filled, (const char *)data, n, "fuzz") == ORATOR_OK) {
        for (int64_t i = 0; i < c.n_frames; i++)
            n_valid += c.valid[i];
        for (int64_t i = 0; i < c.n_frames * c.n_channels; i++)
            if (isnan(c.value[i]))
                abort();
        if (n_valid < 1 || n_valid + n_filled != c.n_frames)
            abort();
        if (c.n_frames < 100 && ora_curves_to_track(&t, &c) == ORATOR_OK)
            orator_motion_track_destroy(&t);
    }
    ora_curves_clear(&c);
    return 0;
}
