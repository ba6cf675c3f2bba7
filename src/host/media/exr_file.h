/*
 * exr_file.h - OpenEXR scan-line files with layers, over OpenEXR's C core.
 */
#ifndef ORA_EXR_FILE_H
#define ORA_EXR_FILE_H

#include "core/image.h"
#include "core/rational.h"
#include "core/timecode.h"
#include "orator/status.h"

/* One layer: channels "R","G","B","A" or, named, "layer.R"... From a float image, linear light. */
typedef struct ora_exr_layer {
    const char *name;       /* NULL or "" = the main layer; "depth" with 1 channel -> "depth.Z"   */
    const ora_image *image; /* F32, same size for all; alpha premultiplied                      */
    bool is_float;          /* 32-bit channels; default half                                     */
    bool is_channel;        /* `name` is that of the only channel, "alpha.head"                  */
} ora_exr_layer;

typedef struct ora_exr_params {
    const ora_exr_layer *layers;
    int32_t n_layers;
    ora_rational rate;        /* framesPerSecond; {0,0} = not written                             */
    ora_timecode timecode;    /* timeCode                                                         */
    int32_t primaries;        /* chromaticities                                                   */
    const char *const *texts; /* [2 * n_texts] name, value string attributes                    */
    int32_t n_texts;
} ora_exr_params;

/*
 * ZIP16, increasing y, published atomically. Same input, same bytes. Layers of 1, 2, 3, 4 channels
 * become Y, YA, RGB, RGBA. Halves beyond +-65504 become that, NaN stays NaN.
 *   ORATOR_E_INVALID  layers of different sizes, not float, straight alpha, doubled names, a
 *                     channel with more than one
 *   ORATOR_E_WRITE, ORATOR_E_NOMEM
 */
orator_status ora_exr_write(const char *path, const ora_exr_params *params);

/* Names and shapes of what is in a file. */
typedef struct ora_exr_info {
    int32_t width, height, n_parts, n_channels;
    char **channels; /* [n_channels] "layer.R", owned */
    bool has_chromaticities;
    float chromaticities[4][2]; /* R, G, B, white: x, y */
    ora_rational rate;
    ora_timecode timecode;
    char compression[16];
} ora_exr_info;

orator_status ora_exr_read_info(ora_exr_info *out, const char *path);
void ora_exr_info_clear(ora_exr_info *i);

/*
 * One layer as F32; linear, premultiplied, of the size of the display window: what the data window
 * leaves out is 0. `layer` NULL or "" is the main one. Channels R, G, B (a missing one is 0) or Y,
 * with A where there is one; else the layer's only channel, or the channel of that whole name.
 *   ORATOR_E_IO, ORATOR_E_FORMAT, ORATOR_E_UNSUPPORTED (deep, tiled, multi-part beyond the first)
 */
orator_status ora_exr_read(ora_image *out, const char *path, const char *layer);

/* The same from memory; `name` is for messages. */
orator_status ora_exr_parse_info(ora_exr_info *out, const void *bytes, size_t n, const char *name);
orator_status ora_exr_parse(ora_image *out, const void *bytes, size_t n, const char *name,
                            const char *layer);

#endif /* ORA_EXR_FILE_H */
