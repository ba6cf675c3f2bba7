#include "media/av_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <libavutil/error.h>

#include "base/status_impl.h"

static orator_status status_of(int averror, orator_status otherwise)
{
    switch (averror) {
    case AVERROR(ENOMEM):
        return ORATOR_E_NOMEM;
    case AVERROR(ENOENT):
    case AVERROR(EACCES):
    case AVERROR(EIO):
    case AVERROR(EISDIR):
        return otherwise == ORATOR_E_WRITE ? ORATOR_E_WRITE : ORATOR_E_IO;
    case AVERROR(ENOSYS):
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
        return ORATOR_E_UNSUPPORTED;
    case AVERROR_EXIT:
        return ORATOR_E_CANCELLED;
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF:
        return otherwise == ORATOR_E_WRITE ? ORATOR_E_WRITE : ORATOR_E_FORMAT;
    default:
        return otherwise;
    }
}

orator_status ora_av_fail(int averror, orator_status otherwise, const char *format, ...)
{
    char text[768];
    char why[AV_ERROR_MAX_STRING_SIZE] = "";
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)av_strerror(averror, why, sizeof why);
    return ora_fail(status_of(averror, otherwise), "%s: %s", text, why);
}
