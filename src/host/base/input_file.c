#include "base/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status_impl.h"

orator_status ora_input_file_descriptor(int *fd, uint64_t *n_bytes, const char *path)
{
    orator_status st = ORATOR_OK;
    struct stat info;

    *n_bytes = 0;
    /* without O_NONBLOCK the open of a pipe waits for its writer */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0 || fstat(*fd, &info) != 0)
        st = ora_fail(ORATOR_E_IO, "open '%s': %s", path, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        st = ora_fail(ORATOR_E_IO, "open '%s': %s, not a regular file", path,
                      S_ISDIR(info.st_mode) ? "a folder" : "a pipe or device");
    else
        *n_bytes = (uint64_t)info.st_size;
    if (st != ORATOR_OK && *fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
    return st;
}

orator_status ora_input_file_open(FILE **out, uint64_t *n_bytes, const char *path)
{
    int fd = -1;
    const orator_status st = ora_input_file_descriptor(&fd, n_bytes, path);

    *out = NULL;
    if (st != ORATOR_OK)
        return st;
    *out = fdopen(fd, "rb");
    if (!*out) {
        (void)close(fd);
        return ora_fail(ORATOR_E_NOMEM, "open '%s': %s", path, strerror(errno));
    }
    return ORATOR_OK;
}
