/*
 * make_file.c - make_file KIND PATH: a file of support/make_kind.h, for .cli scripts.
 *
 * The makers report failures as test cases do; here a failure ends the program.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/check.h"
#include "support/make_kind.h"

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(1);
}

void test_write(const char *path, const void *bytes, size_t n)
{
    CHECK_OK(ora_file_write_all(path, bytes, n));
}

int main(int argc, char **argv)
{
    if (argc != 3 || !make_kind(argv[1], argv[2])) {
        (void)fprintf(stderr, "usage: make_file KIND PATH\n");
        return 2;
    }
    return 0;
}
