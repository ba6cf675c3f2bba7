#include "formats/curve_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"
#include "base/text.h"

enum { MAX_CHANNELS = 4096 };

const char *const ora_arkit_names[ORA_ARKIT_SHAPES] = {
    "eyeBlinkLeft",      "eyeLookDownLeft",    "eyeLookInLeft",
    "eyeLookOutLeft",    "eyeLookUpLeft",      "eyeSquintLeft",
    "eyeWideLeft",       "eyeBlinkRight",      "eyeLookDownRight",
    "eyeLookInRight",    "eyeLookOutRight",    "eyeLookUpRight",
    "eyeSquintRight",    "eyeWideRight",       "jawForward",
    "jawLeft",           "jawRight",           "jawOpen",
    "mouthClose",        "mouthFunnel",        "mouthPucker",
    "mouthLeft",         "mouthRight",         "mouthSmileLeft",
    "mouthSmileRight",   "mouthFrownLeft",     "mouthFrownRight",
    "mouthDimpleLeft",   "mouthDimpleRight",   "mouthStretchLeft",
    "mouthStretchRight", "mouthRollLower",     "mouthRollUpper",
    "mouthShrugLower",   "mouthShrugUpper",    "mouthPressLeft",
    "mouthPressRight",   "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthUpperUpLeft",  "mouthUpperUpRight",  "browDownLeft",
    "browDownRight",     "browInnerUp",        "browOuterUpLeft",
    "browOuterUpRight",  "cheekPuff",          "cheekSquintLeft",
    "cheekSquintRight",  "noseSneerLeft",      "noseSneerRight",
    "tongueOut",
};

const char *const ora_livelink_names[ORA_LIVELINK_CHANNELS] = {
    "EyeBlinkLeft",
    "EyeLookDownLeft",
    "EyeLookInLeft",
    "EyeLookOutLeft",
    "EyeLookUpLeft",
    "EyeSquintLeft",
    "EyeWideLeft",
    "EyeBlinkRight",
    "EyeLookDownRight",
    "EyeLookInRight",
    "EyeLookOutRight",
    "EyeLookUpRight",
    "EyeSquintRight",
    "EyeWideRight",
    "JawForward",
    "JawLeft",
    "JawRight",
    "JawOpen",
    "MouthClose",
    "MouthFunnel",
    "MouthPucker",
    "MouthLeft",
    "MouthRight",
    "MouthSmileLeft",
    "MouthSmileRight",
    "MouthFrownLeft",
    "MouthFrownRight",
    "MouthDimpleLeft",
    "MouthDimpleRight",
    "MouthStretchLeft",
    "MouthStretchRight",
    "MouthRollLower",
    "MouthRollUpper",
    "MouthShrugLower",
    "MouthShrugUpper",
    "MouthPressLeft",
    "MouthPressRight",
    "MouthLowerDownLeft",
    "MouthLowerDownRight",
    "MouthUpperUpLeft",
    "MouthUpperUpRight",
    "BrowDownLeft",
    "BrowDownRight",
    "BrowInnerUp",
    "BrowOuterUpLeft",
    "BrowOuterUpRight",
    "CheekPuff",
    "CheekSquintLeft",
    "CheekSquintRight",
    "NoseSneerLeft",
    "NoseSneerRight",
    "TongueOut",
    "HeadYaw",
    "HeadPitch",
    "HeadRoll",
    "LeftEyeYaw",
    "LeftEyePitch",
    "LeftEyeRoll",
    "RightEyeYaw",
    "RightEyePitch",
    "RightEyeRoll",
};

int32_t ora_curves_find(const ora_curves *c, const char *name)
{
    for (int32_t i = 0; i < c->n_channels; i++)
        if (ora_text_same_nocase(c->names[i], name))
            return i;
    return -1;
}

static orator_status check_names(const char *const *names, int32_t n_channels)
{
    if (n_channels < 1 || n_channels > MAX_CHANNELS)
        return ora_fail(ORATOR_E_INVALID, "%d channels, want 1..%d", n_channels, MAX_CHANNELS);
    for (int32_t i = 0; i < n_channels; i++)
        for (int32_t k = 0; k < i; k++)
            if (ora_text_same_nocase(names[i], names[k]))
                return ora_fail(ORATOR_E_INVALID, "channel '%.64s' is there twice, %d and %d",
                                names[i], k + 1, i + 1);
    return ORATOR_OK;
}

orator_status ora_curves_shape(ora_curves *c, const char *const *names, int32_t n_channels,
                               int64_t n_frames, ora_rational rate)
{
    orator_status st;
    ora_curves made = {.rate = rate};
    int64_t n_values;

    *c = (ora_curves){0};
    ORA_TRY(check_names(names, n_channels));
    if (!ora_mul_i64(&n_values, n_frames, n_channels) || n_values > INT64_MAX / 8) {
        st = ora_fail(ORATOR_E_INVALID, "%lld frames of %d channels", (long long)n_frames,
                      n_channels);
        goto done;
    }
    made.names = calloc((size_t)n_channels, sizeof *made.names);
    made.value = calloc(n_values > 0 ? (size_t)n_values : 1, sizeof *made.value);
    made.valid = malloc(n_frames > 0 ? (size_t)n_frames : 1);
    if (!made.names || !made.value || !made.valid)
        goto no_memory;
    memset(made.valid, 1, n_frames > 0 ? (size_t)n_frames : 1);
    made.n_channels = n_channels;
    made.n_frames = n_frames;
    for (int32_t i = 0; i < n_channels; i++) {
        made.names[i] = ora_text_copy(names[i]);
        if (!made.names[i])
            goto no_memory;
    }
    *c = made;
    made = (ora_curves){0};
    goto done;

no_memory:
    st = ora_fail(ORATOR_E_NOMEM, "no memory for %lld frames of %d channels", (long long)n_frames,
                  n_channels);
done:
    ora_curves_clear(&made);
    return st;
}

void ora_curves_clear(ora_curves *c)
{
    for (int32_t i = 0; c->names && i < c->n_channels; i++)
        free(c->names[i]);
    free(c->names);
    free(c->value);
    free(c->valid);
    *c = (ora_curves){0};
}
