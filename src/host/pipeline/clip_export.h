/*
 * clip_export.h - a clip in, a deliverable out: frame ranges, rate, colour, sound, time code.
 */
#ifndef ORA_CLIP_EXPORT_H
#define ORA_CLIP_EXPORT_H

#include "media/video_writer.h"
#include "orator/context.h"
#include "orator/status.h"

typedef struct ora_clip_export_params {
    const char *in;       /* clip, image sequence pattern                             */
    const char *out;      /* movie or pattern                                         */
    ora_codec codec;      /* default AUTO                                             */
    const char *frames;   /* "1001-1100x2" in the shot's own numbers; NULL = all      */
    int64_t first_number; /* number of the clip's first frame; -1 = as the plate says, else 0 */
    ora_rational rate;    /* {0,0} = the clip's own (variable: its nearest standard)  */
    int32_t bits;         /* 0 = the codec's usual                                    */
    double quality;
    const ora_colour *colour;    /* target; NULL = as the source                             */
    const ora_colour *colour_in; /* what an untagged source is; NULL = guess and warn        */
    bool skip_existing;          /* sequences: leave frames that are there alone             */
    bool no_sound;
    const char *sound; /* sound from elsewhere; NULL = the clip's first stream     */
} ora_clip_export_params;

ora_clip_export_params ora_clip_export_params_default(void);

typedef struct ora_clip_export_result {
    int64_t n_frames, n_skipped, n_repeated, n_dropped;
    ora_rational rate, duration_sec;
    bool has_sound; /* a movie was written with one */
} ora_clip_export_result;

/* Errors of the reader and of the writer; ORATOR_E_CANCELLED leaves no partial file. */
orator_status ora_clip_export(ora_clip_export_result *out, orator_context *ctx,
                              const ora_clip_export_params *params);

#endif /* ORA_CLIP_EXPORT_H */
