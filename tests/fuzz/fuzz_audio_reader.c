/*
 * fuzz_audio_reader.c - bytes as a sound file, of a few containers only.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "media/audio_reader.h"
#include "media/av_error.h"
#include "support/fuzz_target.h"

enum { MAX_BYTES = 1 << 16, MAX_READS = 64, PIECE = 1000 };

static int is_wanted(const uint8_t *data, size_t n)
{
    static const char *const magic[] = {"RIFF", "FORM", "fLaC", "OggS"};

    if (n < 12 || n > MAX_BYTES)
        return 0;
    for (size_t i = 0; i < 4; i++)
        if (memcmp(data, magic[i], 4) == 0)
            return 1;
    return memcmp(data + 4, "ftyp", 4) == 0;
}

static void read_samples(const char *path)
{
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    float piece[PIECE];
    int64_t n = 1;

    if (ora_audio_reader_open(&r, NULL, path, &p) == ORATOR_OK)
        for (int i = 0; i < MAX_READS && n > 0; i++)
            if (ora_audio_reader_read(r, piece, PIECE, &n) != ORATOR_OK)
                break;
    ora_audio_reader_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[64];
    int fd;

    ora_av_log_quiet();
    if (!is_wanted(data, n))
        return 0;
    fd = memfd_create("sound", 0);
    if (fd >= 0 && write(fd, data, n) == (ssize_t)n) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        read_samples(path);
    }
    if (fd >= 0)
        (void)close(fd);
    return 0;
}
