#include "formats/json_check.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/status_impl.h"

typedef enum expectation {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* after '[' */
    WANT_KEY,
    WANT_KEY_OR_END, /* after '{' */
    WANT_COLON,
    WANT_COMMA_OR_END,
    WANT_NOTHING
} expectation;

static const char *const expectation_names[] = {
    "a value", "a value or ']'", "a key", "a key or '}'", "':'", "',' or the closing bracket",
    "the end",
};

typedef struct scan {
    const unsigned char *s;
    size_t n, i;
    const char *name;
    uint64_t is_object; /* bit d: bracket number d that is open is a '{' */
    int depth;
    size_t n_values;
    expectation want;
} scan;

static orator_status fail_at(const scan *c, const char *found, const char *want)
{
    size_t line = 1;

    for (size_t i = 0; i < c->i && i < c->n; i++)
        line += c->s[i] == '\n';
    return ora_fail(ORATOR_E_FORMAT, "'%s': line %zu: found %s, want %s", c->name, line, found,
                    want);
}

/* What stands at the current place, in words. */
static orator_status fail_here(const scan *c, const char *want)
{
    char found[4] = "' '";

    if (c->i >= c->n)
        return fail_at(c, "the end of the text", want);
    if (c->s[c->i] < 0x20 || c->s[c->i] > 0x7e)
        return fail_at(c, c->s[c->i] ? "an unprintable byte" : "a NUL byte", want);
    found[1] = (char)c->s[c->i];
    return fail_at(c, found, want);
}

static bool is_digit(const scan *c)
{
    return c->i < c->n && c->s[c->i] >= '0' && c->s[c->i] <= '9';
}

static bool skip_digits(scan *c)
{
    const size_t first = c->i;

    while (is_digit(c))
        c->i++;
    return c->i > first;
}

static bool skip_char(scan *c, char wanted)
{
    if (c->i >= c->n || c->s[c->i] != (unsigned char)wanted)
        return false;
    c->i++;
    return true;
}

static orator_status skip_number(scan *c)
{
    const size_t first = c->i;

    (void)skip_char(c, '-');
    if (skip_char(c, '0')) {
        if (is_digit(c))
            return fail_here(c, "no digit after a leading zero");
    } else if (!skip_digits(c)) {
        return fail_here(c, "a digit");
    }
    if (skip_char(c, '.') && !skip_digits(c))
        return fail_here(c, "a digit");
    if (skip_char(c, 'e') || skip_char(c, 'E')) {
        if (!skip_char(c, '-'))
            (void)skip_char(c, '+');
        if (!skip_digits(c))
            return fail_here(c, "a digit");
    }
    if (c->i - first > ORA_JSON_MAX_DIGITS)
        return fail_at(c, "a number of more than 63 characters", "a shorter one");
    return ORATOR_OK;
}

/* Four hexadecimal digits after "\u"; -1 where they are not. */
static int32_t take_hex(scan *c)
{
    int32_t v = 0;

    for (int k = 0; k < 4; k++, c->i++) {
        const int ch = c->i < c->n ? c->s[c->i] : 0;

        if (ch >= '0' && ch <= '9')
            v = v * 16 + (ch - '0');
        else if (ch >= 'a' && ch <= 'f')
            v = v * 16 + (ch - 'a' + 10);
        else if (ch >= 'A' && ch <= 'F')
            v = v * 16 + (ch - 'A' + 10);
        else
            return -1;
    }
    return v;
}

/* The part of an escape after its backslash. */
static orator_status skip_escape(scan *c)
{
    int32_t unit;

    if (c->i < c->n && c->s[c->i] && strchr("\"\\/bfnrt", c->s[c->i])) {
        c->i++;
        return ORATOR_OK;
    }
    if (!skip_char(c, 'u'))
        return fail_here(c, "an escape");
    unit = take_hex(c);
    if (unit < 0)
        return fail_here(c, "four hexadecimal digits");
    if (unit == 0)
        return fail_at(c, "an escaped NUL", "text without NUL");
    if (unit >= 0xd800 && unit < 0xe000) {
        const bool is_pair = unit < 0xdc00 && skip_char(c, '\\') && skip_char(c, 'u');
        const int32_t low = is_pair ? take_hex(c) : -1;

        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(c, "half a surrogate pair", "both halves");
    }
    return ORATOR_OK;
}

