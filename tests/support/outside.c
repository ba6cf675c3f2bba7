#include "support/outside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

enum { COMMAND_BYTES = 4096 };

bool outside_has(const char *program)
{
    const char *path = getenv("PATH");
    char full[COMMAND_BYTES];

    while (path && *path) {
        const size_t n = strcspn(path, ":");

        (void)snprintf(full, sizeof full, "%.*s/%s", (int)n, path, program);
        if (access(full, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

char *outside_run(size_t *n, const char *format, ...)
{
    char command[COMMAND_BYTES];
    size_t capacity = 1 << 16, used = 0, got;
    char *out = malloc(capacity);
    va_list args;
    int length;
    FILE *f;

    va_start(args, format);
    length = vsnprintf(command, sizeof command - 16, format, args);
    va_end(args);
    CHECK(length > 0 && (size_t)length < sizeof command - 16);
    (void)snprintf(command + length, sizeof command - (size_t)length, " 2>/dev/null");
    f = popen(command, "r");
    CHECK(f != NULL && out != NULL);
    while ((got = fread(out + used, 1, capacity - used - 1, f)) > 0) {
        used += got;
        if (capacity - used < 2) {
            capacity *= 2;
            out = realloc(out, capacity);
            CHECK(out != NULL);
        }
    }
    out[used] = 0;
    const int rc = pclose(f);

    if (rc != 0)
        test_fail(__FILE__, __LINE__, "'%s' ended with %d", command,
                  WIFEXITED(rc) ? WEXITSTATUS(rc) : -1);
    if (n)
        *n = used;
    return out;
}
