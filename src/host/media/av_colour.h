/*
 * av_colour.h - colour tags of libav* frames, streams and codecs as ora_colour; the codes are equal.
 */
#ifndef ORA_AV_COLOUR_H
#define ORA_AV_COLOUR_H

#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>

#include "core/colour.h"

ora_colour ora_av_colour_of_frame(const AVFrame *f);
ora_colour ora_av_colour_of_stream(const AVCodecParameters *p);

/* `first` where it is specified, else `second`, for each of the four. */
ora_colour ora_av_colour_merge(ora_colour first, ora_colour second);

void ora_av_colour_tag_frame(AVFrame *f, ora_colour c);
void ora_av_colour_tag_codec(AVCodecContext *codec, ora_colour c);

/* Weights of red and blue in luma (H.273 table 4); false for matrices that are not of this kind. */
bool ora_av_colour_luma_weights(double *kr, double *kb, int32_t matrix);

#endif /* ORA_AV_COLOUR_H */
