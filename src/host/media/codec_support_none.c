/*
 * codec_support_none.c - codec_support.h in builds without media: nothing to list.
 */
#include "media/codec_support.h"

bool ora_media_built(void)
{
    return false;
}

size_t ora_codec_support_list(ora_codec_support *out, size_t capacity)
{
    (void)out;
    (void)capacity;
    return 0;
}

size_t ora_media_libraries(ora_library_version *out, size_t capacity)
{
    (void)out;
    (void)capacity;
    return 0;
}

void ora_media_quiet_libraries(void)
{
}
