#include "core/timecode.h"

#include <stdio.h>

#include "base/status_impl.h"

/*
 * Bit fields of the OpenEXR word (TV60 packing): two BCD digits each, flags in the bits that the
 * tens leave free.
 */
enum {
    EXR_FRAMES = 0,
    EXR_SECONDS = 8,
    EXR_MINUTES = 16,
    EXR_HOURS = 24,
    EXR_DROP_BIT = 6,
    EXR_FIELD_BIT = 15
};

/* Frame numbers in a second: 30 for 30000/1001. 0 for a rate that counts none. */
static int64_t nominal_fps(ora_rational rate)
{
    const int64_t fps = ora_rational_scale(1, rate);

    return fps > 0 ? fps : 0;
}

/* Numbers skipped in each minute not divisible by ten, 0 where drop-frame does not exist. */
static int64_t dropped_per_minute(ora_rational rate)
{
    if (rate.den != 1001)
        return 0;
    return rate.num == 30000 ? 2 : rate.num == 60000 ? 4 : 0;
}

static bool take_number(int32_t *out, const char **s, int min_digits, int max_digits)
{
    int n = 0;
    int32_t v = 0;

    for (; n < max_digits && (*s)[n] >= '0' && (*s)[n] <= '9'; n++)
        v = 10 * v + ((*s)[n] - '0');
    *s += n;
    *out = v;
    return n >= min_digits;
}

static bool take_char(const char **s, char want)
{
    if (**s != want)
        return false;
    (*s)++;
    return true;
}

static bool is_dropped(ora_timecode tc, ora_rational rate)
{
    return tc.is_drop && tc.minutes % 10 != 0 && tc.seconds == 0 &&
           tc.frames < dropped_per_minute(rate);
}

orator_status ora_timecode_parse(ora_timecode *out, const char *text, ora_rational rate)
{
    const int64_t fps = nominal_fps(rate);
    const char *s = text;
    ora_timecode tc = {.is_known = true};
    bool is_well_formed = false;

    *out = (ora_timecode){0};
    if (take_number(&tc.hours, &s, 2, 2) && take_char(&s, ':') &&
        take_number(&tc.minutes, &s, 2, 2) && take_char(&s, ':') &&
        take_number(&tc.seconds, &s, 2, 2)) {
        tc.is_drop = *s == ';';
        is_well_formed = (take_char(&s, ';') || take_char(&s, ':')) &&
                         take_number(&tc.frames, &s, 2, 6) && *s == 0;
    }
    if (!is_well_formed)
        return ora_fail(ORATOR_E_INVALID,
                        "time code '%s', want HH:MM:SS:FF, or HH:MM:SS;FF for "
                        "drop-frame",
                        text);
    if (tc.hours > 23 || tc.minutes > 59 || tc.seconds > 59 || tc.frames >= fps)
        return ora_fail(ORATOR_E_INVALID, "time code '%s' is past 23:59:59:%02lld", text,
                        (long long)(fps > 0 ? fps - 1 : 0));
    if (tc.is_drop && dropped_per_minute(rate) == 0)
        return ora_fail(ORATOR_E_INVALID,
                        "time code '%s' is drop-frame, which exists at 30000/1001 "
                        "and 60000/1001 only",
                        text);
    if (is_dropped(tc, rate))
        return ora_fail(ORATOR_E_INVALID, "time code '%s' is a number that drop-frame skips", text);
    *out = tc;
    return ORATOR_OK;
}

void ora_timecode_print(char *out, ora_timecode tc)
{
    out[0] = 0;
    if (tc.is_known)
        (void)snprintf(out, 16, "%02d:%02d:%02d%c%02d", tc.hours, tc.minutes, tc.seconds,
                       tc.is_drop ? ';' : ':', tc.frames);
}

int64_t ora_timecode_to_frames(ora_timecode tc, ora_rational rate)
{
    const int64_t minutes = (int64_t)tc.hours * 60 + tc.minutes;
    int64_t frames = (minutes * 60 + tc.seconds) * nominal_fps(rate) + tc.frames;

    if (!tc.is_known || nominal_fps(rate) == 0)
        return 0;
    if (tc.is_drop)
        frames -= dropped_per_minute(rate) * (minutes - minutes / 10);
    return frames;
}

