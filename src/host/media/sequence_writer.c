#include "media/sequence_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/colour_convert.h"
#include "media/png_file.h"

enum { TIMECODE_BYTES = 16 };

struct ora_sequence_writer {
    const ora_video_writer_params *params;
    ora_frame_pattern pattern;
    bool is_single;   /* the path is one file and not a pattern */
    ora_image image;  /* in the encoding of the files           */
    ora_image opaque; /* with or without alpha as asked for     */
};

orator_status ora_sequence_writer_open(ora_sequence_writer **out, orator_context *ctx,
                                       const ora_video_writer_params *params)
{
    ora_sequence_writer *w = calloc(1, sizeof *w);
    char *folder = NULL;
    orator_status st = ORATOR_OK;

    *out = NULL;
    if (!w)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->path);
    w->params = params;
    w->is_single = !ora_frame_pattern_is(params->path);
    if (w->is_single && params->n_frames > 1) {
        st = ora_fail(ORATOR_E_INVALID,
                      "write '%s': %lld frames need a pattern such as 'name.%%04d.png'",
                      params->path, (long long)params->n_frames);
        goto done;
    }
    if (!w->is_single)
        ORA_TRY(ora_frame_pattern_parse(&w->pattern, params->path));
    folder = ora_path_folder(params->path);
    if (!folder) {
        st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->path);
        goto done;
    }
    if (!ora_file_is_folder(folder)) {
        st = ora_fail(ORATOR_E_WRITE, "write '%s': there is no folder '%s'", params->path, folder);
        goto done;
    }
    if (params->sound.path)
        ora_log(ctx, ORATOR_LOG_WARN, "'%s': an image sequence carries no sound", params->path);
    *out = w;
    w = NULL;

done:
    free(folder);
    ora_sequence_writer_close(&w);
    return st;
}

void ora_sequence_writer_close(ora_sequence_writer **w)
{
    if (!*w)
        return;
    ora_frame_pattern_clear(&(*w)->pattern);
    ora_image_clear(&(*w)->image);
    ora_image_clear(&(*w)->opaque);
    free(*w);
    *w = NULL;
}

/* dst = src with an alpha channel of 1, or without its alpha channel. */
static orator_status change_alpha(ora_image *dst, const ora_image *src, bool has_alpha)
{
    const size_t n_in = (size_t)src->channels;
    const size_t n_colour = n_in >= 3 ? 3 : 1;
    const size_t n_out = n_colour + (has_alpha ? 1 : 0);
    const size_t bytes = (size_t)src->sample;
    static const float one = 1.0F;
    const uint16_t full = 0xffff;
    const void *opaque = src->sample == ORA_SAMPLE_F32 ? (const void *)&one : (const void *)&full;
    orator_status st;

    ORA_TRY(ora_image_shape(dst, src->width, src->height, (int32_t)n_out, src->sample));
    dst->colour = src->colour;
    dst->alpha = has_alpha ? src->alpha : ORA_ALPHA_NONE;
    if (has_alpha && src->alpha == ORA_ALPHA_NONE)
        dst->alpha = ORA_ALPHA_PREMULTIPLIED; /* alpha 1: both are the same */
    for (int32_t y = 0; y < src->height; y++) {
        unsigned char *to = dst->data + (size_t)y * dst->stride_bytes;
        const unsigned char *from = src->data + (size_t)y * src->stride_bytes;

        for (int32_t x = 0; x < src->width; x++, to += n_out * bytes, from += n_in * bytes) {
            memcpy(to, from, n_colour * bytes);
            if (has_alpha)
                memcpy(to + n_colour * bytes, opaque, bytes);
        }
    }

done:
    return st;
}

static char *path_of(const ora_sequence_writer *w, int64_t number)
{
    return w->is_single ? ora_text_copy(w->params->path)
                        : ora_frame_pattern_path(&w->pattern, number);
}

static orator_status write_exr(const ora_sequence_writer *w, const ora_exr_layer *layers,
                               int32_t n_layers, const char *path, ora_timecode timecode)
{
    const ora_exr_params params = {.layers = layers,
                                   .n_layers = n_layers,
                                   .rate = w->params->rate,
                                   .timecode = timecode,
                                   .primaries = w->params->colour.primaries};

    return ora_exr_write(path, &params);
}

static orator_status write_png(const ora_image *image, const char *path, ora_timecode timecode)
{
    char text[TIMECODE_BYTES] = "";
    const ora_png_text entry = {"timecode", text};

    if (timecode.is_known)
        ora_timecode_print(text, timecode);
    return ora_png_write(path, image, &entry, timecode.is_known ? 1 : 0);
}

orator_status ora_sequence_writer_put(ora_sequence_writer *w, const ora_image *image, int64_t i,
                                      const ora_exr_layer *more, int32_t n_more)
{
    const ora_video_writer_params *p = w->params;
    const bool is_exr = p->codec == ORA_CODEC_EXR;
    const ora_sample sample = is_exr          ? ORA_SAMPLE_F32
                              : p->bits == 16 ? ORA_SAMPLE_U16
                                              : ORA_SAMPLE_U8;
    const bool has_alpha = image->channels % 2 == 0;
    ora_exr_layer layers[1 + ORA_VIDEO_MORE_LAYERS] = {{NULL, &w->image, p->bits == 32, false}};
    ora_timecode timecode = p->timecode;
    char *path = NULL;
    orator_status st;

    if (w->is_single && i > 0)
        return ora_fail(ORATOR_E_INVALID, "write '%s': more than one frame for a single file",
                        p->path);
    path = path_of(w, p->first_number + i);
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", p->path);
    ORA_TRY(ora_colour_convert(
        &w->image, image, p->colour,
        is_exr && p->has_alpha ? ORA_ALPHA_PREMULTIPLIED : ORA_ALPHA_STRAIGHT, sample));
    if (has_alpha != p->has_alpha) {
        ORA_TRY(change_alpha(&w->opaque, &w->image, p->has_alpha));
        layers[0].image = &w->opaque;
    }
    if (timecode.is_known)
        timecode = ora_timecode_from_frames(ora_timecode_to_frames(timecode, p->rate) + i, p->rate,
                                            timecode.is_drop);
    for (int32_t k = 0; k < n_more; k++)
        layers[1 + k] = more[k];
    ORA_TRY(is_exr ? write_exr(w, layers, 1 + n_more, path, timecode)
                   : write_png(layers[0].image, path, timecode));

done:
    free(path);
    return st;
}
