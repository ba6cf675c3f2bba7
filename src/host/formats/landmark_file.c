#include "formats/landmark_file.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"

enum { POINTS = 68, MAX_TOKEN = 64 };
static const size_t MAX_FILE_BYTES = (size_t)1 << 30;
static const double PTS_SHIFT = 0.5; /* from first pixel's centre = 1 to first pixel's corner = 0 */

/* Walks over words parted by blanks, counting lines. */
typedef struct word_reader {
    const char *at, *end;
    const char *name;
    int64_t line;
    char word[MAX_TOKEN];
} word_reader;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word, cut at MAX_TOKEN - 1; "" at the end of the text. */
static const char *next_word(word_reader *r)
{
    size_t n = 0;

    for (; r->at < r->end && is_space(*r->at); r->at++)
        r->line += *r->at == '\n';
    for (; r->at < r->end && !is_space(*r->at); r->at++)
        if (n + 1 < sizeof r->word)
            r->word[n++] = *r->at;
    r->word[n] = 0;
    return r->word;
}

/* `shift` is added to each coordinate. */
static orator_status take_points(float (*out)[2], word_reader *r, double shift)
{
    for (int i = 0; i < POINTS; i++)
        for (int k = 0; k < 2; k++) {
            double v = 0.0;

            if (!*next_word(r))
                return ora_fail(ORATOR_E_FORMAT, "'%s' ends after %d landmarks, want %d", r->name,
                                i, POINTS);
            if (!ora_text_to_f64(&v, r->word) || fabs(v) > (double)FLT_MAX)
                return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: '%s' is not a number", r->name,
                                (long long)r->line, r->word);
            out[i][k] = (float)(v + shift);
        }
    return ORATOR_OK;
}

static orator_status want_word(word_reader *r, const char *want)
{
    if (!ora_text_same_nocase(next_word(r), want))
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: '%s', want '%s'", r->name,
                        (long long)r->line, r->word, *want ? want : "the end");
    return ORATOR_OK;
}

/* Behind "version:". */
static orator_status parse_pts(float (*out)[2], word_reader *r)
{
    orator_status st = ORATOR_OK;

    (void)next_word(r); /* the version, which has only ever been 1 */
    ORA_TRY(want_word(r, "n_points:"));
    ORA_TRY(want_word(r, "68"));
    ORA_TRY(want_word(r, "{"));
    ORA_TRY(take_points(out, r, -PTS_SHIFT));
    ORA_TRY(want_word(r, "}"));

done:
    return st;
}

static orator_status parse_csv(float (*out)[2], const char *text, size_t n, const char *name)
{
    orator_status st;
    ora_landmark_rows rows;

    ORA_TRY(ora_landmark_rows_parse(&rows, text, n, name));
    if (rows.n != 1 || !rows.valid[0])
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has %lld rows of landmarks%s, want one picture's",
                      name, (long long)rows.n, rows.n == 1 ? " without a face" : "");
    else
        memcpy(out, rows.point, POINTS * sizeof *out);

done:
    ora_landmark_rows_clear(&rows);
    return st;
}

orator_status ora_landmarks_parse(float (*out)[2], const char *text, size_t n, const char *name)
{
    orator_status st;
    word_reader r = {.at = text, .end = text + n, .name = name, .line = 1};
    float points[POINTS][2];

    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    if (n > 0 && memchr(text, ',', n)) {
        ORA_TRY(parse_csv(points, text, n, name));
    } else if (ora_text_same_nocase(next_word(&r), "version:")) {
        ORA_TRY(parse_pts(points, &r));
        ORA_TRY(want_word(&r, ""));
    } else {
        r = (word_reader){.at = text, .end = text + n, .name = name, .line = 1};
        ORA_TRY(take_points(points, &r, 0.0));
        ORA_TRY(want_word(&r, ""));
    }
    memcpy(out, points, sizeof points);
    st = ORATOR_OK;

done:
    return st;
}

orator_status ora_landmarks_read(float (*out)[2], const char *path)
{
    orator_status st;
    unsigned char *bytes = NULL;
    size_t n = 0;

    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_landmarks_parse(out, (const char *)bytes, n, path));

done:
    free(bytes);
    return st;
}

/* The shift is made in double precision so that it can be undone exactly. */
static void print(char out[32], float v, bool is_pts)
{
    if (is_pts)
        ora_text_from_f64(out, (double)v + PTS_SHIFT);
    else
        ora_text_from_f32(out, v);
}

orator_status ora_landmarks_write(const float (*points)[2], const char *path)
{
    orator_status st;
    const char *ext = ora_path_extension(path);
    const bool is_pts = ora_text_same_nocase(ext, ".pts");
    ora_text t = {0};

    if (!is_pts && !ora_text_same_nocase(ext, ".lms"))
        return ora_fail(ORATOR_E_INVALID, "landmarks '%s': the name must end in .lms or .pts",
                        path);
    if (is_pts)
        ora_text_add(&t, "version: 1\nn_points: 68\n{\n");
    for (int i = 0; i < POINTS; i++) {
        char x[32], y[32];

        if (!isfinite(points[i][0]) || !isfinite(points[i][1])) {
            st = ora_fail(ORATOR_E_INVALID, "write '%s': landmark %d is not finite", path, i);
            goto done;
        }
        print(x, points[i][0], is_pts);
        print(y, points[i][1], is_pts);
        ora_text_addf(&t, "%s %s\n", x, y);
    }
    if (is_pts)
        ora_text_add(&t, "}\n");
    st = t.failed ? ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path)
                  : ora_file_write_all(path, t.s, t.n);

done:
    ora_text_clear(&t);
    return st;
}