ora_timecode ora_timecode_from_frames(int64_t frames, ora_rational rate, bool is_drop)
{
    const int64_t fps = nominal_fps(rate);
    const int64_t drop = is_drop ? dropped_per_minute(rate) : 0;
    const int64_t per_minute = 60 * fps - drop;
    const int64_t per_ten_minutes = 600 * fps - 9 * drop;
    const int64_t per_day = 144 * per_ten_minutes;
    int64_t seconds;

    if (fps == 0)
        return (ora_timecode){0};
    frames %= per_day;
    if (frames < 0)
        frames += per_day;
    if (drop > 0) {
        const int64_t tens = frames / per_ten_minutes;
        const int64_t rest = frames % per_ten_minutes;

        /* the first of the ten minutes keeps all its numbers */
        frames += 9 * drop * tens;
        if (rest >= drop)
            frames += drop * ((rest - drop) / per_minute);
    }
    seconds = frames / fps;
    return (ora_timecode){
        .is_known = true,
        .is_drop = drop > 0,
        .hours = (int32_t)(seconds / 3600),
        .minutes = (int32_t)(seconds / 60 % 60),
        .seconds = (int32_t)(seconds % 60),
        .frames = (int32_t)(frames % fps),
    };
}

ora_timecode ora_timecode_at_rate(ora_timecode tc, ora_rational from, ora_rational to)
{
    const int64_t fps_from = nominal_fps(from), fps_to = nominal_fps(to);

    if (!tc.is_known || fps_from == 0 || fps_to == 0)
        return (ora_timecode){0};
    tc.frames = (int32_t)(tc.frames * fps_to / fps_from);
    tc.is_drop = tc.is_drop && dropped_per_minute(to) > 0;
    return tc;
}

static uint32_t to_bcd(int32_t v)
{
    return ((uint32_t)v / 10U % 10U) << 4 | (uint32_t)v % 10U;
}

/* Two BCD digits, or -1 where a digit is past 9. */
static int32_t from_bcd(uint32_t packed, int shift, uint32_t mask)
{
    const uint32_t v = packed >> shift & mask;

    return (v & 15U) > 9U ? -1 : (int32_t)(10U * (v >> 4) + (v & 15U));
}

/* Above 30 frames a second the frame field counts pairs and the field flag says which of the two. */
static bool counts_pairs(ora_rational rate)
{
    return nominal_fps(rate) > 30;
}

uint32_t ora_timecode_to_exr(ora_timecode tc, ora_rational rate)
{
    const bool pairs = counts_pairs(rate);
    const int32_t frames = pairs ? tc.frames / 2 : tc.frames;
    uint32_t packed;

    if (!tc.is_known)
        return 0;
    packed = to_bcd(tc.hours) << EXR_HOURS | to_bcd(tc.minutes) << EXR_MINUTES |
             to_bcd(tc.seconds) << EXR_SECONDS | (to_bcd(frames) & 0x3fU) << EXR_FRAMES;
    if (tc.is_drop)
        packed |= 1U << EXR_DROP_BIT;
    if (pairs && tc.frames % 2 != 0)
        packed |= 1U << EXR_FIELD_BIT;
    return packed;
}

ora_timecode ora_timecode_from_exr(uint32_t packed, ora_rational rate)
{
    ora_timecode tc = {
        .is_known = true,
        .is_drop = (packed >> EXR_DROP_BIT & 1U) != 0,
        .hours = from_bcd(packed, EXR_HOURS, 0x3fU),
        .minutes = from_bcd(packed, EXR_MINUTES, 0x7fU),
        .seconds = from_bcd(packed, EXR_SECONDS, 0x7fU),
        .frames = from_bcd(packed, EXR_FRAMES, 0x3fU),
    };

    if (tc.hours < 0 || tc.hours > 23 || tc.minutes < 0 || tc.minutes > 59 || tc.seconds < 0 ||
        tc.seconds > 59 || tc.frames < 0)
        return (ora_timecode){0};
    if (counts_pairs(rate))
        tc.frames = 2 * tc.frames + (int32_t)(packed >> EXR_FIELD_BIT & 1U);
    return tc;
}
