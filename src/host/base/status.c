#include "base/status_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { TEXT_BYTES = 1024 };

static _Thread_local char last_error[TEXT_BYTES];

/* in brackets, because for the analyser the name is also a macro */
orator_status(ora_fail)(orator_status st, const char *format, ...)
{
    char text[TEXT_BYTES]; /* the arguments may point into last_error */
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ora_text_make_one_line(text);
    memcpy(last_error, text, sizeof text);
    return st;
}

orator_status ora_while(orator_status st, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list args;
    size_t used;

    if (st == ORATOR_OK)
        return st;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, ": %s", last_error);
    ora_text_make_one_line(text);
    memcpy(last_error, text, sizeof text);
    return st;
}

const char *orator_last_error(void)
{
    return last_error;
}

const char *orator_status_name(orator_status st)
{
    switch (st) {
    case ORATOR_OK:
        return "ok";
    case ORATOR_E_INVALID:
        return "invalid";
    case ORATOR_E_NOMEM:
        return "out of memory";
    case ORATOR_E_IO:
        return "unreadable";
    case ORATOR_E_FORMAT:
        return "format";
    case ORATOR_E_UNSUPPORTED:
        return "unsupported";
    case ORATOR_E_DEVICE:
        return "device";
    case ORATOR_E_AGAIN:
        return "again";
    case ORATOR_E_WRITE:
        return "unwritable";
    case ORATOR_E_CANCELLED:
        return "cancelled";
    case ORATOR_E_CHECKPOINT:
        return "checkpoint";
    case ORATOR_E_INTERNAL:
        return "internal";
    }
    return "unknown";
}
