/*
 * subject_path.c - names inside a subject folder: which are safe, and numbered ones.
 */
#include "subject/subject_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

bool ora_subject_path_is_safe(const char *path)
{
    const size_t n = strlen(path);
    const char *part = path;

    if (n == 0 || n > ORA_SUBJECT_MAX_PATH)
        return false;
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\')
            return false;
    for (;;) {
        const size_t length = strcspn(part, "/");

        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        if (!part[length])
            return true;
        part += length + 1;
    }
}

/* Where the number stands and how many digits it has at least. False where it is no pattern. */
static bool find_number(const char *pattern, size_t *before, size_t *after, int *digits)
{
    const char *p = strchr(pattern, '%');

    if (!p || p[1] != '0' || p[2] < '1' || p[2] > '9' || p[3] != 'd' || strchr(p + 1, '%'))
        return false;
    *before = (size_t)(p - pattern);
    *after = *before + 4;
    *digits = p[2] - '0';
    return true;
}

bool ora_subject_is_pattern(const char *pattern)
{
    size_t before, after;
    int digits;

    return ora_subject_path_is_safe(pattern) && find_number(pattern, &before, &after, &digits);
}

char *ora_subject_expand(const char *pattern, int64_t id)
{
    size_t before, after;
    int digits;

    if (!find_number(pattern, &before, &after, &digits))
        return ora_text_copy(pattern);
    return ora_text_format("%.*s%0*" PRId64 "%s", (int)before, pattern, digits, id,
                           pattern + after);
}

int64_t ora_subject_match(const char *pattern, const char *path)
{
    size_t before, after, n_tail, n_path = strlen(path);
    char number[24];
    int64_t id = -1;
    size_t n;
    int digits;

    if (!find_number(pattern, &before, &after, &digits))
        return -1;
    n_tail = strlen(pattern + after);
    if (n_path <= before + n_tail || strncmp(path, pattern, before) != 0 ||
        strcmp(path + n_path - n_tail, pattern + after) != 0)
        return -1;
    n = n_path - before - n_tail;
    if (n < (size_t)digits || n >= sizeof number || (n > (size_t)digits && path[before] == '0'))
        return -1;
    memcpy(number, path + before, n);
    number[n] = 0;
    if (strspn(number, "0123456789") != n || !ora_text_to_i64(&id, number))
        return -1;
    return id;
}
