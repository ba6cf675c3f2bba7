#include "media/picture_tags.h"

#include <stdlib.h>

#include "media/exr_file.h"
#include "media/png_file.h"

static void read_png(ora_picture_tags *out, const char *path)
{
    ora_image image = {0};

    if (ora_png_read(&image, path) == ORATOR_OK) {
        out->colour.primaries = image.colour.primaries;
        out->colour.transfer = image.colour.transfer;
    }
    ora_image_clear(&image);
}

static void read_exr(ora_picture_tags *out, const char *path)
{
    ora_exr_info info = {0};

    if (ora_exr_read_info(&info, path) == ORATOR_OK) {
        if (info.has_chromaticities)
            out->colour.primaries = ora_colour_primaries_of((const float(*)[2])info.chromaticities);
        out->rate = info.rate;
        out->timecode = info.timecode;
    }
    ora_exr_info_clear(&info);
}

void ora_picture_tags_read(ora_picture_tags *out, const ora_picture_sequence *s,
                           enum AVCodecID codec)
{
    char *path = NULL;

    *out = (ora_picture_tags){.colour = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                                         ORA_COLOUR_UNSPECIFIED, ORA_RANGE_UNSPECIFIED}};
    if (!s || (codec != AV_CODEC_ID_PNG && codec != AV_CODEC_ID_EXR))
        return;
    path = ora_picture_sequence_path(s, 0);
    if (path && codec == AV_CODEC_ID_PNG)
        read_png(out, path);
    else if (path)
        read_exr(out, path);
    free(path);
}
