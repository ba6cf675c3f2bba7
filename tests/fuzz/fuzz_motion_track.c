#include "support/fuzz_target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "formats/track_file.h"

/*
 * Input: u8 frames, u16 little-endian length of the JSON, JSON, array. Where the JSON is empty, one
 * that fits the array is put in its place, so that the search gets past the digest.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    orator_motion_track *t = NULL;
    ora_track_bytes bytes;
    char fitting[640], digest[ORA_SHA256_TEXT];
    ora_sha256 h;
    size_t n_json;

    if (n < 3)
        return 0;
    n_json = (size_t)data[1] | (size_t)data[2] << 8;
    if (n_json > n - 3)
        n_json = n - 3;
    bytes = (ora_track_bytes){.json = (const char *)data + 3,
                              .n_json = n_json,
                              .npy = data + 3 + n_json,
                              .n_npy = n - 3 - n_json};
    if (n_json == 0) {
        ora_sha256_init(&h);
        ora_sha256_add(&h, bytes.npy, bytes.n_npy);
        ora_sha256_finish(&h, digest);
        (void)snprintf(
            fitting, sizeof fitting,
            "{\"schema\":1,\"kind\":\"orator motion track\",\"rate\":\"25\",\"frames\":%d,"
            "\"landmarks\":\"300-W 68\",\"unit\":\"mm\",\"sides\":[\"lid_left\","
            "\"lid_right\",\"brow_left\",\"brow_right\",\"gaze_x\",\"gaze_y\",\"jaw\","
            "\"lip_gap\"],\"npy_sha256\":\"%s\"}",
            data[0], digest);
        bytes.json = fitting;
        bytes.n_json = strlen(fitting);
    }
    if (ora_motion_track_parse(&t, &bytes, "fuzz") == ORATOR_OK)
        for (int64_t i = 0; i < orator_motion_track_frames(t) * ORATOR_SIDES; i++)
            if (!isfinite(orator_motion_track_sides(t)[i]))
                abort();
    orator_motion_track_destroy(&t);
    return 0;
}
