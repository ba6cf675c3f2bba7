#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status_impl.h"
#include "base/text.h"

orator_status ora_folder_make(const char *path)
{
    orator_status st = ORATOR_OK;
    char *copy = ora_text_copy(path);

    if (!copy)
        return ora_fail(ORATOR_E_NOMEM, "make folder '%s': no memory", path);
    if (!*copy) {
        free(copy);
        return ora_fail(ORATOR_E_WRITE, "make folder '': no name");
    }
    for (char *c = copy + 1;; c++) {
        const char kept = *c;

        if (kept != '/' && kept != 0)
            continue;
        *c = 0;
        /* where it exists the reason may be EEXIST, EROFS or EACCES */
        if (mkdir(copy, 0777) != 0) {
            const int why = errno;

            if (!ora_file_is_folder(copy)) {
                st = ora_fail(ORATOR_E_WRITE, "make folder '%s': %s", copy, strerror(why));
                break;
            }
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

/* Entries of one folder, growing. */
typedef struct name_list {
    char **names; /* owned */
    size_t n, capacity;
} name_list;

static bool add_name(name_list *l, const char *name)
{
    if (l->n == l->capacity) {
        const size_t more = l->capacity * 2 + 16;
        char **grown = realloc(l->names, more * sizeof *grown);

        if (!grown)
            return false;
        l->names = grown;
        l->capacity = more;
    }
    l->names[l->n] = ora_text_copy(name);
    if (!l->names[l->n])
        return false;
    l->n++;
    return true;
}

orator_status ora_folder_list(char ***names, size_t *n, const char *path)
{
    orator_status st = ORATOR_OK;
    name_list l = {0};
    struct dirent *e;
    DIR *d = opendir(path);

    *names = NULL;
    *n = 0;
    if (!d)
        return ora_fail(ORATOR_E_IO, "open folder '%s': %s", path, strerror(errno));
    for (;;) {
        errno = 0;
        e = readdir(d);
        if (!e)
            break;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (!add_name(&l, e->d_name)) {
            st = ora_fail(ORATOR_E_NOMEM, "list folder '%s': no memory", path);
            goto done;
        }
    }
    if (errno != 0) {
        st = ora_fail(ORATOR_E_IO, "read folder '%s': %s", path, strerror(errno));
        goto done;
    }
    if (l.n > 1)
        qsort(l.names, l.n, sizeof *l.names, by_bytes);
    *names = l.names;
    *n = l.n;
    l = (name_list){0};

done:
    (void)closedir(d);
    ora_names_free(l.names, l.n);
    return st;
}

void ora_names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

orator_status ora_folder_remove(const char *path)
{
    orator_status st;
    struct stat info;
    char **names = NULL;
    size_t n = 0;

    if (lstat(path, &info) != 0)
        return ora_fail(ORATOR_E_WRITE, "remove '%s': %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return ora_fail(ORATOR_E_WRITE, "remove '%s': not a folder", path);
    st = ora_folder_list(&names, &n, path);
    if (st == ORATOR_E_IO)
        st = ORATOR_E_WRITE; /* what cannot be listed cannot be removed */
    for (size_t i = 0; i < n && st == ORATOR_OK; i++) {
        char *full = ora_path_join(path, names[i]);

        if (!full)
            st = ora_fail(ORATOR_E_NOMEM, "remove '%s': no memory", path);
        else if (lstat(full, &info) == 0 && S_ISDIR(info.st_mode))
            st = ora_folder_remove(full);
        else if (unlink(full) != 0)
            st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", full, strerror(errno));
        free(full);
    }
    if (st == ORATOR_OK && rmdir(path) != 0)
        st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", path, strerror(errno));
    ora_names_free(names, n);
    return st;
}
