/*
 * picture_sequence.h - the files of an image sequence, or one picture, as packets for a decoder.
 */
#ifndef ORA_PICTURE_SEQUENCE_H
#define ORA_PICTURE_SEQUENCE_H

#include <libavcodec/packet.h>
#include <stdint.h>

#include "core/frame_range.h"
#include "orator/status.h"

typedef struct ora_picture_sequence {
    ora_frame_pattern pattern; /* owned; empty for one picture                    */
    char *single;              /* owned; path of one picture, else NULL           */
    int64_t *numbers;          /* [n] owned, ascending; gaps are missing pictures */
    int64_t n;
} ora_picture_sequence;

/*
 * Every file of the pattern's folder that fits the pattern; a path without a frame token is one
 * picture with number 0. Start from a zeroed object.
 *   ORATOR_E_IO  no folder, no such file
 */
orator_status ora_picture_sequence_open(ora_picture_sequence *s, const char *path);
void ora_picture_sequence_close(ora_picture_sequence *s);

/* Path of picture i, owned (free()); NULL only when out of memory. */
char *ora_picture_sequence_path(const ora_picture_sequence *s, int64_t i);

/* The whole of file i. ORATOR_E_IO, ORATOR_E_FORMAT (empty, larger than 2 GiB), ORATOR_E_NOMEM. */
orator_status ora_picture_sequence_read(const ora_picture_sequence *s, int64_t i, AVPacket *packet);

#endif /* ORA_PICTURE_SEQUENCE_H */
