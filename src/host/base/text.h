/*
 * text.h - growing strings, locale-free numbers, nearest names.
 */
#ifndef ORA_TEXT_H
#define ORA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Growing string. Zero-initialised = empty. After an allocation failure `failed` stays set and
 * further calls do nothing, so a caller checks once at the end.
 */
typedef struct ora_text {
    char *s; /* owned, 0-terminated once anything was added, else NULL */
    size_t n;
    size_t capacity;
    bool failed;
} ora_text;

void ora_text_add(ora_text *t, const char *s);
void ora_text_add_bytes(ora_text *t, const void *bytes, size_t n);
void ora_text_addf(ora_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Replace control characters (ASCII and, in UTF-8, C1) by '?', so that text from a hostile name
 * stays one line and cannot steer a terminal.
 */
void ora_text_make_one_line(char *s);

/*
 * Replace bytes that are no UTF-8 (overlong forms and surrogates are none) by '?': names of files
 * may have any bytes, JSON may not.
 */
void ora_text_make_utf8(char *s);

/* Hand the string over; owned by the caller (free()). NULL when out of memory. */
char *ora_text_take(ora_text *t);
void ora_text_clear(ora_text *t);

/* Copy of s, owned (free()); NULL only when out of memory. */
char *ora_text_copy(const char *s);

/* Formatted string, owned (free()); NULL only when out of memory. */
char *ora_text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Numbers as files write them: the whole of `s`, '.' as decimal point whatever the locale. False,
 * with *out untouched, on anything else, on overflow, and (f64) on NaN or infinity.
 */
bool ora_text_to_i64(int64_t *out, const char *s);
bool ora_text_to_f64(double *out, const char *s);

/*
 * A time in seconds: "90", "3m", "1h30m", "250ms"; units h, m, s, ms in falling order, each at most
 * once. False on anything else; *out is then undefined.
 */
bool ora_text_to_seconds(double *out, const char *s);

/*
 * Shortest decimal text that reads back as `v`, '.' as decimal point; whole numbers below 1e15 in
 * full, "300". `out` holds 32 bytes.
 */
void ora_text_from_f64(char *out, double v);

/* The same for a float: shortest text whose nearest double, rounded to float, is `v`. */
void ora_text_from_f32(char *out, float v);

/* ASCII only, whatever the locale. */
bool ora_text_same_nocase(const char *a, const char *b);

/* Equal when hyphen and underscore count as the same and case is ignored. */
bool ora_text_same_name(const char *a, const char *b);

/* Damerau-Levenshtein (optimal string alignment) distance by ora_text_same_name() characters. */
size_t ora_text_distance(const char *a, const char *b);

/*
 * The one of names[n] nearest to `typed`, borrowed; NULL where none is near enough to be what was
 * meant (distance at most a third of the length, 2 for short names).
 */
const char *ora_text_nearest(const char *typed, const char *const *names, size_t n);

#endif /* ORA_TEXT_H */
