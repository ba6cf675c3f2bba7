/*
 * av_error.h - libav* error codes as orator_status, with libav's own words in the message.
 *
 * libav* logs through one process-wide function and level. The library leaves both alone; programs
 * and tests that want a quiet stderr call ora_media_quiet_libraries() once at their start.
 */
#ifndef ORA_AV_ERROR_H
#define ORA_AV_ERROR_H

#include "orator/status.h"

/*
 * Raise "<text>: <libav's words>". Out of memory, unreadable, damaged and unsupported are told
 * apart; the rest gives `otherwise`.
 */
orator_status ora_av_fail(int averror, orator_status otherwise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* ORA_AV_ERROR_H */
