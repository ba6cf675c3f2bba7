#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 64 }; /* longer words are not compared by distance */

static bool grow(ora_text *t, size_t extra)
{
    size_t want = t->capacity ? t->capacity : 64;
    char *s;

    if (t->failed || extra > SIZE_MAX / 4 || t->n > SIZE_MAX / 4) {
        t->failed = true;
        return false;
    }
    while (want < t->n + extra + 1)
        want *= 2;
    if (want == t->capacity)
        return true;
    s = realloc(t->s, want);
    if (!s) {
        t->failed = true;
        return false;
    }
    t->s = s;
    t->capacity = want;
    return true;
}

void ora_text_add_bytes(ora_text *t, const void *bytes, size_t n)
{
    if (!grow(t, n))
        return;
    if (n > 0)
        memcpy(t->s + t->n, bytes, n);
    t->n += n;
    t->s[t->n] = 0;
}

void ora_text_add(ora_text *t, const char *s)
{
    ora_text_add_bytes(t, s, strlen(s));
}

__attribute__((format(printf, 2, 0))) static void add_va(ora_text *t, const char *format,
                                                         va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0 || !grow(t, (size_t)n)) {
        t->failed = true;
        return;
    }
    (void)vsnprintf(t->s + t->n, (size_t)n + 1, format, args);
    t->n += (size_t)n;
}

void ora_text_addf(ora_text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_va(t, format, args);
    va_end(args);
}

void ora_text_make_one_line(char *s)
{
    for (unsigned char *c = (unsigned char *)s; *c; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        } else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) {
            c[0] = '?';
            c[1] = '?';
        }
    }
}

/* Bytes of the UTF-8 character at s, 0 where there is none (overlong forms and surrogates count
 * as none). */
