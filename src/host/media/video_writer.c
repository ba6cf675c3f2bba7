#include "media/video_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/colour_convert.h"
#include "media/encoder_setup.h"
#include "media/movie_writer.h"
#include "media/sequence_writer.h"

#define DEFAULT_QUALITY 0.8

struct ora_video_writer {
    orator_context *ctx;            /* borrowed */
    ora_video_writer_params params; /* completed */
    ora_movie_writer *movie;        /* one of these two */
    ora_sequence_writer *sequence;
    ora_image converted;
    int64_t n_frames;
    bool has_warned; /* of a picture without colour */
};

ora_video_writer_params ora_video_writer_params_default(void)
{
    return (ora_video_writer_params){
        .codec = ORA_CODEC_AUTO,
        .colour = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                   ORA_RANGE_UNSPECIFIED},
        .quality = DEFAULT_QUALITY,
        .sound = {NULL, 0, {0, 1}},
    };
}

static orator_status open_part(ora_video_writer *w)
{
    ora_encoder_plan plan;
    orator_status st;

    ORA_TRY(ora_encoder_plan_make(&plan, &w->params));
    w->params.codec = plan.codec;
    w->params.bits = plan.bits;
    w->params.colour = plan.colour;
    if (!plan.encoder)
        return ora_sequence_writer_open(&w->sequence, w->ctx, &w->params);
    if ((plan.codec == ORA_CODEC_H264 || plan.codec == ORA_CODEC_HEVC) &&
        (w->params.width % 2 != 0 || w->params.height % 2 != 0))
        ora_log(w->ctx, ORATOR_LOG_INFO,
                "'%s': %dx%d is odd, chroma is stored whole (4:4:4), which some players refuse",
                w->params.path, (int)w->params.width, (int)w->params.height);
    ORA_TRY(ora_movie_writer_open(&w->movie, w->ctx, &plan, &w->params));

done:
    return st;
}

orator_status ora_video_writer_open(ora_video_writer **out, orator_context *ctx,
                                    const ora_video_writer_params *params)
{
    ora_video_writer *w = NULL;
    orator_status st;

    *out = NULL;
    if (!params->path || !(params->quality >= 0.0 && params->quality <= 1.0))
        return ora_fail(ORATOR_E_INVALID, "write '%s': want a path and a quality of 0..1",
                        params->path ? params->path : "");
    w = calloc(1, sizeof *w);
    if (!w)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->path);
    w->ctx = ctx;
    w->params = *params;
    ORA_TRY(open_part(w));
    *out = w;
    w = NULL;

done:
    ora_video_writer_close(&w);
    return st;
}

/* What a picture without tags means. */
static ora_colour colour_of(ora_video_writer *w, const ora_image *image)
{
    bool guessed = false;
    const ora_colour c =
        ora_colour_complete(image->colour, image->width, image->height, true, &guessed);

    if (guessed && !w->has_warned) {
        ora_log(w->ctx, ORATOR_LOG_WARN, "'%s': pictures without colour tags are taken as %s, %s",
                w->params.path, ora_colour_primaries_name(c.primaries),
                ora_colour_transfer_name(c.transfer));
        w->has_warned = true;
    }
    return c;
}

/* Only where it is needed do movies pay for a conversion; alpha of movies is straight. */
static orator_status put_movie(ora_video_writer *w, const ora_image *image)
{
    const ora_colour target = w->params.colour;
    const ora_sample sample = image->sample == ORA_SAMPLE_F32 ? ORA_SAMPLE_F32 : ORA_SAMPLE_U16;
    orator_status st;

    if (image->colour.primaries != target.primaries || image->colour.transfer != target.transfer ||
        (image->alpha == ORA_ALPHA_PREMULTIPLIED && image->channels % 2 == 0)) {
        st = ora_colour_convert(&w->converted, image, target, ORA_ALPHA_STRAIGHT, sample);
        if (st != ORATOR_OK)
            return ora_while(st, "write '%s'", w->params.path);
        image = &w->converted;
    }
    return ora_movie_writer_put(w->movie, image);
}

orator_status ora_video_writer_put(ora_video_writer *w, const ora_image *image)
{
    return ora_video_writer_put_layers(w, image, NULL, 0);
}

orator_status ora_video_writer_put_layers(ora_video_writer *w, const ora_image *image,
                                          const ora_exr_layer *more, int32_t n_more)
{
    ora_image tagged = *image;
    orator_status st;

    ORA_TRY(ora_cancel_check(w->ctx));
    if (n_more > ORA_VIDEO_MORE_LAYERS || (n_more > 0 && w->params.codec != ORA_CODEC_EXR)) {
        st = ora_fail(ORATOR_E_INVALID, "write '%s': %d layers beside the picture in %s",
                      w->params.path, (int)n_more, ora_codec_name(w->params.codec));
        goto done;
    }
    if (image->width != w->params.width || image->height != w->params.height) {
        st = ora_fail(ORATOR_E_INVALID, "write '%s': frame has %dx%d pixels, want %dx%d",
                      w->params.path, (int)image->width, (int)image->height, (int)w->params.width,
                      (int)w->params.height);
        goto done;
    }
    tagged.colour = colour_of(w, image);
    ORA_TRY(w->sequence ? ora_sequence_writer_put(w->sequence, &tagged, w->n_frames, more, n_more)
                        : put_movie(w, &tagged));
    w->n_frames++;

done:
    return st;
}

orator_status ora_video_writer_commit(ora_video_writer **w)
{
    orator_status st;

    ORA_TRY(ora_cancel_check((*w)->ctx));
    if ((*w)->movie)
        ORA_TRY(ora_movie_writer_finish((*w)->movie));

done:
    ora_video_writer_close(w);
    return st;
}

void ora_video_writer_close(ora_video_writer **w)
{
    if (!*w)
        return;
    ora_movie_writer_close(&(*w)->movie);
    ora_sequence_writer_close(&(*w)->sequence);
    ora_image_clear(&(*w)->converted);
    free(*w);
    *w = NULL;
}
