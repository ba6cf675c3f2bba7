/*
 * sound_mux_impl.h - the inside of the sound of a movie: sound_mux.c copies packets, or hands them
 * to sound_transcode.c.
 */
#ifndef ORA_SOUND_MUX_IMPL_H
#define ORA_SOUND_MUX_IMPL_H

#include <libavutil/audio_fifo.h>
#include <libswresample/swresample.h>

#include "media/clip_file.h"
#include "media/sound_mux.h"

enum { ORA_SOUND_MAX_PIXELS = 1 << 28 /* of pictures beside the sound */ };

struct ora_sound_mux {
    orator_context *ctx;
    AVFormatContext *to;
    const ora_sound_source *source;
    const char *name;
    ora_clip_file clip;
    int i_stream;
    AVStream *from, *stream;
    AVPacket *packet;
    bool is_copy, has_packet; /* `packet` waits to be written (copy)              */
    bool is_started, is_ended;
    ora_rational end_sec; /* of the sound, after the first frame              */

    AVCodecContext *decoder, *encoder;
    SwrContext *resampler; /* NULL where samples stay as they are              */
    AVAudioFifo *fifo;     /* samples of the encoder's format, [n_encoded ...) */
    AVFrame *decoded, *converted, *chunk;
    int64_t skip;     /* samples of the source still to drop              */
    bool is_held;     /* `decoded` waits for the silence before it        */
    int64_t silence;  /* samples of the source still to put before it     */
    int64_t n_source; /* samples of the source since first_sec            */
    ora_rational first_sec;
    int64_t n_encoded; /* samples given to the encoder                     */
    int64_t delay;     /* of the encoder, added to its time stamps         */
};

bool ora_sound_is_pcm(enum AVCodecID id);

/* True where the deliverable is libav*'s container `format`. */
bool ora_sound_is_into(const ora_sound_mux *s, const char *format);
orator_status ora_sound_no_memory(const ora_sound_mux *s);

/* s->packet, with times in `time_base`, into the movie. ORATOR_E_WRITE. */
orator_status ora_sound_write_packet(ora_sound_mux *s, AVRational time_base);

/* Decoder, encoder and what stands between them; s->stream is set up. */
orator_status ora_sound_transcode_open(ora_sound_mux *s);

/* Samples up to `want`, whole chunks only unless this is the end. */
orator_status ora_sound_transcode_until(ora_sound_mux *s, int64_t want, bool is_last);

/* What the encoder still holds. */
orator_status ora_sound_transcode_flush(ora_sound_mux *s);
void ora_sound_transcode_close(ora_sound_mux *s);

#endif /* ORA_SOUND_MUX_IMPL_H */
