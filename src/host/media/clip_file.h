/*
 * clip_file.h - a media file opened for demultiplexing with libavformat.
 *
 * The file is all that is read: whatever it names (playlists, external media) is refused.
 */
#ifndef ORA_CLIP_FILE_H
#define ORA_CLIP_FILE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "core/rational.h"
#include "media/container_extent.h"
#include "media/media_file.h"
#include "orator/context.h"
#include "orator/status.h"

typedef struct ora_clip_file {
    ora_media_file file;
    AVFormatContext *format; /* owned */
    ora_container_extent extent;
    bool is_picture;     /* a still picture, not a movie */
    const char *path;    /* borrowed */
    orator_context *ctx; /* borrowed */
} ora_clip_file;

/*
 * Open `path` and find its streams. The object must not move while open; start from a zeroed one
 * with file.fd = -1. max_pixels bounds the pictures looked at.
 *   ORATOR_E_IO, ORATOR_E_FORMAT (empty, not media, damaged, no index), ORATOR_E_NOMEM
 *   ORATOR_E_UNSUPPORTED  pictures too large
 */
orator_status ora_clip_file_open(ora_clip_file *c, orator_context *ctx, const char *path,
                                 int32_t max_pixels);
void ora_clip_file_close(ora_clip_file *c);

/*
 * The stream of moving pictures: the one flagged as default, else the first; attached pictures do
 * not count. -1 where there is none.
 */
int ora_clip_file_video(const ora_clip_file *c);

/* Stream index of the n-th sound stream, -1 where there is none. */
int ora_clip_file_audio(const ora_clip_file *c, int32_t n);

/* Only packets of this stream come from now on. */
void ora_clip_file_select(ora_clip_file *c, int stream);

/*
 * Decoder for a stream, opened. *codec is owned (avcodec_free_context()).
 *   ORATOR_E_UNSUPPORTED  no decoder in this FFmpeg
 */
orator_status ora_clip_file_decoder(AVCodecContext **codec, const ora_clip_file *c, int stream,
                                    int32_t max_pixels);

/*
 * Next packet of the selected stream; *got is false at the end of the file.
 *   ORATOR_E_FORMAT  the file is cut or damaged here
 */
orator_status ora_clip_file_read(ora_clip_file *c, AVPacket *packet, bool *got);

/* "declares 1000 bytes but has 900"; the error at the end of a cut file. */
orator_status ora_clip_file_fail_cut(const ora_clip_file *c, int64_t n_given, const char *what);

/* ticks * time_base as an exact time; {0, 0} for AV_NOPTS_VALUE. */
ora_rational ora_av_time(int64_t ticks, AVRational time_base);
ora_rational ora_av_rational(AVRational q);

#endif /* ORA_CLIP_FILE_H */
