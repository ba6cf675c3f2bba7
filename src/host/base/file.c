#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
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
        st = ora_fail(ORATOR_E_IO, "read '%s': short read, wanted %zu bytes", path, size);
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

char *ora_file_temp_name(const char *path)
{
    static atomic_uint counter;
    const char *name = ora_path_name(path);
    const char *ext = ora_path_extension(path);
    const int n_folder = (int)(name - path);
    const int n_name = (int)(strlen(name) - strlen(ext));

    return ora_text_format("%.*s.%.*s.tmp-%ld-%u%s", n_folder, path, n_name, name, (long)getpid(),
                           atomic_fetch_add(&counter, 1U), ext);
}

static orator_status write_fail(const char *path)
{
    return ora_fail(ORATOR_E_WRITE, "write '%s': %s", path, strerror(errno));
}

orator_status ora_file_writer_open(ora_file_writer **out, const char *path)
{
    orator_status st = ORATOR_OK;
    ora_file_writer *w = calloc(1, sizeof *w);

    *out = NULL;
    if (!w)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    w->path = ora_text_copy(path);
    w->temp = ora_file_temp_name(path);
    if (!w->path || !w->temp) {
        st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
        goto done;
    }
    w->f = fopen(w->temp, "wbx");
    if (!w->f) {
        st = write_fail(path);
        free(w->temp); /* nothing of ours to remove */
        w->temp = NULL;
        goto done;
    }
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

/* A rename is on disk only once its folder is. Folders that cannot be synced are left alone. */
static void sync_folder(const char *path)
{
    char *folder = ora_path_folder(path);
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY) : -1;

    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    free(folder);
}

orator_status ora_file_writer_commit(ora_file_writer **w)
{
    ora_file_writer *me = *w;
    orator_status st = ORATOR_OK;
    int failed = fflush(me->f) != 0 || fsync(fileno(me->f)) != 0;
    const int why = errno;

    if (fclose(me->f) != 0 && !failed)
        failed = 1;
    else if (failed)
        errno = why;
    me->f = NULL;
    if (failed || rename(me->temp, me->path) != 0) {
        st = write_fail(me->path);
    } else {
        free(me->temp);
        me->temp = NULL;
        sync_folder(me->path);
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
    orator_status st = ORATOR_OK;
    const int fd = open(temp, O_RDONLY);

    if (fd < 0 || fsync(fd) != 0 || rename(temp, path) != 0) {
        st = write_fail(path);
        (void)unlink(temp);
    } else {
        sync_folder(path);
    }
    if (fd >= 0)
        (void)close(fd);
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

orator_status ora_folder_make(const char *path)
{
    orator_status st = ORATOR_OK;
    char *copy = ora_text_copy(path);

    if (!copy)
        return ora_fail(ORATOR_E_NOMEM, "make folder '%s': no memory", path);
    for (char *c = copy + 1;; c++) {
        const char kept = *c;

        if (kept != '/' && kept != 0)
            continue;
        *c = 0;
        if (mkdir(copy, 0777) != 0 && !(errno == EEXIST && ora_file_is_folder(copy))) {
            st = ora_fail(ORATOR_E_WRITE, "make folder '%s': %s", copy, strerror(errno));
            break;
        }
        if (kept == 0)
            break;
        *c = '/';
    }
    free(copy);
    return st;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

orator_status ora_folder_list(char ***names, size_t *n, const char *path)
{
    orator_status st = ORATOR_OK;
    size_t capacity = 0;
    DIR *d = opendir(path);
    struct dirent *e;

    *names = NULL;
    *n = 0;
    if (!d)
        return ora_fail(ORATOR_E_IO, "open folder '%s': %s", path, strerror(errno));
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (*n == capacity) {
            char **more = realloc(*names, (capacity = capacity * 2 + 16) * sizeof **names);

            if (!more)
                goto no_memory;
            *names = more;
        }
        (*names)[*n] = ora_text_copy(e->d_name);
        if (!(*names)[*n])
            goto no_memory;
        (*n)++;
    }
    if (*n > 1)
        qsort(*names, *n, sizeof **names, by_bytes);
    (void)closedir(d);
    return st;

no_memory:
    (void)closedir(d);
    ora_names_free(*names, *n);
    *names = NULL;
    *n = 0;
    return ora_fail(ORATOR_E_NOMEM, "list folder '%s': no memory", path);
}

void ora_names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

orator_status ora_folder_sweep(const char *path)
{
    orator_status st;
    char **names = NULL;
    size_t n = 0;

    ORA_TRY(ora_folder_list(&names, &n, path));
    for (size_t i = 0; i < n; i++) {
        char *full;

        if (names[i][0] != '.' || !strstr(names[i], ".tmp-"))
            continue;
        full = ora_path_join(path, names[i]);
        if (!full) {
            st = ora_fail(ORATOR_E_NOMEM, "sweep '%s': no memory", path);
            goto done;
        }
        if (unlink(full) != 0 && errno != ENOENT)
            st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", full, strerror(errno));
        free(full);
        if (st != ORATOR_OK)
            goto done;
    }

done:
    ora_names_free(names, n);
    return st;
}

orator_status ora_folder_remove(const char *path)
{
    orator_status st;
    char **names = NULL;
    char *full = NULL;
    size_t n = 0;

    ORA_TRY(ora_folder_list(&names, &n, path));
    for (size_t i = 0; i < n; i++) {
        struct stat info;

        free(full);
        full = ora_path_join(path, names[i]);
        if (!full) {
            st = ora_fail(ORATOR_E_NOMEM, "remove '%s': no memory", path);
            goto done;
        }
        if (lstat(full, &info) == 0 && S_ISDIR(info.st_mode)) {
            ORA_TRY(ora_folder_remove(full));
        } else if (unlink(full) != 0) {
            st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", full, strerror(errno));
            goto done;
        }
    }
    if (rmdir(path) != 0)
        st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", path, strerror(errno));

done:
    free(full);
    ora_names_free(names, n);
    return st;
}

char *ora_path_join(const char *dir, const char *name)
{
    const size_t n = strlen(dir);

    return ora_text_format("%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name);
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
