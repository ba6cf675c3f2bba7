/*
 * livelink_clock.h - the time codes of a Live Link Face take: which frame each row belongs to.
 */
#ifndef ORA_LIVELINK_CLOCK_H
#define ORA_LIVELINK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rational.h"
#include "core/timecode.h"
#include "orator/status.h"

/* Time code of one row. */
typedef struct ora_livelink_time {
    ora_timecode tc;
    double sub;   /* part of a frame past tc, 0..1 */
    int64_t line; /* in the file, for messages     */
} ora_livelink_time;

typedef struct ora_livelink_clock {
    int32_t nominal;   /* frame numbers per second; 0 = not known, and no second is crossed */
    int32_t step;      /* usual distance of two rows in frame numbers, >= 1                 */
    ora_rational rate; /* rows per second, {0, 0} = not known                               */
} ora_livelink_clock;

/* "HH:MM:SS:FF", "HH:MM:SS:FF.sub", ';' before FF for drop-frame; false on anything else. */
bool ora_livelink_time_parse(ora_livelink_time *out, const char *cell);

/* Find the rate of t [n]. ORATOR_E_FORMAT where seconds are crossed and still nothing fits. */
orator_status ora_livelink_clock_find(ora_livelink_clock *out, const ora_livelink_time *t,
                                      int64_t n, const char *name);

/*
 * index [n]: frame of each row, counted from row 0, never falling; a row less than a quarter of a
 * frame after the one before shares its frame.
 *   ORATOR_E_FORMAT  time runs back by more than a frame, or most of the take is missing
 */
orator_status ora_livelink_place(int64_t *index, const ora_livelink_clock *clock,
                                 const ora_livelink_time *t, int64_t n, const char *name);

#endif /* ORA_LIVELINK_CLOCK_H */
