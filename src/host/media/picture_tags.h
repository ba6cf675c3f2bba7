/*
 * picture_tags.h - what the first picture of a sequence says and libav* does not pass on.
 */
#ifndef ORA_PICTURE_TAGS_H
#define ORA_PICTURE_TAGS_H

#include <libavcodec/codec_id.h>

#include "core/colour.h"
#include "core/timecode.h"
#include "media/picture_sequence.h"

typedef struct ora_picture_tags {
    ora_colour colour;     /* unspecified where the file does not say */
    ora_rational rate;     /* EXR's framesPerSecond, else {0, 0}      */
    ora_timecode timecode; /* of the first picture of an EXR sequence */
} ora_picture_tags;

/*
 * cICP, sRGB, cHRM and gAMA of PNG, the attributes of OpenEXR. Nothing is known of other formats,
 * for `s` NULL, and of files that only libav* can read.
 */
void ora_picture_tags_read(ora_picture_tags *out, const ora_picture_sequence *s,
                           enum AVCodecID codec);

#endif /* ORA_PICTURE_TAGS_H */