static size_t utf8_bytes(const unsigned char *s)
{
    size_t n;

    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        n = 2;
    else if (s[0] >= 0xe0 && s[0] <= 0xef)
        n = 3;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        n = 4;
    else
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void ora_text_make_utf8(char *s)
{
    while (*s) {
        const size_t n = utf8_bytes((const unsigned char *)s);

        if (n == 0)
            *s = '?';
        s += n ? n : 1;
    }
}

char *ora_text_take(ora_text *t)
{
    char *s = NULL;

    ora_text_add_bytes(t, "", 0);
    if (t->failed)
        free(t->s);
    else
        s = t->s;
    *t = (ora_text){0};
    return s;
}

void ora_text_clear(ora_text *t)
{
    free(t->s);
    *t = (ora_text){0};
}

char *ora_text_copy(const char *s)
{
    const size_t n = strlen(s) + 1;
    char *copy = malloc(n);

    if (copy)
        memcpy(copy, s, n);
    return copy;
}

char *ora_text_format(const char *format, ...)
{
    ora_text t = {0};
    va_list args;

    va_start(args, format);
    add_va(&t, format, args);
    va_end(args);
    return ora_text_take(&t);
}

bool ora_text_to_i64(int64_t *out, const char *s)
{
    char *end = NULL;
    long long v;

    if (!*s || isspace((unsigned char)*s))
        return false;
    errno = 0;
    v = strtoll(s, &end, 10);
    if (errno != 0 || *end || end == s)
        return false;
    *out = v;
    return true;
}

bool ora_text_to_f64(double *out, const char *s)
{
    /* the program never calls setlocale(), but one that links the library may */
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *end = NULL;
    locale_t before;
    double v;

    if (!c || !*s || isspace((unsigned char)*s) || s[strspn(s, "+-.0123456789eE")]) {
        if (c)
            freelocale(c);
        return false;
    }
    before = uselocale(c);
    v = strtod(s, &end);
    (void)uselocale(before);
    freelocale(c);
    if (end == s || *end || !isfinite(v))
        return false;
    *out = v;
    return true;
}

bool ora_text_to_seconds(double *out, const char *s)
{
    static const struct {
        const char *name;
        double times, over;
    } unit[] = {{"h", 3600.0, 1.0}, {"m", 60.0, 1.0}, {"s", 1.0, 1.0}, {"ms", 1.0, 1000.0}};
    enum { N_UNITS = sizeof unit / sizeof unit[0] };
    double sum = 0.0;
    size_t i_unit = 0;

    if (ora_text_to_f64(out, s))
        return true;
    if (!*s)
        return false;
    while (*s) {
        char number[64];
        const size_t n = strspn(s, "0123456789.");
        const size_t n_unit = strspn(s + n, "hms");
        double v = 0.0;

        if (n == 0 || n >= sizeof number)
            return false;
        memcpy(number, s, n);
        number[n] = 0;
        if (!ora_text_to_f64(&v, number))
            return false;
        while (i_unit < N_UNITS && (strlen(unit[i_unit].name) != n_unit ||
                                    strncmp(unit[i_unit].name, s + n, n_unit) != 0))
            i_unit++;
        if (i_unit == N_UNITS)
            return false;
        sum += v * unit[i_unit].times / unit[i_unit].over;
        i_unit++;
        s += n + n_unit;
    }
    *out = sum;
    return true;
}

void ora_text_from_f64(char *out, double v)
{
    /* %g would write 300 as 3e+02 */
    if (v == nearbyint(v) && fabs(v) < 1e15) {
        (void)snprintf(out, 32, "%.0f", v);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        double back = 0.0;

        (void)snprintf(out, 32, "%.*g", digits, v);
        for (char *c = out; *c; c++)
            if (*c == ',')
                *c = '.';
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the same bits, as -0 is not 0 */
        if (ora_text_to_f64(&back, out) && memcmp(&back, &v, sizeof v) == 0)
            break;
    }
}

void ora_text_from_f32(char *out, float v)
{
    for (int digits = 1; digits <= 9; digits++) {
        double back = 0.0;
        float same;

        (void)snprintf(out, 32, "%.*g", digits, (double)v);
        for (char *c = out; *c; c++)
            if (*c == ',')
                *c = '.';
        same = ora_text_to_f64(&back, out) ? (float)back : 0.0f;
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the same bits, as -0 is not 0 */
        if (memcmp(&same, &v, sizeof v) == 0)
            break;
    }
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

bool ora_text_same_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static int name_char(char c)
{
    return c == '-' ? '_' : lower(c);
}

bool ora_text_same_name(const char *a, const char *b)
{
    while (*a && name_char(*a) == name_char(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t ora_text_distance(const char *a, const char *b)
{
    size_t row[3][MAX_NAME + 1]; /* rows i - 2, i - 1, i of the table, taken modulo 3 */
    const size_t na = strlen(a);
    const size_t nb = strlen(b);

    if (na > MAX_NAME || nb > MAX_NAME)
        return na > nb ? na : nb;
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3];
        const size_t *up = row[(i + 2) % 3];
        const size_t *up2 = row[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const bool same = name_char(a[i - 1]) == name_char(b[j - 1]);
            size_t d = least(least(now[j - 1], up[j]) + 1, up[j - 1] + (same ? 0 : 1));

            if (i > 1 && j > 1 && name_char(a[i - 1]) == name_char(b[j - 2]) &&
                name_char(a[i - 2]) == name_char(b[j - 1]))
                d = least(d, up2[j - 2] + 1);
            now[j] = d;
        }
    }
    return row[na % 3][nb];
}

const char *ora_text_nearest(const char *typed, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t best_distance = strlen(typed) / 3;

    if (best_distance < 2)
        best_distance = 2;
    for (size_t i = 0; i < n; i++) {
        const size_t d = ora_text_distance(typed, names[i]);

        /* a two-letter word is two edits away from any other */
        if (d <= best_distance && d < strlen(names[i]) && (!best || d < best_distance)) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
