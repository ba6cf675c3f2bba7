/*
 * make_clip.h - small clips with known content, written with libav for the tests.
 *
 *     make_clip_spec s = make_clip_spec_default();
 *     s.codec = "ffv1";
 *     s.pixel_format = "yuv420p10le";
 *     s.n_frames = 12;
 *     make_clip(test_path("clip.mkv"), &s);
 *
 * The running case fails where the clip cannot be written; make_clip_can() tells beforehand whether
 * this FFmpeg has the encoder.
 */
#ifndef ORA_MAKE_CLIP_H
#define ORA_MAKE_CLIP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/colour.h"
#include "core/rational.h"

/*
 * Code value of one component of one pixel, in the pixel format's own depth: component 0 is Y, R or
 * grey; then U V or G B; the last is alpha where there is one. x, y count in the component's own
 * plane (subsampled for chroma).
 */
typedef int make_clip_paint(void *user, int64_t frame, int component, int x, int y);

/* Sample of one channel, -1..1; i counts from the start of the sound. */
typedef float make_clip_sound(void *user, int64_t i, int channel);

typedef struct make_clip_spec {
    const char *codec;          /* encoder name; default "ffv1"; NULL = no picture              */
    const char *pixel_format;   /* default "yuv420p"                                            */
    const char *options;        /* of the encoder, "crf=20:preset=ultrafast"; default NULL      */
    int width, height;          /* default 64 x 48                                              */
    int64_t n_frames;           /* default 10                                                   */
    ora_rational rate;          /* declared; default 25                                         */
    ora_rational time_base;     /* of pts; default {0, 0} = 1 / rate                            */
    const int64_t *pts;         /* [n_frames] in time_base; default NULL = 0, 1, 2 ...          */
    ora_rational start_sec;     /* added to every picture time; default 0                       */
    ora_colour colour;          /* tags; default all unspecified                                */
    int rotation_deg;           /* clockwise turn a player shall apply; default 0               */
    bool is_mirrored;           /* and left-right mirroring after it                            */
    ora_rational sample_aspect; /* default {0, 0} = untagged                                  */
    const char *timecode;       /* of a tmcd track or tag; default NULL                       */
    int n_b_frames;             /* default -1 = the encoder's own choice                      */
    make_clip_paint *paint;     /* default make_clip_paint_noise                              */
    const char *audio_codec;    /* default NULL = no sound                                    */
    int audio_rate_hz;          /* default 48000                                              */
    int audio_channels;         /* default 1                                                  */
    int64_t n_samples;          /* default 0 = as long as the picture                         */
    ora_rational audio_start_sec;
    make_clip_sound *sound; /* default silence                                            */
    void *user;             /* handed to paint and sound                                  */
} make_clip_spec;

make_clip_spec make_clip_spec_default(void);

/* True when this FFmpeg has the encoder. */
bool make_clip_can(const char *encoder);

/* Write the clip; the container is chosen by the extension. */
void make_clip(const char *path, const make_clip_spec *spec);

/* Mid-range noise that differs in every frame; never a repeat, never a cut. */
make_clip_paint make_clip_paint_noise;

/* A claps track: silence with one sample of 1.0 at each whole second. `user` is an int64_t rate. */
make_clip_sound make_clip_sound_claps;

/* Keep the first n bytes of a file. */
void make_clip_cut_file(const char *path, int64_t n_bytes);
int64_t make_clip_file_size(const char *path);

#endif /* ORA_MAKE_CLIP_H */
