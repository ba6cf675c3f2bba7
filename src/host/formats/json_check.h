/*
 * json_check.h - strict look at JSON text before a lenient parser sees it.
 *
 * cJSON accepts more than RFC 8259 (leading zeros, raw control characters, "\u0000" that cuts a
 * string short) and cannot tell damage from lack of memory. Text that passes here is well formed,
 * so that a later failure of cJSON means lack of memory.
 */
#ifndef ORA_JSON_CHECK_H
#define ORA_JSON_CHECK_H

#include <stddef.h>

#include "orator/status.h"

enum {
    ORA_JSON_MAX_BYTES = 64 << 20,
    ORA_JSON_MAX_DEPTH = 64,
    ORA_JSON_MAX_VALUES = 8 << 20, /* a value costs the parser 64 bytes */
    ORA_JSON_MAX_DIGITS = 63       /* characters of one number, as cJSON's */
};

/*
 * One JSON value and nothing after it, in UTF-8, within the limits above. A byte order mark is
 * allowed.
 *   ORATOR_E_FORMAT  "'name': line 3: found ']', want a value"
 */
orator_status ora_json_check(const char *text, size_t n, const char *name);

#endif /* ORA_JSON_CHECK_H */
