/*
 * subject_print.c - the bytes of subject.json, and their hash. Keys and files come in a fixed order,
 * numbers in their shortest form, so that the same subject is the same file.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "subject/subject_impl.h"

/* JSON text; bytes from 0x80 stand as they are (UTF-8). */
static void add_quoted(ora_text *t, const char *s)
{
    if (!s) {
        ora_text_add(t, "null");
        return;
    }
    ora_text_add(t, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            ora_text_addf(t, "\\%c", *s);
        else if ((unsigned char)*s < 0x20 || *s == 0x7f)
            ora_text_addf(t, "\\u%04x", (unsigned)(unsigned char)*s);
        else
            ora_text_add_bytes(t, s, 1);
    }
    ora_text_add(t, "\"");
}

static void add_member(ora_text *t, const char *key, const char *value)
{
    ora_text_addf(t, "  \"%s\": ", key);
    add_quoted(t, value);
    ora_text_add(t, ",\n");
}

static void add_number(ora_text *t, double v)
{
    char text[32];

    ora_text_from_f64(text, v);
    ora_text_add(t, text);
}

/* The runs of frames whose mark is `value`: "[[0, 9], [12, 12]]". */
static void add_ranges(ora_text *t, const uint8_t *marks, uint8_t value, int64_t n)
{
    const char *between = "";

    ora_text_add(t, "[");
    for (int64_t i = 0; i < n; i++) {
        const int64_t first = i;

        if (marks[i] != value)
            continue;
        while (i + 1 < n && marks[i + 1] == value)
            i++;
        ora_text_addf(t, "%s[%" PRId64 ", %" PRId64 "]", between, first, i);
        between = ", ";
    }
    ora_text_add(t, "]");
}

static void add_facts(ora_text *t, const orator_subject *s)
{
    char rate[48];

    ora_rational_print(rate, s->rate);
    ora_text_addf(t, "  \"schema\": \"orator subject\",\n  \"version\": %d,\n", ORA_SUBJECT_SCHEMA);
    add_member(t, "id", s->id);
    add_member(t, "rate", rate);
    ora_text_addf(t, "  \"n_frames\": %" PRId64 ",\n  \"width\": %d,\n  \"height\": %d,\n",
                  s->n_frames, s->width, s->height);
    ora_text_addf(t, "  \"crop\": [%d, %d, %d, %d],\n", s->crop[0], s->crop[1], s->crop[2],
                  s->crop[3]);
    add_member(t, "clip", s->clip);
    add_member(t, "clip_sha256", s->clip_hash);
    add_member(t, "frames", s->frames);
    add_member(t, "sound", s->sound);
    add_member(t, "mattes", s->mattes);
    ora_text_addf(t,
                  "  \"colour\": {\"primaries\": \"%s\", \"transfer\": \"%s\", \"matrix\": \"%s\", "
                  "\"range\": \"%s\"},\n",
                  ora_colour_primaries_name(s->colour.primaries),
                  ora_colour_transfer_name(s->colour.transfer),
                  ora_colour_matrix_name(s->colour.matrix), ora_colour_range_name(s->colour.range));
    if (s->focal_px > 0.0) {
        ora_text_add(t, "  \"camera\": {\"focal_px\": ");
        add_number(t, s->focal_px);
        ora_text_add(t, ", \"centre_px\": [");
        add_number(t, s->centre_px[0]);
        ora_text_add(t, ", ");
        add_number(t, s->centre_px[1]);
        ora_text_add(t, "]},\n");
    } else {
        ora_text_add(t, "  \"camera\": null,\n");
    }
    add_member(t, "head_origin", s->head_origin == ORA_HEAD_SOURCE ? "source" : "canonical");
    ora_text_add(t, "  \"bad_frames\": ");
    add_ranges(t, s->bad, 1, s->n_frames);
    ora_text_add(t, ",\n  \"splits\": {\"train\": ");
    add_ranges(t, s->split, ORA_SPLIT_TRAIN, s->n_frames);
    ora_text_add(t, ", \"val\": ");
    add_ranges(t, s->split, ORA_SPLIT_VAL, s->n_frames);
    ora_text_add(t, "},\n");
    add_member(t, "licence", s->licence);
    add_member(t, "consent", s->consent);
    add_member(t, "credits", s->credits);
}

orator_status ora_subject_print(char **out, size_t *n, const orator_subject *s)
{
    ora_text t = {0};

    ora_text_add(&t, "{\n");
    add_facts(&t, s);
    ora_text_add(&t, "  \"stages\": [");
    for (int32_t i = 0; i < s->n_stages; i++) {
        ora_text_addf(&t, "%s\n    {\"name\": ", i > 0 ? "," : "");
        add_quoted(&t, s->stages[i].name);
        ora_text_addf(&t, ", \"input_sha256\": \"%s\"}", s->stages[i].input_hash);
    }
    ora_text_add(&t, s->n_stages > 0 ? "\n  ],\n" : "],\n");
    ora_text_add(&t, "  \"files\": [");
    for (int32_t i = 0; i < s->n_files; i++) {
        const ora_subject_file *f = &s->files[i];

        ora_text_addf(&t, "%s\n    {\"path\": ", i > 0 ? "," : "");
        add_quoted(&t, f->path);
        ora_text_addf(&t, ", \"bytes\": %" PRId64 ", \"sha256\": \"%s\"}", f->n_bytes, f->sha256);
    }
    ora_text_add(&t, s->n_files > 0 ? "\n  ]\n}\n" : "]\n}\n");
    *n = t.n;
    *out = ora_text_take(&t);
    return *out ? ORATOR_OK : ora_fail(ORATOR_E_NOMEM, "no memory for the manifest of '%s'", s->id);
}

orator_status ora_subject_write(const orator_subject *s)
{
    orator_status st;
    char *path = ora_path_join(s->folder, "subject.json");
    char *text = NULL;
    size_t n = 0;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the manifest of '%s'", s->id);
    ORA_TRY(ora_subject_print(&text, &n, s));
    ORA_TRY(ora_file_write_all(path, text, n));

done:
    free(text);
    free(path);
    return st;
}

orator_status ora_subject_manifest_hash(char out[65], const orator_subject *s)
{
    char *text = NULL;
    size_t n = 0;
    ora_sha256 h;
    const orator_status st = ora_subject_print(&text, &n, s);

    out[0] = 0;
    if (st != ORATOR_OK)
        return st;
    ora_sha256_init(&h);
    ora_sha256_add(&h, text, n);
    ora_sha256_finish(&h, out);
    free(text);
    return ORATOR_OK;
}
