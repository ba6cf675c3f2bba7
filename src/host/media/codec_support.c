#include "media/codec_support.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <openexr.h>
#include <png.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>

/* FFmpeg's own parts, which only a reduced build lacks. */
#define NATIVE "install an FFmpeg that was not built with parts left out (Debian: libavcodec59)"
#define OUTSIDE(name)                                                                              \
    "install an FFmpeg built with --enable-" name " (Debian's libavcodec59 has it)"

static const ora_codec_support needed[] = {
    {ORA_CODEC_DEMUXER, "mov", "MP4 and MOV clips", NATIVE, false},
    {ORA_CODEC_DEMUXER, "matroska", "MKV and WebM clips", NATIVE, false},
    {ORA_CODEC_DECODER, "h264", "H.264 clips", NATIVE, false},
    {ORA_CODEC_DECODER, "hevc", "HEVC clips", NATIVE, false},
    {ORA_CODEC_DECODER, "prores", "ProRes clips", NATIVE, false},
    {ORA_CODEC_DECODER, "dnxhd", "DNxHD and DNxHR clips", NATIVE, false},
    {ORA_CODEC_DECODER, "ffv1", "FFV1 clips", NATIVE, false},
    {ORA_CODEC_DECODER, "vp9", "VP9 clips", NATIVE, false},
    {ORA_CODEC_DECODER, "png", "PNG pictures in clips", NATIVE, false},
    {ORA_CODEC_DECODER, "mjpeg", "JPEG pictures", NATIVE, false},
    {ORA_CODEC_DECODER, "aac", "AAC sound", NATIVE, false},
    {ORA_CODEC_DECODER, "pcm_s16le", "PCM sound", NATIVE, false},
    {ORA_CODEC_ENCODER, "libx264", "H.264 review clips", OUTSIDE("libx264"), false},
    {ORA_CODEC_ENCODER, "libx265", "HEVC clips", OUTSIDE("libx265"), false},
    {ORA_CODEC_ENCODER, "prores_ks", "ProRes 422 HQ and 4444 with alpha", NATIVE, false},
    {ORA_CODEC_ENCODER, "ffv1", "lossless FFV1 clips", NATIVE, false},
    {ORA_CODEC_ENCODER, "libvpx-vp9", "VP9 clips with alpha", OUTSIDE("libvpx"), false},
    {ORA_CODEC_ENCODER, "png", "PNG pictures in clips", NATIVE, false},
    {ORA_CODEC_ENCODER, "aac", "AAC sound in MP4", NATIVE, false},
    {ORA_CODEC_ENCODER, "pcm_s16le", "PCM sound in MOV", NATIVE, false},
    {ORA_CODEC_MUXER, "mov", "MOV files", NATIVE, false},
    {ORA_CODEC_MUXER, "mp4", "MP4 files", NATIVE, false},
    {ORA_CODEC_MUXER, "matroska", "MKV files", NATIVE, false},
    {ORA_CODEC_MUXER, "webm", "WebM files", NATIVE, false},
};

bool ora_media_built(void)
{
    return true;
}

/* FFmpeg's demuxers answer to several names, "mov,mp4,m4a"; av_find_input_format takes each. */
static bool is_there(const ora_codec_support *c)
{
    switch (c->kind) {
    case ORA_CODEC_DEMUXER:
        return av_find_input_format(c->name) != NULL;
    case ORA_CODEC_DECODER:
        return avcodec_find_decoder_by_name(c->name) != NULL;
    case ORA_CODEC_ENCODER:
        return avcodec_find_encoder_by_name(c->name) != NULL;
    case ORA_CODEC_MUXER:
        return av_guess_format(c->name, NULL, NULL) != NULL;
    }
    return false;
}

size_t ora_codec_support_list(ora_codec_support *out, size_t capacity)
{
    const size_t n = sizeof needed / sizeof needed[0];

    for (size_t i = 0; i < n && i < capacity; i++) {
        out[i] = needed[i];
        out[i].is_there = is_there(&needed[i]);
    }
    return n;
}

static ora_library_version av_version(const char *name, unsigned v)
{
    ora_library_version out = {.name = name};

    (void)snprintf(out.version, sizeof out.version, "%u.%u.%u", v >> 16, v >> 8 & 0xff, v & 0xff);
    return out;
}

static ora_library_version text_version(const char *name, const char *v)
{
    ora_library_version out = {.name = name};

    (void)snprintf(out.version, sizeof out.version, "%s", v);
    return out;
}

static ora_library_version exr_version(void)
{
    ora_library_version out = {.name = "OpenEXRCore"};
    const char *extra = NULL;
    int major = 0;
    int minor = 0;
    int patch = 0;

    exr_get_library_version(&major, &minor, &patch, &extra);
    (void)snprintf(out.version, sizeof out.version, "%d.%d.%d", major, minor, patch);
    return out;
}

size_t ora_media_libraries(ora_library_version *out, size_t capacity)
{
    const char *sndfile = sf_version_string();
    const char *dash = strrchr(sndfile, '-'); /* "libsndfile-1.2.0" */
    const ora_library_version all[] = {
        av_version("libavformat", avformat_version()),
        av_version("libavcodec", avcodec_version()),
        av_version("libavutil", avutil_version()),
        av_version("libswscale", swscale_version()),
        av_version("libswresample", swresample_version()),
        text_version("libsndfile", dash ? dash + 1 : sndfile),
        text_version("libpng", png_get_libpng_ver(NULL)),
        exr_version(),
    };
    const size_t n = sizeof all / sizeof all[0];

    for (size_t i = 0; i < n && i < capacity; i++)
        out[i] = all[i];
    return n;
}

void ora_media_quiet_libraries(void)
{
    av_log_set_level(AV_LOG_FATAL);
}
