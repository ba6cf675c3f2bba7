#include "media/encoder_setup.h"

#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/av_colour.h"
#include "media/av_error.h"

enum {
    CODER_THREADS = 4, /* fixed: the streams of x264 and libvpx depend on it */
    HEVC_FRAME_THREADS = 2,
    FFV1_SLICES = 4
};

typedef struct codec_row {
    const char *name;
    const char *encoder;    /* NULL = a sequence of files                                  */
    const char *extensions; /* containers, ".a.b."                                         */
    int32_t bits[3];        /* possible; the first is the usual; 0 ends                    */
    bool has_alpha;
    bool is_rgb;
    double crf_worst, crf_best; /* quality 0 and 1; equal = no choice                      */
} codec_row;

static const codec_row rows[ORA_CODEC_COUNT] = {
    [ORA_CODEC_AUTO] = {.name = "auto"},
    [ORA_CODEC_H264] = {"h264", "libx264", ".mp4.m4v.mov.mkv.", {8}, false, false, 40.0, 10.0},
    [ORA_CODEC_HEVC] = {"hevc", "libx265", ".mp4.m4v.mov.mkv.", {8, 10}, false, false, 42.0, 12.0},
    [ORA_CODEC_PRORES_HQ] = {"prores_hq", "prores_ks", ".mov.mkv.", {10}, false, false, 0.0, 0.0},
    [ORA_CODEC_PRORES_4444] =
        {"prores_4444", "prores_ks", ".mov.mkv.", {10}, true, false, 0.0, 0.0},
    [ORA_CODEC_FFV1] = {"ffv1", "ffv1", ".mkv.", {8, 16}, true, true, 0.0, 0.0},
    [ORA_CODEC_VP9] = {"vp9", "libvpx-vp9", ".webm.mkv.", {8}, true, false, 52.0, 8.0},
    [ORA_CODEC_PNG] = {"png", NULL, ".png.", {8, 16}, true, true, 0.0, 0.0},
    [ORA_CODEC_EXR] = {"exr", NULL, ".exr.", {16, 32}, true, true, 0.0, 0.0},
};

const char *ora_codec_name(ora_codec c)
{
    return (unsigned)c < ORA_CODEC_COUNT ? rows[c].name : "unknown";
}

bool ora_codec_is_sequence(ora_codec c)
{
    return c == ORA_CODEC_PNG || c == ORA_CODEC_EXR;
}

bool ora_codec_has_alpha(ora_codec c)
{
    return (unsigned)c < ORA_CODEC_COUNT && rows[c].has_alpha;
}

/* True where ".ext" stands in a row's list. */
static bool is_listed(const char *extensions, const char *ext)
{
    const size_t n = strlen(ext);

    for (const char *at = extensions; n > 0 && strlen(at) > n; at++) {
        bool same = at[0] == '.' && at[n] == '.';

        for (size_t i = 1; same && i < n; i++)
            same = at[i] == (ext[i] | 0x20) || at[i] == ext[i];
        if (same)
            return true;
    }
    return false;
}

orator_status ora_codec_choose(ora_codec *out, const ora_video_writer_params *params)
{
    static const struct {
        const char *ext;
        ora_codec codec;
    } usual[] = {{".mp4", ORA_CODEC_H264}, {".m4v", ORA_CODEC_H264}, {".mov", ORA_CODEC_PRORES_HQ},
                 {".mkv", ORA_CODEC_FFV1}, {".webm", ORA_CODEC_VP9}, {".png", ORA_CODEC_PNG},
                 {".exr", ORA_CODEC_EXR}};
    const char *ext = ora_path_extension(params->path);

    *out = params->codec;
    if (params->codec > ORA_CODEC_AUTO && params->codec < ORA_CODEC_COUNT)
        return ORATOR_OK;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (ora_text_same_nocase(ext, usual[i].ext)) {
            *out = usual[i].codec;
            if (*out == ORA_CODEC_PRORES_HQ && params->has_alpha)
                *out = ORA_CODEC_PRORES_4444;
            return ORATOR_OK;
        }
    }
    return ora_fail(ORATOR_E_INVALID,
                    "write '%s': extension does not tell the format, want .mp4, .mov, .mkv, .webm, "
                    ".png or .exr",
                    params->path);
}

static int32_t usual_matrix(int32_t primaries)
{
    return primaries == 9 || primaries == 5 || primaries == 6 ? primaries : 1;
}

