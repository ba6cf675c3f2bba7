/*
 * fuzz_audio_reader.c - bytes as a sound file, of a few containers only.
 */
#include <string.h>

#include <libavutil/mem.h>

#include "media/audio_reader.h"
#include "media/codec_support.h"
#include "support/fuzz_file.h"
#include "support/fuzz_target.h"

enum {
    MAX_BYTES = 1 << 14,
    MAX_READS = 16,
    PIECE = 1000,
    MAX_BLOCK = 1 << 18 /* bytes libav* may ask for at once: headers declare up to 50 MB packets */
};

static int is_wanted(const uint8_t *data, size_t n)
{
    if (n < 44 || n > MAX_BYTES)
        return 0;
    return (memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WAVE", 4) == 0) ||
           (memcmp(data, "FORM", 4) == 0 && memcmp(data + 8, "AIF", 3) == 0) ||
           memcmp(data, "fLaC", 4) == 0 || memcmp(data, "OggS", 4) == 0 ||
           memcmp(data + 4, "ftyp", 4) == 0;
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
    static int is_set_up;
    const char *path = NULL;

    if (!is_wanted(data, n))
        return 0;
    if (!is_set_up) {
        ora_media_quiet_libraries();
        av_max_alloc(MAX_BLOCK);
        is_set_up = 1;
    }
    path = fuzz_file(data, n);
    if (path)
        read_samples(path);
    return 0;
}
