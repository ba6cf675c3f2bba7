/*
 * fuzz_time_text.c - frame rates and time codes from text, time codes from OpenEXR words.
 */
#include <stdlib.h>
#include <string.h>

#include "core/timecode.h"
#include "support/fuzz_target.h"

static void check_rate(const char *text)
{
    ora_rational r;
    ora_rational again;
    char printed[48];

    if (ora_rate_parse(&r, text) != ORATOR_OK)
        return;
    ora_rational_print(printed, r);
    if (r.num < 1 || r.den < 1 || ora_rate_parse(&again, printed) != ORATOR_OK ||
        ora_rational_compare(r, again) != 0)
        abort();
    (void)ora_rate_nearest_standard(ora_rational_to_f64(r));
}

static void check_timecode(const char *text, ora_rational rate)
{
    ora_timecode tc;
    ora_timecode back;

    if (ora_timecode_parse(&tc, text, rate) != ORATOR_OK)
        return;
    back = ora_timecode_from_frames(ora_timecode_to_frames(tc, rate), rate, tc.is_drop);
    if (back.hours != tc.hours || back.minutes != tc.minutes || back.seconds != tc.seconds ||
        back.frames != tc.frames || back.is_drop != tc.is_drop)
        abort();
    back = ora_timecode_from_exr(ora_timecode_to_exr(tc, rate), rate);
    if (back.frames != tc.frames || back.hours != tc.hours || back.is_drop != tc.is_drop)
        abort();
}

static void check_word(uint32_t word, ora_rational rate)
{
    const ora_timecode tc = ora_timecode_from_exr(word, rate);
    const ora_timecode back = ora_timecode_from_exr(ora_timecode_to_exr(tc, rate), rate);
    char printed[16];

    ora_timecode_print(printed, tc);
    (void)ora_timecode_to_frames(tc, rate);
    if (tc.is_known && (!back.is_known || back.frames != tc.frames || back.seconds != tc.seconds))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const ora_rational rates[] = {{24000, 1001}, {25, 1}, {30000, 1001}, {50, 1}, {60000, 1001}};
    char *text = malloc(n + 1);
    uint32_t word = 0;

    if (!text)
        return 0;
    if (n > 0)
        memcpy(text, data, n);
    text[n] = 0;
    memcpy(&word, text, n < 4 ? n : 4);
    check_rate(text);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        check_timecode(text, rates[i]);
        check_word(word, rates[i]);
    }
    free(text);
    return 0;
}
