/*
 * codec_support.h - what the FFmpeg at hand can decode, encode and write of what orator needs.
 *
 * Builds without media (codec_support_none.c) have no libraries and no codecs to list.
 */
#ifndef ORA_CODEC_SUPPORT_H
#define ORA_CODEC_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ora_codec_kind {
    ORA_CODEC_DEMUXER,
    ORA_CODEC_DECODER,
    ORA_CODEC_ENCODER,
    ORA_CODEC_MUXER
} ora_codec_kind;

/* All text static. */
typedef struct ora_codec_support {
    ora_codec_kind kind;
    const char *name;    /* as FFmpeg calls it: "libx264"          */
    const char *purpose; /* what orator needs it for               */
    const char *remedy;  /* how to get it where it is missing      */
    bool is_there;
} ora_codec_support;

typedef struct ora_library_version {
    const char *name; /* "libavcodec", static                     */
    char version[32]; /* of the library that is running, "59.37.100" */
} ora_library_version;

/* True when this build reads and writes video, sound and pictures. */
bool ora_media_built(void);

/* Fill at most `capacity` entries of out [capacity]; returns how many there are. */
size_t ora_media_libraries(ora_library_version *out, size_t capacity);
size_t ora_codec_support_list(ora_codec_support *out, size_t capacity);

/*
 * Leave FFmpeg's own log, which belongs to the whole process, to fatal errors: for programs, at
 * their start. The library itself never calls this.
 */
void ora_media_quiet_libraries(void);

/* "decoder"; static. */
const char *ora_codec_kind_name(ora_codec_kind kind);

#endif /* ORA_CODEC_SUPPORT_H */
