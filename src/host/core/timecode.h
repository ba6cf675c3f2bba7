/*
 * timecode.h - SMPTE ST 12-1 time code, non-drop and drop-frame.
 */
#ifndef ORA_TIMECODE_H
#define ORA_TIMECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rational.h"

typedef struct ora_timecode {
    bool is_known;
    bool is_drop; /* drop-frame: 30000/1001 and 60000/1001 only */
    int32_t hours, minutes, seconds, frames;
} ora_timecode;

/*
 * "01:00:00:00", ';' before the frames for drop-frame.
 *   ORATOR_E_INVALID  other text, or a number that the rate does not have or drop-frame skips
 */
orator_status ora_timecode_parse(ora_timecode *out, const char *text, ora_rational rate);

/* "01:00:00:00"; "" when unknown. `out` holds 16 bytes. */
void ora_timecode_print(char *out, ora_timecode tc);

/*
 * Frames since 00:00:00:00 and back; the count wraps at 24 h. is_drop counts only at the rates that
 * have drop-frame. An unknown time code or rate gives 0, or an unknown time code.
 */
int64_t ora_timecode_to_frames(ora_timecode tc, ora_rational rate);
ora_timecode ora_timecode_from_frames(int64_t frames, ora_rational rate, bool is_drop);

/*
 * The same hour, minute and second counted at another rate: the frames keep their part of the
 * second, drop-frame stays where `to` has it. Unknown where one of them is.
 */
ora_timecode ora_timecode_at_rate(ora_timecode tc, ora_rational from, ora_rational to);

/*
 * OpenEXR packing (SMPTE 12M, 60-field packing): BCD time and flags. Above 30 frames a second the
 * frame field counts pairs of frames and the field flag tells the second of a pair (ST 12-1), so
 * both ways need the rate; an unknown rate counts single frames. Rates above 80 do not fit the two
 * bits of the tens. Unknown packs to 0; a word that is no time of day unpacks to unknown.
 */
uint32_t ora_timecode_to_exr(ora_timecode tc, ora_rational rate);
ora_timecode ora_timecode_from_exr(uint32_t packed, ora_rational rate);

#endif /* ORA_TIMECODE_H */