orator_status ora_codec_colour(ora_colour *out, ora_codec c, const ora_video_writer_params *params)
{
    ora_colour v = params->colour;

    if (v.primaries == ORA_COLOUR_UNSPECIFIED)
        v.primaries = 1;
    if (v.transfer == ORA_COLOUR_UNSPECIFIED)
        v.transfer = c == ORA_CODEC_PNG ? 13 : c == ORA_CODEC_EXR ? 8 : 1;
    if (c == ORA_CODEC_EXR && v.transfer != 8)
        return ora_fail(ORATOR_E_INVALID, "write '%s': EXR holds linear light, not %s",
                        params->path, ora_colour_transfer_name(v.transfer));
    if (rows[c].is_rgb) {
        v.matrix = 0;
        v.range = ORA_RANGE_FULL;
    } else {
        if (v.matrix == ORA_COLOUR_UNSPECIFIED || v.matrix == 0)
            v.matrix = usual_matrix(v.primaries);
        if (v.range == ORA_RANGE_UNSPECIFIED)
            v.range = ORA_RANGE_LIMITED;
    }
    if ((c == ORA_CODEC_PRORES_HQ || c == ORA_CODEC_PRORES_4444) && v.range != ORA_RANGE_LIMITED)
        return ora_fail(ORATOR_E_INVALID, "write '%s': ProRes has limited range only",
                        params->path);
    *out = v;
    return ORATOR_OK;
}

/* ".mov.mkv." as ".mov, .mkv"; out [64]. */
static void name_extensions(char *out, const char *extensions)
{
    const size_t n = strlen(extensions) - 1;

    for (size_t i = 0; i < n; i++) {
        if (i > 0 && extensions[i] == '.') {
            *out++ = ',';
            *out++ = ' ';
        }
        *out++ = extensions[i];
    }
    *out = 0;
}

orator_status ora_codec_bits(int32_t *out, ora_codec c, const ora_video_writer_params *params)
{
    const codec_row *row = &rows[c];
    const char *ext = ora_path_extension(params->path);
    char names[64];

    if (params->width < 1 || params->height < 1 || params->width > ORA_IMAGE_MAX ||
        params->height > ORA_IMAGE_MAX)
        return ora_fail(ORATOR_E_INVALID, "write '%s': size %dx%d, want 1..%d", params->path,
                        (int)params->width, (int)params->height, (int)ORA_IMAGE_MAX);
    if (!ora_rational_is_known(params->rate) || params->rate.num < 1 || params->rate.den < 1 ||
        params->rate.num > INT32_MAX || params->rate.den > INT32_MAX)
        return ora_fail(ORATOR_E_INVALID, "write '%s': frame rate is not known", params->path);
    if (!is_listed(row->extensions, ext)) {
        name_extensions(names, row->extensions);
        return ora_fail(ORATOR_E_INVALID, "write '%s': %s does not go into '%s', want %s",
                        params->path, row->name, ext, names);
    }
    if (params->has_alpha && !row->has_alpha)
        return ora_fail(ORATOR_E_INVALID,
                        "write '%s': %s has no alpha; prores_4444, ffv1, vp9, png and exr have",
                        params->path, row->name);
    *out = params->bits == 0 ? row->bits[0] : params->bits;
    for (int i = 0; i < 3 && row->bits[i] > 0; i++) {
        if (row->bits[i] == *out)
            return ORATOR_OK;
    }
    return ora_fail(ORATOR_E_INVALID, "write '%s': %s does not hold %d bits", params->path,
                    row->name, (int)*out);
}

/* 4:2:0 of H.264 and HEVC has even sizes only, and ProRes 4:2:2 even widths. */
static bool is_odd(const ora_video_writer_params *params)
{
    return params->width % 2 != 0 || params->height % 2 != 0;
}

static enum AVPixelFormat choose_format(ora_codec c, int32_t bits,
                                        const ora_video_writer_params *params)
{
    const bool alpha = params->has_alpha;

    switch (c) {
    case ORA_CODEC_H264:
        return is_odd(params) ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
    case ORA_CODEC_HEVC:
        if (bits == 10)
            return is_odd(params) ? AV_PIX_FMT_YUV444P10 : AV_PIX_FMT_YUV420P10;
        return is_odd(params) ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
    case ORA_CODEC_PRORES_HQ:
        return AV_PIX_FMT_YUV422P10;
    case ORA_CODEC_PRORES_4444:
        return alpha ? AV_PIX_FMT_YUVA444P10 : AV_PIX_FMT_YUV444P10;
    case ORA_CODEC_FFV1:
        if (bits == 16)
            return alpha ? AV_PIX_FMT_GBRAP16 : AV_PIX_FMT_GBRP16;
        return alpha ? AV_PIX_FMT_BGRA : AV_PIX_FMT_BGR0;
    case ORA_CODEC_VP9:
        return alpha ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
    case ORA_CODEC_AUTO:
    case ORA_CODEC_PNG:
    case ORA_CODEC_EXR:
    case ORA_CODEC_COUNT:
        break;
    }
    return AV_PIX_FMT_NONE;
}

