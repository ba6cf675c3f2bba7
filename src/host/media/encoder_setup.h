/*
 * encoder_setup.h - which encoder, pixel format, options and containers belong to a codec.
 *
 * Encoders are set so that equal input gives equal bytes on every machine: no dates, no host
 * dependent thread counts where the stream depends on them.
 */
#ifndef ORA_ENCODER_SETUP_H
#define ORA_ENCODER_SETUP_H

#include <libavcodec/avcodec.h>

#include "media/video_writer.h"

/* By the path where params->codec is AUTO. ORATOR_E_INVALID where the path does not tell. */
orator_status ora_codec_choose(ora_codec *out, const ora_video_writer_params *params);

bool ora_codec_is_sequence(ora_codec c);
bool ora_codec_has_alpha(ora_codec c);

/* How a movie is encoded: everything decided. */
typedef struct ora_encoder_plan {
    ora_codec codec;
    const char *encoder; /* name in libav*            */
    enum AVPixelFormat format;
    ora_colour colour; /* complete                  */
    int32_t bits;
} ora_encoder_plan;

/*
 *   ORATOR_E_INVALID  parameters that do not go together
 *   ORATOR_E_WRITE    the encoder is missing in this FFmpeg
 */
orator_status ora_encoder_plan_make(ora_encoder_plan *out, const ora_video_writer_params *params);

/* Open the encoder; *out is owned (avcodec_free_context()). `wants_header`: the container's flag. */
orator_status ora_encoder_open(AVCodecContext **out, const ora_encoder_plan *plan,
                               const ora_video_writer_params *params, bool wants_header);

#endif /* ORA_ENCODER_SETUP_H */
