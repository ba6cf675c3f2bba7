/*
 * video_reader_impl.h - the inside of the video reader, for its own files and for clip_timing.
 */
#ifndef ORA_VIDEO_READER_IMPL_H
#define ORA_VIDEO_READER_IMPL_H

#include "media/clip_file.h"
#include "media/frame_to_image.h"
#include "media/picture_sequence.h"
#include "media/video_reader.h"

struct ora_video_reader {
    orator_context *ctx; /* borrowed */
    char *path;          /* owned    */
    ora_video_reader_params params;
    ora_colour override; /* params.colour, or all unspecified */
    bool is_pictures;    /* sequence or one picture: `sequence`, else `clip` */
    ora_picture_sequence sequence;
    int64_t next_file;
    ora_clip_file clip;
    int stream;
    AVCodecContext *codec; /* owned */
    AVPacket *packet;      /* owned */
    AVFrame *frame;        /* owned */
    ora_frame_converter *converter;
    bool has_frame;   /* the first frame was decoded at open and waits in `frame` */
    bool is_draining; /* no packet is left                                        */
    orator_status why_ended;
    char why_text[512]; /* why reading stopped before the end */
    int64_t n_given;
    ora_rational last_time;
    bool is_order_warned;
    int coded_width, coded_height;
    ora_video_info info;
};

/*
 * Fill r->info from the container and the first frame, and say what the user should know.
 * *orientation is the one to apply.
 */
void ora_video_info_fill(ora_video_reader *r, ora_orientation *orientation);

/* As ora_video_reader_next(), without a picture; *frame is borrowed until the next call. */
orator_status ora_video_reader_next_raw(ora_video_reader *r, ora_video_frame *f,
                                        const AVFrame **frame, bool *got);

#endif /* ORA_VIDEO_READER_IMPL_H */
