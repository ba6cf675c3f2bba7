#include "media/picture_sequence.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/media_file.h"

/* what av_new_packet() adds */
enum { PADDING_BYTES = 64 };

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Numbers of the files that fit; a number written in two ways ("1", "01") counts once. */
static orator_status collect(ora_picture_sequence *s, char **names, size_t n_names,
                             const char *pattern)
{
    const int n_folder = (int)(ora_path_name(pattern) - pattern);
    orator_status st = ORATOR_OK;
    int64_t n = 0;

    s->numbers = calloc(n_names + 1, sizeof *s->numbers);
    if (!s->numbers)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a sequence of %zu files", n_names);
    for (size_t i = 0; i < n_names; i++) {
        char *path = ora_text_format("%.*s%s", n_folder, pattern, names[i]);

        if (!path)
            return ora_fail(ORATOR_E_NOMEM, "no memory for a sequence");
        if (ora_frame_pattern_match(&s->numbers[n], &s->pattern, path))
            n++;
        free(path);
    }
    qsort(s->numbers, (size_t)n, sizeof *s->numbers, by_number);
    for (int64_t i = 0; i < n; i++)
        if (s->n == 0 || s->numbers[s->n - 1] != s->numbers[i])
            s->numbers[s->n++] = s->numbers[i];
    return st;
}

orator_status ora_picture_sequence_open(ora_picture_sequence *s, const char *path)
{
    orator_status st = ORATOR_OK;
    char **names = NULL;
    char *folder = NULL;
    size_t n_names = 0;

    *s = (ora_picture_sequence){0};
    if (!ora_frame_pattern_is(path)) {
        s->single = ora_text_copy(path);
        s->numbers = calloc(1, sizeof *s->numbers);
        s->n = 1;
        if (!s->single || !s->numbers)
            st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    ORA_TRY(ora_frame_pattern_parse(&s->pattern, path));
    folder = ora_path_folder(path);
    if (!folder) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    ORA_TRY(ora_folder_list(&names, &n_names, folder));
    ORA_TRY(collect(s, names, n_names, path));
    if (s->n == 0)
        st = ora_fail(ORATOR_E_IO, "no file fits the pattern '%s'", path);

done:
    ora_names_free(names, n_names);
    free(folder);
    if (st != ORATOR_OK)
        ora_picture_sequence_close(s);
    return st;
}

void ora_picture_sequence_close(ora_picture_sequence *s)
{
    ora_frame_pattern_clear(&s->pattern);
    free(s->single);
    free(s->numbers);
    *s = (ora_picture_sequence){0};
}

char *ora_picture_sequence_path(const ora_picture_sequence *s, int64_t i)
{
    return s->single ? ora_text_copy(s->single)
                     : ora_frame_pattern_path(&s->pattern, s->numbers[i]);
}

orator_status ora_picture_sequence_read(const ora_picture_sequence *s, int64_t i, AVPacket *packet)
{
    orator_status st;
    char *path = ora_picture_sequence_path(s, i);
    int64_t size = 0, done_bytes = 0;
    int fd = -1;

    av_packet_unref(packet);
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a file name");
    ORA_TRY(ora_media_descriptor(&fd, &size, path));
    if (size > INT32_MAX - PADDING_BYTES) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has %lld bytes, too many for a picture", path,
                      (long long)size);
        goto done;
    }
    if (av_new_packet(packet, (int)size) < 0) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for %lld bytes", path, (long long)size);
        goto done;
    }
    while (done_bytes < size) {
        const ssize_t got = read(fd, packet->data + done_bytes, (size_t)(size - done_bytes));

        if (got <= 0) {
            st = ora_fail(ORATOR_E_IO, "read '%s': short read, wanted %lld bytes", path,
                          (long long)size);
            goto done;
        }
        done_bytes += got;
    }
    packet->pts = packet->dts = i;
    packet->flags |= AV_PKT_FLAG_KEY;

done:
    if (fd >= 0)
        (void)close(fd);
    free(path);
    return st;
}
