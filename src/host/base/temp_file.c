/*
 * temp_file.c - names of files under way, and removing those whose writer is gone.
 */
#include "base/file.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/status_impl.h"
#include "base/text.h"

enum {
    MAX_STEM_BYTES = 160, /* so that a name near NAME_MAX has a temporary one too */
    MAX_EXTENSION_BYTES = 32,
    STALE_SEC = 24 * 3600
};

static const char MARK[] = ".tmp-";

/*
 * Number of this host's name and process namespace (FNV-1a): process numbers mean nothing on
 * another host, nor in another container.
 */
static uint32_t host_number(void)
{
    char name[256] = "";
    struct stat space;
    uint32_t h = 2166136261U;

    if (gethostname(name, sizeof name - 1) != 0)
        name[0] = 0;
    for (const char *c = name; *c; c++)
        h = (h ^ (unsigned char)*c) * 16777619U;
    if (stat("/proc/self/ns/pid", &space) == 0)
        for (uint64_t v = space.st_ino; v > 0; v >>= 8)
            h = (h ^ (uint32_t)(v & 0xff)) * 16777619U;
    return h;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

char *ora_file_temp_name(const char *path)
{
    static atomic_uint counter;
    const char *name = ora_path_name(path);
    const char *ext = ora_path_extension(path);
    const size_t n_stem = least((size_t)(ext - name), MAX_STEM_BYTES);

    if (strlen(ext) > MAX_EXTENSION_BYTES)
        ext = "";
    return ora_text_format("%.*s.%.*s%s%08x-%ld-%u%s", (int)(name - path), path, (int)n_stem, name,
                           MARK, (unsigned)host_number(), (long)getpid(),
                           atomic_fetch_add(&counter, 1U), ext);
}

/* Take digits of `base` at *s; false where there is none or the value is out of reach. */
static bool take_number(unsigned long *out, const char **s, int base, char stop)
{
    char *end = NULL;

    if (!((**s >= '0' && **s <= '9') || (base == 16 && **s >= 'a' && **s <= 'f')))
        return false;
    errno = 0;
    *out = strtoul(*s, &end, base);
    if (errno != 0 || (stop && *end != stop))
        return false;
    *s = stop ? end + 1 : end;
    return true;
}

/* Host and process in a name that ora_file_temp_name() made; false for any other. */
static bool parse_temp_name(unsigned long *host, unsigned long *pid, const char *name)
{
    const char *s = name;
    const char *mark = NULL;
    unsigned long count;

    if (name[0] != '.')
        return false;
    while ((s = strstr(s, MARK)) != NULL) /* the last one: the stem may be anything */
        mark = s++;
    if (!mark)
        return false;
    s = mark + strlen(MARK);
    return take_number(host, &s, 16, '-') && take_number(pid, &s, 10, '-') &&
           take_number(&count, &s, 10, 0) && (!*s || *s == '.') && *pid > 0 && *pid <= INT32_MAX;
}

bool ora_file_name_is_temp(const char *name)
{
    unsigned long host, pid;

    return parse_temp_name(&host, &pid, name);
}

/*
 * True for a temporary file whose writer is gone: a dead process of this host, or any when nothing
 * was written for a day.
 */
static bool is_abandoned(const char *name, const struct stat *info)
{
    unsigned long host, pid;

    if (!S_ISREG(info->st_mode) || !parse_temp_name(&host, &pid, name))
        return false;
    if (time(NULL) - info->st_mtime > STALE_SEC)
        return true;
    return host == host_number() && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

orator_status ora_folder_sweep(const char *path)
{
    orator_status st = ORATOR_OK;
    char **names = NULL;
    size_t n = 0;

    ORA_TRY(ora_folder_list(&names, &n, path));
    for (size_t i = 0; i < n && st == ORATOR_OK; i++) {
        char *full = ora_path_join(path, names[i]);
        struct stat info;

        if (!full)
            st = ora_fail(ORATOR_E_NOMEM, "sweep '%s': no memory", path);
        else if (lstat(full, &info) == 0 && is_abandoned(names[i], &info) && unlink(full) != 0 &&
                 errno != ENOENT)
            st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", full, strerror(errno));
        free(full);
    }

done:
    ora_names_free(names, n);
    return st;
}
