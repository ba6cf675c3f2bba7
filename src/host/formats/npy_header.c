#include "formats/npy_header.h"

#include <string.h>

#include "base/status_impl.h"

static const char magic[6] = "\x93NUMPY";

static const char *const type_codes[ORA_DTYPE_COUNT] = {
    [ORA_DTYPE_F32] = "f4", [ORA_DTYPE_F64] = "f8", [ORA_DTYPE_F16] = "f2", [ORA_DTYPE_I8] = "i1",
    [ORA_DTYPE_I16] = "i2", [ORA_DTYPE_I32] = "i4", [ORA_DTYPE_I64] = "i8", [ORA_DTYPE_U8] = "u1",
    [ORA_DTYPE_U16] = "u2", [ORA_DTYPE_U32] = "u4", [ORA_DTYPE_U64] = "u8", [ORA_DTYPE_BOOL] = "b1",
};

/* What the dict has given so far; each key comes once. */
enum { HAS_DESCR = 1, HAS_ORDER = 2, HAS_SHAPE = 4, HAS_ALL = 7 };

typedef struct cursor {
    const char *s;
    size_t n, i;
    const char *name;
} cursor;

const char *ora_npy_type_code(ora_dtype t)
{
    return type_codes[t];
}

static orator_status fail_pickle(const char *name, const char *what)
{
    return ora_fail(ORATOR_E_UNSUPPORTED,
                    "'%s' %s: reading it would run code that the file holds (pickle); save each "
                    "array by itself with np.save(path, array.astype(np.float32), "
                    "allow_pickle=False)",
                    name, what);
}

/* Other things that numpy.load() takes, by their first bytes. */
static orator_status fail_magic(const unsigned char *bytes, size_t n, const char *name)
{
    if (n >= 2 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5)
        return fail_pickle(name, "is a bare pickle and no .npy array");
    if (n >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s' is an archive (.npz?), want its arrays one by one as .npy", name);
    return ora_fail(ORATOR_E_FORMAT, "'%s' is no .npy array: it does not start with \"\\x93NUMPY\"",
                    name);
}

orator_status ora_npy_header_measure(size_t *n_prefix, size_t *n_dict, const unsigned char *bytes,
                                     size_t n, const char *name)
{
    *n_prefix = 0;
    *n_dict = 0;
    if (n < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return fail_magic(bytes, n, name);
    if (n < ORA_NPY_PREFIX_1 || (bytes[6] != 1 && n < ORA_NPY_PREFIX_2))
        return ora_fail(ORATOR_E_FORMAT, "'%s' ends inside its header", name);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s' has .npy version %d.%d, want 1.0, 2.0 or 3.0",
                        name, bytes[6], bytes[7]);
    *n_prefix = bytes[6] == 1 ? ORA_NPY_PREFIX_1 : ORA_NPY_PREFIX_2;
    *n_dict = (size_t)bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] != 1)
        *n_dict |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (*n_dict > ORA_NPY_MAX_HEADER)
        return ora_fail(ORATOR_E_FORMAT, "'%s' claims a header of %zu bytes, want at most %d", name,
                        *n_dict, ORA_NPY_MAX_HEADER);
    return ORATOR_OK;
}

static void skip_blanks(cursor *c)
{
    while (c->i < c->n && c->s[c->i] && strchr(" \t\r\n", c->s[c->i]))
        c->i++;
}

/* Step over `wanted`, blanks before it too. */
static bool skip_char(cursor *c, char wanted)
{
    skip_blanks(c);
    if (c->i >= c->n || c->s[c->i] != wanted)
        return false;
    c->i++;
    return true;
}

static bool skip_word(cursor *c, const char *word)
{
    const size_t n = strlen(word);

    skip_blanks(c);
    if (c->n - c->i < n || memcmp(c->s + c->i, word, n) != 0)
        return false;
    c->i += n;
    return true;
}

static orator_status fail_here(const cursor *c, const char *want)
{
    const int n = (int)(c->n - c->i < 16 ? c->n - c->i : 16);

    return ora_fail(ORATOR_E_FORMAT, "'%s': header has '%.*s' at byte %zu, want %s", c->name, n,
                    c->s + c->i, c->i, want);
}

/* A quoted text without escapes, shorter than `capacity`. */
static orator_status take_quoted(char *out, size_t capacity, cursor *c, const char *want)
{
    const char *end;
    size_t n;

    skip_blanks(c);
    if (c->i >= c->n || (c->s[c->i] != '\'' && c->s[c->i] != '"'))
        return fail_here(c, want);
    end = memchr(c->s + c->i + 1, c->s[c->i], c->n - c->i - 1);
    n = end ? (size_t)(end - (c->s + c->i + 1)) : capacity;
    if (n >= capacity)
        return fail_here(c, want);
    memcpy(out, c->s + c->i + 1, n);
    out[n] = 0;
    if (memchr(out, '\\', n) || memchr(out, 0, n))
        return fail_here(c, want);
    c->i += n + 2;
    return ORATOR_OK;
}

