/*
 * field_render.h - a trained field and a motion track in, pictures out.
 *
 * Frame i of the shot is at i / rate seconds of the track; the shot has round(duration x rate)
 * frames. One engine, frames in order, memory for one frame at a time. A frame depends on its number
 * alone, so ranges put together are the whole byte for byte.
 */
#ifndef ORA_FIELD_RENDER_H
#define ORA_FIELD_RENDER_H

#include "field/shot_path.h"
#include "media/video_writer.h"
#include "orator/context.h"
#include "orator/device.h"

enum { ORA_PASS_COLOUR = 1u, ORA_PASS_ALPHA = 2u, ORA_PASS_DEPTH = 4u };

typedef struct ora_field_render_params {
    const char *model;  /* model folder or field.safetensors                            */
    const char *motion; /* NAME.json                                                    */
    const char *out;    /* movie or pattern                                             */
    const char *pose;   /* "plate", "fixed", or poses.npy: [T][4][4] or [T][3][4], one for
                                 each frame of the track                                      */
    ora_torso_source torso;
    const char *background; /* NULL = the field's plate, "none", or a picture               */
    unsigned passes;        /* 0 = colour, and alpha where there is no background           */
    const char *frames;     /* "1001-1100x2"; NULL = all                                    */
    int64_t first_number;   /* of the shot's first frame                                    */
    ora_rational rate;      /* {0, 0} = the training clip's                                 */
    int32_t width, height;  /* 0, 0 = the training size                                     */
    int32_t n_samples;      /* of a ray, 1..16                                              */
    int32_t n_supersample;  /* n x n rays where coverage changes, 1..4                      */
    double clamp;           /* of motion, standard deviations; 0 = none                     */
    ora_codec codec;
    int32_t bits; /* 0 = the codec's usual                                        */
    double quality;
    bool skip_existing;
    bool allow_empty;  /* render a field that shows no head */
    const char *sound; /* its first sample meets frame 0 of the shot; NULL = none      */
    orator_device device;
    const char *cpu_mask;
} ora_field_render_params;

ora_field_render_params ora_field_render_params_default(void);

typedef struct ora_field_render_result {
    int64_t n_frames, n_skipped; /* written, there already                                    */
    int64_t n_shot_frames;       /* round(duration x rate)                                    */
    int64_t n_bridged;           /* frames where the plate has no pose                        */
    ora_rational rate, duration_sec;
    int32_t width, height;
    ora_torso_source torso; /* what it came to                                                */
    double render_sec;      /* in the engine                                                  */
    double total_sec;       /* with reading and writing                                       */
    bool has_sound, has_alpha;
    char engine[32]; /* "cpu avx2"                                                            */
} ora_field_render_result;

/*
 *   ORATOR_E_INVALID     options that do not go together; a shot longer than its poses
 *   ORATOR_E_IO, ORATOR_E_FORMAT, ORATOR_E_UNSUPPORTED  motion, poses, background or sound
 *   ORATOR_E_CHECKPOINT  a model that is damaged, of a later version, or without a head (unless
 *                        allowed)
 *   ORATOR_E_WRITE, ORATOR_E_DEVICE, ORATOR_E_NOMEM
 *   ORATOR_E_CANCELLED   leaves no partial file
 */
orator_status ora_field_render(ora_field_render_result *out, orator_context *ctx,
                               const ora_field_render_params *params);

/* "colour,alpha,depth" in any order. ORATOR_E_INVALID. */
orator_status ora_render_passes_parse(unsigned *out, const char *text);

/* "1920x1080". ORATOR_E_INVALID. */
orator_status ora_render_size_parse(int32_t *width, int32_t *height, const char *text);

#endif /* ORA_FIELD_RENDER_H */
