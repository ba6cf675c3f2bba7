/*
 * outside.h - other people's programs as judges of what we wrote.
 */
#ifndef ORA_OUTSIDE_H
#define ORA_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>

/* True where a program of that name is on PATH. */
bool outside_has(const char *program);

/*
 * Run a shell command and collect its standard output; owned (free()), 0-terminated, *n may be
 * NULL. Fails the running case when the command does not exit with 0. Standard error is dropped.
 */
char *outside_run(size_t *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* ORA_OUTSIDE_H */
