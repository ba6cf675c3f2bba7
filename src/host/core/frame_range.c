#include "core/frame_range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"

enum {
    MAX_PIECES = 100000,
    MAX_FRAMES = 1 << 26, /* 26 days at 30 frames a second */
    MAX_DIGITS = 18
};

typedef struct frame_parser {
    const char *text;
    const char *at;
} frame_parser;

static orator_status fail_at(const frame_parser *p, const char *want)
{
    return ora_fail(ORATOR_E_INVALID, "frame range '%s': found '%.12s' at column %td, want %s",
                    p->text, *p->at ? p->at : "the end", p->at - p->text + 1, want);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static orator_status take_number(int64_t *out, frame_parser *p, const char *what)
{
    char *end = NULL;

    /* strtoll() alone would take blanks and a plus sign */
    if (!is_digit(p->at[*p->at == '-' ? 1 : 0]))
        return fail_at(p, what);
    errno = 0;
    *out = strtoll(p->at, &end, 10);
    if (errno != 0)
        return fail_at(p, "a number that fits 63 bits");
    p->at = end;
    return ORATOR_OK;
}

static void skip_blanks(frame_parser *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static orator_status take_piece(ora_frame_piece *out, frame_parser *p)
{
    orator_status st;
    const char *start;

    out->step = 1;
    skip_blanks(p);
    start = p->at;
    ORA_TRY(take_number(&out->first, p, "a frame number"));
    out->last = out->first;
    if (*p->at == '-') {
        p->at++;
        ORA_TRY(take_number(&out->last, p, "the last frame number"));
        if (*p->at == 'x' || *p->at == ':') {
            p->at++;
            start = p->at;
            ORA_TRY(take_number(&out->step, p, "a step"));
        }
    }
    if (out->step < 1) {
        p->at = start;
        st = fail_at(p, "a step of 1 or more");
    } else if (out->last < out->first) {
        p->at = start;
        st = fail_at(p, "first and last in ascending order");
    } else {
        skip_blanks(p);
        if (*p->at && *p->at != ',')
            st = fail_at(p, "a comma or the end");
    }

done:
    return st;
}

orator_status ora_frame_range_parse(ora_frame_range *out, const char *text)
{
    orator_status st;
    frame_parser p = {text, text};
    ora_frame_range r = {0};
    int32_t capacity = 0;

    *out = r;
    for (;;) {
        if (r.n_pieces == MAX_PIECES) {
            st = ora_fail(ORATOR_E_INVALID, "frame range has more than %d pieces", MAX_PIECES);
            goto done;
        }
        if (r.n_pieces == capacity) {
            const int32_t more = capacity * 2 + 4;
            ora_frame_piece *grown = realloc(r.pieces, (size_t)more * sizeof *grown);

            if (!grown) {
                st = ora_fail(ORATOR_E_NOMEM, "no memory for a frame range of %d pieces", more);
                goto done;
            }
            r.pieces = grown;
            capacity = more;
        }
        ORA_TRY(take_piece(&r.pieces[r.n_pieces], &p));
        r.n_pieces++;
        if (!*p.at)
            break;
        p.at++;
    }
    *out = r;
    r = (ora_frame_range){0};

done:
    ora_frame_range_clear(&r);
    return st;
}

void ora_frame_range_clear(ora_frame_range *r)
{
    free(r->pieces);
    *r = (ora_frame_range){0};
}

/* a - b for a >= b; the difference of two int64 fits uint64 */
static uint64_t distance(int64_t a, int64_t b)
{
    return (uint64_t)a - (uint64_t)b;
}

/* Part of a piece inside the shot: n frames from `first`. */
typedef struct cut_piece {
    int64_t first;
    uint64_t n;
    uint64_t n_outside;
} cut_piece;

static cut_piece cut(const ora_frame_piece *p, int64_t shot_first, int64_t shot_last)
{
    const uint64_t step = (uint64_t)p->step;
    const uint64_t last_index = distance(p->last, p->first) / step;
    const uint64_t n_all = last_index == UINT64_MAX ? UINT64_MAX : last_index + 1;
    uint64_t from = 0;
    uint64_t to = last_index;

    if (p->first > shot_last || p->last < shot_first)
        return (cut_piece){.n_outside = n_all};
    if (shot_first > p->first) {
        const uint64_t d = distance(shot_first, p->first);

        from = d / step + (d % step != 0 ? 1 : 0);
    }
    if (shot_last < p->last)
        to = distance(shot_last, p->first) / step;
    if (from > to)
        return (cut_piece){.n_outside = n_all};
    return (cut_piece){.first = (int64_t)((uint64_t)p->first + from * step),
                       .n = to - from == UINT64_MAX ? UINT64_MAX : to - from + 1,
                       .n_outside = from + (last_index - to)};
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t sort_unique(int64_t *frames, int64_t n)
{
    int64_t n_kept = 0;
    bool is_sorted = true;

    for (int64_t i = 1; i < n && is_sorted; i++)
        is_sorted = frames[i - 1] < frames[i];
    if (is_sorted)
        return n;
    qsort(frames, (size_t)n, sizeof *frames, by_number);
    for (int64_t i = 0; i < n; i++)
        if (n_kept == 0 || frames[n_kept - 1] != frames[i])
            frames[n_kept++] = frames[i];
    return n_kept;
}

orator_status ora_frame_range_expand(int64_t **frames, int64_t *n, int64_t *n_trimmed,
                                     const ora_frame_range *r, int64_t first, int64_t last)
{
    uint64_t n_inside = 0;
    uint64_t n_outside = 0;
    int64_t *list;
    int64_t at = 0;

    *frames = NULL;
    *n = 0;
    *n_trimmed = 0;
    for (int32_t i = 0; i < r->n_pieces; i++) {
        const cut_piece c = cut(&r->pieces[i], first, last);

        if (c.n > MAX_FRAMES || n_inside + c.n > MAX_FRAMES)
            return ora_fail(ORATOR_E_INVALID, "frame range has more than %d frames inside the shot",
                            MAX_FRAMES);
        n_inside += c.n;
        if (__builtin_add_overflow(n_outside, c.n_outside, &n_outside))
            n_outside = UINT64_MAX;
    }
    *n_trimmed = n_outside > INT64_MAX ? INT64_MAX : (int64_t)n_outside;
    if (n_inside == 0)
        return ora_fail(ORATOR_E_INVALID, "frame range has no frame of the shot, %lld-%lld",
                        (long long)first, (long long)last);
    list = malloc((size_t)n_inside * sizeof *list);
    if (!list)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a list of %llu frames",
                        (unsigned long long)n_inside);
    for (int32_t i = 0; i < r->n_pieces; i++) {
        const cut_piece c = cut(&r->pieces[i], first, last);

        for (uint64_t k = 0; k < c.n; k++)
            list[at++] = (int64_t)((uint64_t)c.first + k * (uint64_t)r->pieces[i].step);
    }
    *n = sort_unique(list, at);
    *frames = list;
    return ORATOR_OK;
}

/* Number in `text` of n digits, 1 where n is 0; stops counting above MAX_DIGITS. */
static int32_t digits_asked(const char *text, size_t n)
{
    int32_t v = 0;

    for (size_t i = 0; i < n && v <= MAX_DIGITS; i++)
        v = 10 * v + (text[i] - '0');
    return v > 0 ? v : 1;
}

/* Length of the frame token at s and the digits it asks for; 0 where there is none. */
static size_t token_at(int32_t *digits, const char *s)
{
    size_t n;

    *digits = 1;
    if (s[0] == '#') {
        n = strspn(s, "#");
        *digits = n > MAX_DIGITS ? MAX_DIGITS + 1 : (int32_t)n;
        return n;
    }
    if (s[0] == '%') {
        n = strspn(s + 1, "0123456789");
        if (s[1 + n] != 'd' || (n > 0 && s[1] != '0')) /* %4d would pad with blanks */
            return 0;
        *digits = digits_asked(s + 1, n);
        return 1 + n + 1;
    }
    if (s[0] == '$' && s[1] == 'F') {
        const char after = s[2 + strspn(s + 2, "0123456789")];

        n = strspn(s + 2, "0123456789");
        if ((after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z'))
            return 0; /* another variable, $FOO */
        *digits = digits_asked(s + 2, n);
        return 2 + n;
    }
    return 0;
}

typedef struct frame_token {
    const char *at; /* borrowed; NULL = none */
    size_t n;
    int32_t digits;
    int n_tokens;
} frame_token;

/* First token of the file name; folders may be called anything. */
static frame_token find_token(const char *path)
{
    frame_token t = {0};

    for (const char *s = ora_path_name(path); *s; s++) {
        int32_t digits;
        const size_t n = token_at(&digits, s);

        if (n == 0)
            continue;
        if (t.n_tokens++ == 0) {
            t.at = s;
            t.n = n;
            t.digits = digits;
        }
        s += n - 1;
    }
    return t;
}

bool ora_frame_pattern_is(const char *path)
{
    return find_token(path).n_tokens > 0;
}

orator_status ora_frame_pattern_parse(ora_frame_pattern *out, const char *path)
{
    const frame_token t = find_token(path);
    ora_frame_pattern p = {.digits = t.digits};

    *out = (ora_frame_pattern){0};
    if (t.n_tokens != 1)
        return ora_fail(ORATOR_E_INVALID,
                        "'%s' has %d frame tokens in its file name, want one %%04d, #### or $F4",
                        path, t.n_tokens);
    if (t.digits > MAX_DIGITS)
        return ora_fail(ORATOR_E_INVALID, "'%s' asks for more than %d digits", path, MAX_DIGITS);
    p.prefix = ora_text_format("%.*s", (int)(t.at - path), path);
    p.suffix = ora_text_copy(t.at + t.n);
    if (!p.prefix || !p.suffix) {
        ora_frame_pattern_clear(&p);
        return ora_fail(ORATOR_E_NOMEM, "no memory for the pattern '%s'", path);
    }
    *out = p;
    return ORATOR_OK;
}

void ora_frame_pattern_clear(ora_frame_pattern *p)
{
    free(p->prefix);
    free(p->suffix);
    *p = (ora_frame_pattern){0};
}

char *ora_frame_pattern_path(const ora_frame_pattern *p, int64_t frame)
{
    const uint64_t size = frame < 0 ? 0U - (uint64_t)frame : (uint64_t)frame;

    return ora_text_format("%s%s%0*llu%s", p->prefix, frame < 0 ? "-" : "", p->digits,
                           (unsigned long long)size, p->suffix);
}

bool ora_frame_pattern_match(int64_t *frame, const ora_frame_pattern *p, const char *path)
{
    const size_t n_path = strlen(path);
    const size_t n_prefix = strlen(p->prefix);
    const size_t n_suffix = strlen(p->suffix);
    const char *number = path + n_prefix;
    const char *end;
    const char *digits;
    size_t n;
    uint64_t v = 0;
    bool is_negative;

    /* the suffix may begin with digits, so it is cut off before the number is read */
    if (n_path <= n_prefix + n_suffix || strncmp(path, p->prefix, n_prefix) != 0 ||
        strcmp(path + n_path - n_suffix, p->suffix) != 0)
        return false;
    end = path + n_path - n_suffix;
    is_negative = *number == '-';
    digits = number + (is_negative ? 1 : 0);
    n = (size_t)(end - digits);
    /* only what ora_frame_pattern_path() writes: no more zeros than asked for, no minus zero */
    if (n < (size_t)p->digits || (n > (size_t)p->digits && digits[0] == '0'))
        return false;
    for (const char *c = digits; c < end; c++)
        if (!is_digit(*c) || __builtin_mul_overflow(v, 10U, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*c - '0'), &v))
            return false;
    if (v > (uint64_t)INT64_MAX + (is_negative ? 1U : 0U) || (is_negative && v == 0))
        return false;
    *frame = is_negative ? (int64_t)(0U - v) : (int64_t)v;
    return true;
}
