/*
 * video_reader.h - frames of any clip with their exact times, over libav*.
 *
 * Times are rational seconds on the clip's own clock, the same for picture and sound: a video
 * stream that starts at 0.080 s gives its first frame at 2/25 s. Pictures come upright (rotation
 * applied), as full-range RGB or RGBA in the clip's own primaries and transfer, converted with the
 * clip's matrix and range. Also reads image sequences given as a pattern ("f.%04d.png") and single
 * pictures.
 *
 * Threads: one reader, one thread. libav* may use threads of its own.
 */
#ifndef ORA_VIDEO_READER_H
#define ORA_VIDEO_READER_H

#include "core/image.h"
#include "core/rational.h"
#include "core/timecode.h"
#include "orator/context.h"
#include "orator/status.h"

typedef struct ora_sound_info {
    int32_t stream; /* index in the container */
    char codec[32];
    int32_t rate_hz, channels, bits; /* bits of PCM, else 0 */
    ora_rational start_sec, duration_sec;
} ora_sound_info;

enum { ORA_SOUND_MAX = 16 };

/* What the container and the first packets declare; media/clip_timing.h measures the truth. */
typedef struct ora_video_info {
    char container[32], codec[32], pixel_format[32];
    int32_t width, height;             /* upright pixels                                      */
    int32_t coded_width, coded_height; /* as stored                                           */
    int32_t rotation_deg;              /* 0, 90, 180, 270 clockwise, already applied          */
    bool is_mirrored;                  /* left-right after the rotation, already applied      */
    ora_rational sample_aspect;        /* 1/1 for square pixels                               */
    int32_t bits;                      /* per component                                       */
    bool has_alpha, is_rgb;
    ora_colour colour;         /* as tagged                                           */
    ora_colour colour_used;    /* completed, as used in the conversion                */
    bool is_colour_guessed;    /* colour_used differs from colour                     */
    ora_rational rate;         /* declared; {0, 0} unknown                            */
    ora_rational start_sec;    /* of the first frame                                  */
    ora_rational duration_sec; /* declared; {0, 0} unknown                            */
    int64_t n_frames;          /* declared; 0 unknown                                 */
    ora_timecode timecode;     /* of the first frame                                  */
    int64_t first_number;      /* number of the first file of a sequence, else 0      */
    int32_t n_sounds;
    ora_sound_info sounds[ORA_SOUND_MAX];
} ora_video_info;

typedef struct ora_video_frame {
    ora_image image;       /* owned by the caller's ora_video_frame, reused by each call     */
    int64_t index;         /* 0, 1, 2 in presentation order                                  */
    ora_rational time_sec; /* presentation time on the clip's clock                          */
    bool is_damaged;       /* the decoder concealed errors                                   */
} ora_video_frame;

typedef struct ora_video_reader ora_video_reader;

typedef struct ora_video_reader_params {
    ora_sample sample; /* default U8; U16 keeps 10, 12 and 16 bit whole                */
    ora_rational rate; /* of an image sequence; default {0, 0} = its own (EXR), else 25       */
    const ora_colour *colour; /* overrides the tags where it is specified; default NULL       */
    int32_t max_pixels;       /* refuse larger pictures; default 2^28                         */
} ora_video_reader_params;

ora_video_reader_params ora_video_reader_params_default(void);

/*
 * Open a clip with a video stream (attached cover art does not count). Logs a warning for untagged
 * colour, rotation and non-square pixels. `ctx` is borrowed until close.
 *   ORATOR_E_IO           missing, unreadable
 *   ORATOR_E_FORMAT       not a media file, empty, no video stream, damaged header
 *   ORATOR_E_UNSUPPORTED  no decoder in this FFmpeg, too large
 */
orator_status ora_video_reader_open(ora_video_reader **out, orator_context *ctx, const char *path,
                                    const ora_video_reader_params *params);
const ora_video_info *ora_video_reader_info(const ora_video_reader *r);

/*
 * Next frame in presentation order. *got is false at the end. Allocates nothing once warm.
 *   ORATOR_E_FORMAT  the clip ends in the middle of data it declares (truncated), or nothing in it
 *                    decodes; frames given so far stay valid
 */
orator_status ora_video_reader_next(ora_video_reader *r, ora_video_frame *f, bool *got);

/* Back to the first frame. */
orator_status ora_video_reader_rewind(ora_video_reader *r);
void ora_video_frame_clear(ora_video_frame *f);
void ora_video_reader_close(ora_video_reader **r);

#endif /* ORA_VIDEO_READER_H */