orator_status ora_encoder_plan_make(ora_encoder_plan *out, const ora_video_writer_params *params)
{
    orator_status st;

    memset(out, 0, sizeof *out);
    ORA_TRY(ora_codec_choose(&out->codec, params));
    ORA_TRY(ora_codec_bits(&out->bits, out->codec, params));
    ORA_TRY(ora_codec_colour(&out->colour, out->codec, params));
    out->encoder = rows[out->codec].encoder;
    out->format = choose_format(out->codec, out->bits, params);
    if (out->encoder && !avcodec_find_encoder_by_name(out->encoder))
        st = ora_fail(ORATOR_E_WRITE, "write '%s': this FFmpeg has no encoder '%s'", params->path,
                      out->encoder);

done:
    return st;
}

static void set_number(AVDictionary **options, const char *key, double v)
{
    char text[32];

    ora_text_from_f64(text, v);
    (void)av_dict_set(options, key, text, 0);
}

/* Options of the encoder; a failed allocation shows as an option that is missing when opened. */
static void set_options(AVDictionary **options, AVCodecContext *codec, const ora_encoder_plan *plan,
                        double quality)
{
    const codec_row *row = &rows[plan->codec];
    const double crf = row->crf_worst + (row->crf_best - row->crf_worst) * quality;

    switch (plan->codec) {
    case ORA_CODEC_H264:
        set_number(options, "crf", crf);
        (void)av_dict_set(options, "preset", "medium", 0);
        codec->thread_count = CODER_THREADS;
        break;
    case ORA_CODEC_HEVC:
        set_number(options, "crf", crf);
        (void)av_dict_set(options, "preset", "fast", 0);
        (void)av_dict_set(options, "x265-params", "log-level=none:info=0", 0);
        codec->thread_count = HEVC_FRAME_THREADS;
        break;
    case ORA_CODEC_PRORES_HQ:
    case ORA_CODEC_PRORES_4444:
        (void)av_dict_set(options, "profile", plan->codec == ORA_CODEC_PRORES_HQ ? "hq" : "4444",
                          0);
        (void)av_dict_set(options, "vendor", "apl0", 0);
        if (plan->format == AV_PIX_FMT_YUVA444P10)
            (void)av_dict_set(options, "alpha_bits", "16", 0);
        break;
    case ORA_CODEC_FFV1:
        codec->level = 3;
        codec->slices = FFV1_SLICES;
        codec->gop_size = 1;
        (void)av_dict_set(options, "slicecrc", "1", 0);
        (void)av_dict_set(options, "coder", "range_tab", 0);
        codec->thread_count = CODER_THREADS;
        break;
    case ORA_CODEC_VP9:
        set_number(options, "crf", floor(crf + 0.5));
        (void)av_dict_set(options, "deadline", "good", 0);
        (void)av_dict_set(options, "cpu-used", "4", 0);
        (void)av_dict_set(options, "auto-alt-ref", "0", 0); /* libvpx has none beside alpha */
        codec->bit_rate = 0;
        codec->thread_count = CODER_THREADS;
        break;
    case ORA_CODEC_AUTO:
    case ORA_CODEC_PNG:
    case ORA_CODEC_EXR:
    case ORA_CODEC_COUNT:
        break;
    }
}

orator_status ora_encoder_open(AVCodecContext **out, const ora_encoder_plan *plan,
                               const ora_video_writer_params *params, bool wants_header)
{
    const AVCodec *encoder = avcodec_find_encoder_by_name(plan->encoder);
    AVCodecContext *codec = avcodec_alloc_context3(encoder);
    AVDictionary *options = NULL;
    orator_status st = ORATOR_OK;
    int rc;

    *out = NULL;
    if (!codec)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->path);
    codec->width = params->width;
    codec->height = params->height;
    codec->pix_fmt = plan->format;
    codec->time_base = (AVRational){(int)params->rate.den, (int)params->rate.num};
    codec->framerate = (AVRational){(int)params->rate.num, (int)params->rate.den};
    codec->sample_aspect_ratio = (AVRational){1, 1};
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (wants_header)
        codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    ora_av_colour_tag_codec(codec, plan->colour);
    if (!rows[plan->codec].is_rgb)
        codec->chroma_sample_location = AVCHROMA_LOC_LEFT;
    set_options(&options, codec, plan, params->quality);
    rc = avcodec_open2(codec, encoder, &options);
    if (rc < 0) {
        st = ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': encoder '%s' refuses %dx%d %s",
                         params->path, plan->encoder, (int)params->width, (int)params->height,
                         av_get_pix_fmt_name(plan->format));
        goto done;
    }
    if (av_dict_count(options) > 0) {
        st = ora_fail(ORATOR_E_WRITE, "write '%s': encoder '%s' does not know option '%s'",
                      params->path, plan->encoder,
                      av_dict_get(options, "", NULL, AV_DICT_IGNORE_SUFFIX)->key);
        goto done;
    }
    *out = codec;
    codec = NULL;

done:
    av_dict_free(&options);
    avcodec_free_context(&codec);
    return st;
}
