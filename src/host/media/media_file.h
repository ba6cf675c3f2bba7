/*
 * media_file.h - one regular file as the input of libav* and libsndfile.
 *
 * Folders, pipes and devices are refused before anything is read, so no name can make a reader hang.
 */
#ifndef ORA_MEDIA_FILE_H
#define ORA_MEDIA_FILE_H

#include <libavformat/avio.h>
#include <stdint.h>

#include "orator/status.h"

/*
 * Descriptor of the regular file `path`, to be closed by the caller with close(); -1 on failure.
 *   ORATOR_E_IO      missing, unreadable, not a regular file
 *   ORATOR_E_FORMAT  empty
 */
orator_status ora_media_descriptor(int *fd, int64_t *size_bytes, const char *path);

typedef struct ora_media_file {
    int fd;
    int64_t size_bytes, at; /* `at`: next byte libav* reads                          */
    AVIOContext *io;        /* owned; for AVFormatContext.pb                         */
} ora_media_file;

/* Start from {.fd = -1}. Errors of ora_media_descriptor(), ORATOR_E_NOMEM. */
orator_status ora_media_file_open(ora_media_file *f, const char *path);
void ora_media_file_close(ora_media_file *f);

#endif /* ORA_MEDIA_FILE_H */
