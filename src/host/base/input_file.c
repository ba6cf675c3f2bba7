#include "base/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status_impl.h"

orator_status ora_input_file_open(FILE **out, uint64_t *n_bytes, const char *path)
{
    /* without O_NONBLOCK the open of a pipe waits for its writer */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    orator_status st = ORATOR_OK;
    struct stat info;

    *out = NULL;
    *n_bytes = 0;
    if (fd < 0 || fstat(fd, &info) != 0) {
        st = ora_fail(ORATOR_E_IO, "open '%s': %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        st = ora_fail(ORATOR_E_IO, "open '%s': not a regular file", path);
    } else {
        *out = fdopen(fd, "rb");
        *n_bytes = (uint64_t)info.st_size;
        if (!*out)
            st = ora_fail(ORATOR_E_NOMEM, "open '%s': %s", path, strerror(errno));
    }
    if (fd >= 0 && !*out)
        (void)close(fd);
    return st;
}
