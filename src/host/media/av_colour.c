#include "media/av_colour.h"

ora_colour ora_av_colour_of_frame(const AVFrame *f)
{
    return (ora_colour){(int32_t)f->color_primaries, (int32_t)f->color_trc, (int32_t)f->colorspace,
                        (ora_colour_range)f->color_range};
}

ora_colour ora_av_colour_of_stream(const AVCodecParameters *p)
{
    return (ora_colour){(int32_t)p->color_primaries, (int32_t)p->color_trc, (int32_t)p->color_space,
                        (ora_colour_range)p->color_range};
}

/* 0 and 3 are reserved in primaries and transfer, 3 in matrix; files carry them all the same. */
static bool is_specified(int32_t code, int32_t lowest)
{
    return code >= lowest && code != ORA_COLOUR_UNSPECIFIED && code != 3;
}

ora_colour ora_av_colour_merge(ora_colour first, ora_colour second)
{
    ora_colour c = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                    ORA_RANGE_UNSPECIFIED};
    const ora_colour from[2] = {second, first};

    for (int i = 0; i < 2; i++) {
        if (is_specified(from[i].primaries, 1))
            c.primaries = from[i].primaries;
        if (is_specified(from[i].transfer, 1))
            c.transfer = from[i].transfer;
        if (is_specified(from[i].matrix, 0))
            c.matrix = from[i].matrix;
        if (from[i].range != ORA_RANGE_UNSPECIFIED)
            c.range = from[i].range;
    }
    return c;
}

void ora_av_colour_tag_frame(AVFrame *f, ora_colour c)
{
    f->color_primaries = (enum AVColorPrimaries)c.primaries;
    f->color_trc = (enum AVColorTransferCharacteristic)c.transfer;
    f->colorspace = (enum AVColorSpace)c.matrix;
    f->color_range = (enum AVColorRange)c.range;
}

void ora_av_colour_tag_codec(AVCodecContext *codec, ora_colour c)
{
    codec->color_primaries = (enum AVColorPrimaries)c.primaries;
    codec->color_trc = (enum AVColorTransferCharacteristic)c.transfer;
    codec->colorspace = (enum AVColorSpace)c.matrix;
    codec->color_range = (enum AVColorRange)c.range;
}

bool ora_av_colour_luma_weights(double *kr, double *kb, int32_t matrix)
{
    static const struct {
        int32_t code;
        double kr, kb;
    } rows[] = {
        {1, 0.2126, 0.0722}, {4, 0.30, 0.11},   {5, 0.299, 0.114},
        {6, 0.299, 0.114},   {7, 0.212, 0.087}, {9, 0.2627, 0.0593},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == matrix) {
            *kr = rows[i].kr;
            *kb = rows[i].kb;
            return true;
        }
    return false;
}