/* One character of more than one byte; overlong forms and surrogates are no UTF-8. */
static orator_status skip_utf8(scan *c)
{
    const unsigned char lead = c->s[c->i];
    const int n_more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    uint32_t v = lead & (0x3fU >> n_more);
    bool is_right = lead >= 0xc2 && lead <= 0xf4;

    for (int k = 1; is_right && k <= n_more; k++) {
        is_right = c->i + (size_t)k < c->n && (c->s[c->i + (size_t)k] & 0xc0) == 0x80;
        if (is_right)
            v = v << 6 | (c->s[c->i + (size_t)k] & 0x3fU);
    }
    if (!is_right || v < smallest[n_more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
        return fail_at(c, "bytes that are not UTF-8", "UTF-8 text");
    c->i += (size_t)n_more + 1;
    return ORATOR_OK;
}

/* From behind the opening quote to behind the closing one. */
static orator_status skip_string(scan *c)
{
    orator_status st = ORATOR_OK;

    while (st == ORATOR_OK && c->i < c->n) {
        const unsigned char ch = c->s[c->i];

        if (ch < 0x20)
            return fail_here(c, "a closing '\"'");
        if (ch >= 0x80) {
            st = skip_utf8(c);
            continue;
        }
        c->i++;
        if (ch == '"')
            return ORATOR_OK;
        if (ch == '\\')
            st = skip_escape(c);
    }
    return st != ORATOR_OK ? st : fail_here(c, "a closing '\"'");
}

static void after_value(scan *c)
{
    c->want = c->depth > 0 ? WANT_COMMA_OR_END : WANT_NOTHING;
}

static orator_status open_bracket(scan *c, bool is_object)
{
    if (c->depth == ORA_JSON_MAX_DEPTH)
        return fail_at(c, "brackets more than 64 deep", "at most 64 levels");
    if (is_object)
        c->is_object |= UINT64_C(1) << c->depth;
    else
        c->is_object &= ~(UINT64_C(1) << c->depth);
    c->depth++;
    c->i++;
    c->want = is_object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return ORATOR_OK;
}

static orator_status skip_value(scan *c)
{
    static const char *const words[] = {"true", "false", "null"};
    const unsigned char ch = c->s[c->i];
    orator_status st;

    if (++c->n_values > ORA_JSON_MAX_VALUES)
        return fail_at(c, "more than 8388608 values", "fewer");
    if (ch == '{' || ch == '[')
        return open_bracket(c, ch == '{');
    if (ch == '"') {
        c->i++;
        ORA_TRY(skip_string(c));
    } else if (ch == '-' || is_digit(c)) {
        ORA_TRY(skip_number(c));
    } else {
        int k = 0;

        while (k < 3 && (strlen(words[k]) > c->n - c->i ||
                         memcmp(c->s + c->i, words[k], strlen(words[k])) != 0))
            k++;
        if (k == 3)
            return fail_here(c, expectation_names[c->want]);
        c->i += strlen(words[k]);
        st = ORATOR_OK;
    }
    after_value(c);

done:
    return st;
}

/* One token; the current byte is there and is no blank. */
static orator_status step(scan *c)
{
    const unsigned char ch = c->s[c->i];
    const bool in_object = c->depth > 0 && (c->is_object >> (c->depth - 1) & 1);
    const bool may_end =
        c->want == WANT_COMMA_OR_END || c->want == WANT_VALUE_OR_END || c->want == WANT_KEY_OR_END;

    if (may_end && ch == (in_object ? '}' : ']')) {
        c->i++;
        c->depth--;
        after_value(c);
        return ORATOR_OK;
    }
    if (c->want == WANT_VALUE || c->want == WANT_VALUE_OR_END)
        return skip_value(c);
    if ((c->want == WANT_KEY || c->want == WANT_KEY_OR_END) && ch == '"') {
        c->i++;
        c->want = WANT_COLON;
        return skip_string(c);
    }
    if (c->want == WANT_COLON && ch == ':') {
        c->i++;
        c->want = WANT_VALUE;
        return ORATOR_OK;
    }
    if (c->want == WANT_COMMA_OR_END && ch == ',') {
        c->i++;
        c->want = in_object ? WANT_KEY : WANT_VALUE;
        return ORATOR_OK;
    }
    return fail_here(c, expectation_names[c->want]);
}

orator_status ora_json_check(const char *text, size_t n, const char *name)
{
    scan c = {.s = (const unsigned char *)text, .n = n, .name = name, .want = WANT_VALUE};

    if (n > ORA_JSON_MAX_BYTES)
        return ora_fail(ORATOR_E_FORMAT, "'%s' has %zu bytes, want at most %d", name, n,
                        ORA_JSON_MAX_BYTES);
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        c.i = 3;
    for (;;) {
        orator_status st;

        while (c.i < n && c.s[c.i] && strchr(" \t\r\n", c.s[c.i]))
            c.i++;
        if (c.i == n)
            break;
        st = step(&c);
        if (st != ORATOR_OK)
            return st;
    }
    return c.want == WANT_NOTHING ? ORATOR_OK : fail_here(&c, expectation_names[c.want]);
}
