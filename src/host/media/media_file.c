#include "media/media_file.h"

#include <errno.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "base/input_file.h"
#include "base/status_impl.h"

enum { BUFFER_BYTES = 1 << 16 };

orator_status ora_media_descriptor(int *fd, int64_t *size_bytes, const char *path)
{
    uint64_t n_bytes = 0;
    orator_status st = ora_input_file_descriptor(fd, &n_bytes, path);

    *size_bytes = (int64_t)n_bytes;
    if (st == ORATOR_OK && n_bytes == 0) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' is empty", path);
        (void)close(*fd);
        *fd = -1;
    }
    return st;
}

static int read_bytes(void *opaque, uint8_t *out, int n)
{
    ora_media_file *f = opaque;
    const ssize_t got = pread(f->fd, out, (size_t)n, (off_t)f->at);

    if (got < 0)
        return AVERROR(errno);
    if (got == 0)
        return AVERROR_EOF;
    f->at += got;
    return (int)got;
}

static int64_t seek_to(void *opaque, int64_t offset, int whence)
{
    ora_media_file *f = opaque;
    int64_t target;

    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return f->size_bytes;
    case SEEK_SET:
        target = offset;
        break;
    case SEEK_CUR:
        target = f->at + offset;
        break;
    case SEEK_END:
        target = f->size_bytes + offset;
        break;
    default:
        return AVERROR(EINVAL);
    }
    if (target < 0)
        return AVERROR(EINVAL);
    f->at = target;
    return target;
}

orator_status ora_media_file_open(ora_media_file *f, const char *path)
{
    orator_status st;
    unsigned char *buffer = NULL;

    *f = (ora_media_file){.fd = -1};
    ORA_TRY(ora_media_descriptor(&f->fd, &f->size_bytes, path));
    buffer = av_malloc(BUFFER_BYTES);
    if (buffer)
        f->io = avio_alloc_context(buffer, BUFFER_BYTES, 0, f, read_bytes, NULL, seek_to);
    if (!f->io) {
        av_free(buffer);
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
    }

done:
    if (st != ORATOR_OK)
        ora_media_file_close(f);
    return st;
}

void ora_media_file_close(ora_media_file *f)
{
    if (f->io) {
        av_freep(&f->io->buffer); /* libav* may have replaced ours */
        avio_context_free(&f->io);
    }
    if (f->fd >= 0)
        (void)close(f->fd);
    *f = (ora_media_file){.fd = -1};
}
