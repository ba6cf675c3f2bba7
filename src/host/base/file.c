#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input_file.h"
#include "base/status_impl.h"
#include "base/text.h"

struct ora_file_writer {
    FILE *f;
    char *path; /* owned */
    char *temp; /* owned */
};

orator_status ora_file_read_all(unsigned char **out, size_t *out_bytes, const char *path,
                                size_t max_bytes)
{
    orator_status st;
    unsigned char *buf = NULL;
    uint64_t n_file = 0;
    FILE *f = NULL;
    size_t size;

    *out = NULL;
    *out_bytes = 0;
    ORA_TRY(ora_input_file_open(&f, &n_file, path));
    if (n_file > max_bytes) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has %llu bytes, want at most %zu", path,
                      (unsigned long long)n_file, max_bytes);
        goto done;
    }
    size = (size_t)n_file;
    buf = malloc(size + 1);
    if (!buf) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for %zu bytes", path, size);
        goto done;
    }
    if (fread(buf, 1, size, f) != size) {
        st = ora_fail(ORATOR_E_IO, "read '%s': %s, wanted %zu bytes", path,
                      ferror(f) ? strerror(errno) : "file became shorter", size);
        goto done;
    }
    buf[size] = 0;
    *out = buf;
    *out_bytes = size;
    buf = NULL;

done:
    free(buf);
    if (f)
        (void)fclose(f);
    return st;
}

static orator_status write_fail(const char *path)
{
    return ora_fail(ORATOR_E_WRITE, "write '%s': %s", path, strerror(errno));
}

/* A device or a pipe must not be replaced by a file: as root, --out /dev/null would do so. */
static orator_status check_replaceable(const char *path)
{
    struct stat info;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return ora_fail(ORATOR_E_WRITE, "write '%s': it exists and is not a regular file", path);
    return ORATOR_OK;
}

/*
 * Open a fresh temporary file for w. A name that is taken belongs to a killed run of a process with
 * our number, which is common in containers.
 */
static orator_status open_temp(ora_file_writer *w)
{
    enum { MAX_TRIES = 1000 };

    for (int i = 0; i < MAX_TRIES && !w->f; i++) {
        free(w->temp);
        w->temp = ora_file_temp_name(w->path);
        if (!w->temp)
            return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", w->path);
        w->f = fopen(w->temp, "wbxe");
        if (!w->f && errno != EEXIST)
            break;
    }
    if (w->f)
        return ORATOR_OK;
    free(w->temp); /* nothing of ours to remove */
    w->temp = NULL;
    return write_fail(w->path);
}

orator_status ora_file_writer_open(ora_file_writer **out, const char *path)
{
    orator_status st;
    ora_file_writer *w = NULL;

    *out = NULL;
    ORA_TRY(check_replaceable(path));
    w = calloc(1, sizeof *w);
    if (w)
        w->path = ora_text_copy(path);
    if (!w || !w->path) {
        st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
        goto done;
    }
    ORA_TRY(open_temp(w));
    *out = w;
    w = NULL;

done:
    ora_file_writer_close(&w);
    return st;
}

orator_status ora_file_writer_put(ora_file_writer *w, const void *bytes, size_t n)
{
    if (n > 0 && fwrite(bytes, 1, n, w->f) != n)
        return write_fail(w->path);
    return ORATOR_OK;
}

orator_status ora_file_writer_patch(ora_file_writer *w, uint64_t offset, const void *bytes,
                                    size_t n)
{
    if (fseeko(w->f, (off_t)offset, SEEK_SET) != 0 || fwrite(bytes, 1, n, w->f) != n ||
        fseeko(w->f, 0, SEEK_END) != 0)
        return write_fail(w->path);
    return ORATOR_OK;
}

/* Rename and sync the folder, without which the rename is not on disk. */
static orator_status rename_for_good(const char *temp, const char *path)
{
    orator_status st = ORATOR_OK;
    char *folder = ora_path_folder(path);
    int fd;

    if (!folder)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    if (rename(temp, path) != 0) {
        st = write_fail(path);
        goto done;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) { /* a folder that cannot be opened or synced is left alone */
        (void)fsync(fd);
        (void)close(fd);
    }

done:
    free(folder);
    return st;
}

orator_status ora_file_writer_commit(ora_file_writer **w)
{
    ora_file_writer *me = *w;
    orator_status st;
    bool failed = ferror(me->f) != 0 || fflush(me->f) != 0 || fsync(fileno(me->f)) != 0;
    const int why = errno;

    if (fclose(me->f) != 0 && !failed)
        failed = true;
    else if (failed)
        errno = why;
    me->f = NULL;
    if (failed)
        st = write_fail(me->path);
    else
        st = rename_for_good(me->temp, me->path);
    if (st == ORATOR_OK) {
        free(me->temp);
        me->temp = NULL;
    }
    ora_file_writer_close(w);
    return st;
}

void ora_file_writer_close(ora_file_writer **w)
{
    ora_file_writer *me = *w;

    if (!me)
        return;
    if (me->f)
        (void)fclose(me->f);
    if (me->temp)
        (void)unlink(me->temp);
    free(me->temp);
    free(me->path);
    free(me);
    *w = NULL;
}

orator_status ora_file_write_all(const char *path, const void *bytes, size_t n)
{
    orator_status st;
    ora_file_writer *w = NULL;

    ORA_TRY(ora_file_writer_open(&w, path));
    ORA_TRY(ora_file_writer_put(w, bytes, n));
    ORA_TRY(ora_file_writer_commit(&w));

done:
    ora_file_writer_close(&w);
    return st;
}

orator_status ora_file_publish(const char *temp, const char *path)
{
    orator_status st;
    int fd = -1;

    ORA_TRY(check_replaceable(path));
    fd = open(temp, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        st = write_fail(path);
    else
        st = rename_for_good(temp, path);

done:
    if (fd >= 0)
        (void)close(fd);
    if (st != ORATOR_OK)
        (void)unlink(temp);
    return st;
}

bool ora_file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

bool ora_file_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool ora_file_is_same(const char *a, const char *b)
{
    struct stat info_a, info_b;

    return stat(a, &info_a) == 0 && stat(b, &info_b) == 0 && info_a.st_dev == info_b.st_dev &&
           info_a.st_ino == info_b.st_ino;
}

char *ora_path_join(const char *dir, const char *name)
{
    const size_t n = strlen(dir);

    return ora_text_format("%s%s%s", dir, n == 0 || dir[n - 1] == '/' ? "" : "/", name);
}

const char *ora_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

const char *ora_path_extension(const char *path)
{
    const char *name = ora_path_name(path);
    const char *dot = strrchr(name, '.');

    return dot && dot != name ? dot : name + strlen(name);
}

char *ora_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ora_text_copy(".");
    if (slash == path)
        return ora_text_copy("/");
    return ora_text_format("%.*s", (int)(slash - path), path);
}
