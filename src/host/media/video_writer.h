/*
 * video_writer.h - deliverables: movies and image sequences with honest colour, sound and time.
 *
 * Pictures come in as full-range RGB(A); they are converted with the matrix and range of `colour`
 * and tagged with the same values. Files appear complete or not at all.
 *
 * Threads: one writer, one thread.
 */
#ifndef ORA_VIDEO_WRITER_H
#define ORA_VIDEO_WRITER_H

#include "core/frame_range.h"
#include "core/image.h"
#include "core/rational.h"
#include "core/timecode.h"
#include "media/exr_file.h"
#include "orator/context.h"
#include "orator/status.h"

typedef enum ora_codec {
    ORA_CODEC_AUTO = 0, /* by the path: .mp4 H264, .mov PRORES_HQ, .mkv FFV1, .webm VP9, patterns */
    ORA_CODEC_H264,     /* yuv420p 8 bit; yuv444p for odd sizes                              */
    ORA_CODEC_HEVC,     /* 8 or 10 bit                                                       */
    ORA_CODEC_PRORES_HQ,   /* yuv422p10                                                         */
    ORA_CODEC_PRORES_4444, /* yuva444p10 with 16-bit alpha                                     */
    ORA_CODEC_FFV1,        /* lossless RGB(A) 8 or 16 bit                                       */
    ORA_CODEC_VP9,         /* yuv420p or yuva420p                                               */
    ORA_CODEC_PNG,         /* sequence, 8 or 16 bit, straight alpha                             */
    ORA_CODEC_EXR,         /* sequence, half or float, scene-linear, premultiplied              */
    ORA_CODEC_COUNT
} ora_codec;

const char *ora_codec_name(ora_codec c); /* "prores_4444"; static */

/* Sound of the deliverable. */
typedef struct ora_sound_source {
    const char *path;       /* NULL = none. A sound file or a clip; borrowed until commit      */
    int32_t stream;         /* n-th sound stream                                               */
    ora_rational start_sec; /* time on the sound's own clock that meets the first frame        */
} ora_sound_source;

typedef struct ora_video_writer_params {
    const char *path; /* movie, or pattern for a sequence; borrowed until commit         */
    ora_codec codec;
    int32_t width, height;
    ora_rational rate;
    int32_t bits;          /* 8, 10, 16; 0 = the codec's usual                                */
    bool has_alpha;        /* refuse codecs without alpha                                     */
    ora_colour colour;     /* target; unspecified parts are completed: BT.709 or sRGB         */
    double quality;        /* 0..1, default 0.8; codecs without a choice ignore it            */
    int64_t n_frames;      /* that will come: bounds the sound                                */
    int64_t first_number;  /* of the first frame: file names of sequences                     */
    ora_timecode timecode; /* of the first frame; unknown = none written                      */
    ora_sound_source sound;
} ora_video_writer_params;

ora_video_writer_params ora_video_writer_params_default(void);

typedef struct ora_video_writer ora_video_writer;

/*
 *   ORATOR_E_INVALID  size, rate, codec, bits or alpha that do not go together
 *   ORATOR_E_WRITE    folder or file cannot be written, encoder missing in this FFmpeg
 *   ORATOR_E_IO, ORATOR_E_FORMAT  the sound cannot be read
 */
orator_status ora_video_writer_open(ora_video_writer **out, orator_context *ctx,
                                    const ora_video_writer_params *params);

/* Next frame, any sample type; size as declared. ORATOR_E_WRITE, ORATOR_E_INVALID. */
orator_status ora_video_writer_put(ora_video_writer *w, const ora_image *image);

enum { ORA_VIDEO_MORE_LAYERS = 8 };

/*
 * The same with layers beside the picture, at most ORA_VIDEO_MORE_LAYERS, written as they are.
 *   ORATOR_E_INVALID  too many, or a codec other than EXR
 */
orator_status ora_video_writer_put_layers(ora_video_writer *w, const ora_image *image,
                                          const ora_exr_layer *more, int32_t n_more);

/* Flush, mux the sound, sync, rename. Closes *w, on failure too (and then leaves no file). */
orator_status ora_video_writer_commit(ora_video_writer **w);

/* Close without publishing: temporary files are removed. NULL is fine. */
void ora_video_writer_close(ora_video_writer **w);

#endif /* ORA_VIDEO_WRITER_H */
