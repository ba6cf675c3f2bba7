/*
 * codec_kind.c - the part of codec_support.h that builds without media share.
 */
#include "media/codec_support.h"

const char *ora_codec_kind_name(ora_codec_kind kind)
{
    static const char *const name[] = {"demuxer", "decoder", "encoder", "muxer"};

    return name[kind];
}