static orator_status take_descr(ora_npy_header *h, cursor *c)
{
    orator_status st;
    char descr[32];

    if (skip_char(c, '[') || skip_char(c, '('))
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s' has a structured dtype, want one plain number per element", c->name);
    ORA_TRY(take_quoted(descr, sizeof descr, c, "a dtype such as '<f4'"));
    if (descr[0] == 'O' || (descr[0] && descr[1] == 'O'))
        return fail_pickle(c->name, "holds Python objects (dtype '|O')");
    for (int t = 0; t < ORA_DTYPE_COUNT; t++) {
        if (!type_codes[t] || !descr[0] || strcmp(descr + 1, type_codes[t]) != 0)
            continue;
        h->dtype = (ora_dtype)t;
        h->is_big_endian = descr[0] == '>';
        if (strchr("<>=", descr[0]) || (descr[0] == '|' && ora_dtype_bytes(h->dtype) == 1))
            return ORATOR_OK;
    }
    st = ora_fail(ORATOR_E_UNSUPPORTED,
                  "'%s' has dtype '%s', want f2, f4, f8, i1..i8, u1..u8 or b1 with its byte order",
                  c->name, descr);

done:
    return st;
}

static orator_status take_size(int64_t *out, cursor *c)
{
    size_t first;
    int64_t v = 0;

    skip_blanks(c);
    for (first = c->i; c->i < c->n && c->s[c->i] >= '0' && c->s[c->i] <= '9'; c->i++) {
        if (v > (INT64_MAX - 9) / 10)
            return ora_fail(ORATOR_E_FORMAT, "'%s': a size in its shape does not fit 64 bits",
                            c->name);
        v = v * 10 + (c->s[c->i] - '0');
    }
    if (c->i == first)
        return fail_here(c, "a size");
    if (c->i < c->n && c->s[c->i] == 'L') /* a long of Python 2 */
        c->i++;
    *out = v;
    return ORATOR_OK;
}

static orator_status take_shape(ora_npy_header *h, cursor *c)
{
    orator_status st = ORATOR_OK;
    bool has_comma = true;

    if (!skip_char(c, '('))
        return fail_here(c, "a shape such as (2, 3)");
    h->n_dims = 0;
    while (!skip_char(c, ')')) {
        if (!has_comma)
            return fail_here(c, "',' or ')'");
        if (h->n_dims == ORA_NPY_MAX_DIMS)
            return ora_fail(ORATOR_E_UNSUPPORTED, "'%s' has more than %d dimensions", c->name,
                            ORA_NPY_MAX_DIMS);
        ORA_TRY(take_size(&h->shape[h->n_dims], c));
        h->n_dims++;
        has_comma = skip_char(c, ',');
    }
    if (h->n_dims == 1 && !has_comma)
        st = fail_here(c, "a tuple such as (3,)");

done:
    return st;
}

static orator_status take_member(ora_npy_header *h, unsigned *has, cursor *c)
{
    orator_status st;
    unsigned bit = 0;
    char key[16];

    ORA_TRY(take_quoted(key, sizeof key, c, "'descr', 'fortran_order' or 'shape'"));
    if (!skip_char(c, ':'))
        return fail_here(c, "':'");
    if (strcmp(key, "descr") == 0) {
        bit = HAS_DESCR;
        st = take_descr(h, c);
    } else if (strcmp(key, "shape") == 0) {
        bit = HAS_SHAPE;
        st = take_shape(h, c);
    } else if (strcmp(key, "fortran_order") == 0) {
        bit = HAS_ORDER;
        h->is_fortran = skip_word(c, "True");
        if (!h->is_fortran && !skip_word(c, "False"))
            st = fail_here(c, "True or False");
    }
    if (st == ORATOR_OK && (bit == 0 || (*has & bit)))
        st = ora_fail(ORATOR_E_FORMAT, "'%s': header has %s key '%s'", c->name,
                      bit ? "twice the" : "the unknown", key);
    *has |= bit;

done:
    return st;
}

orator_status ora_npy_header_parse(ora_npy_header *h, const char *dict, size_t n, const char *name)
{
    cursor c = {.s = dict, .n = n, .name = name};
    orator_status st = ORATOR_OK;
    bool has_comma = true;
    unsigned has = 0;

    *h = (ora_npy_header){.dtype = ORA_DTYPE_F32};
    if (!skip_char(&c, '{'))
        return fail_here(&c, "'{'");
    while (!skip_char(&c, '}')) {
        if (!has_comma)
            return fail_here(&c, "',' or '}'");
        ORA_TRY(take_member(h, &has, &c));
        has_comma = skip_char(&c, ',');
    }
    skip_blanks(&c);
    if (c.i != n)
        return fail_here(&c, "the end of the header");
    if (has != HAS_ALL)
        return ora_fail(ORATOR_E_FORMAT, "'%s': header lacks '%s'", name,
                        !(has & HAS_DESCR)   ? "descr"
                        : !(has & HAS_ORDER) ? "fortran_order"
                                             : "shape");
    if (!ora_dtype_sizes(&h->n_elements, &h->n_bytes, h->dtype, h->n_dims, h->shape))
        st =
            ora_fail(ORATOR_E_FORMAT, "'%s': header claims more elements than 64 bits count", name);

done:
    return st;
}
