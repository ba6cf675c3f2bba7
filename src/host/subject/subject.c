/*
 * subject.c - a subject folder as an object: open, close, facts, files, stages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "subject/subject_impl.h"

orator_status ora_subject_create(orator_subject **out, const char *folder, int64_t n_frames)
{
    orator_status st = ORATOR_OK;
    orator_subject *s = NULL;

    *out = NULL;
    if (n_frames < 1 || n_frames > ORA_SUBJECT_MAX_FRAMES)
        return ora_fail(ORATOR_E_INVALID, "a subject of %lld frames, want 1..%d",
                        (long long)n_frames, ORA_SUBJECT_MAX_FRAMES);
    s = calloc(1, sizeof *s);
    if (!s) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a subject");
        goto done;
    }
    s->folder = ora_text_copy(folder);
    s->n_frames = n_frames;
    s->bad = calloc((size_t)n_frames, 1);
    s->split = calloc((size_t)n_frames, 1);
    if (!s->folder || !s->bad || !s->split) {
        st =
            ora_fail(ORATOR_E_NOMEM, "no memory for a subject of %lld frames", (long long)n_frames);
        goto done;
    }
    *out = s;
    s = NULL;

done:
    orator_subject_close(&s);
    return st;
}

orator_status orator_subject_open(orator_subject **out, orator_context *ctx, const char *path)
{
    orator_status st;

    *out = NULL;
    if (!ora_file_is_folder(path))
        return ora_fail(ORATOR_E_IO, "open subject '%s': no such folder", path);
    st = ora_subject_read(out, path);
    if (st == ORATOR_OK)
        ora_log(ctx, ORATOR_LOG_DEBUG, "subject '%s': %lld frames of %dx%d", (*out)->id,
                (long long)(*out)->n_frames, (*out)->width, (*out)->height);
    return st;
}

void orator_subject_info_get(const orator_subject *s, orator_subject_info *out)
{
    *out = (orator_subject_info){.id = s->id,
                                 .rate_num = s->rate.num,
                                 .rate_den = s->rate.den,
                                 .n_frames = s->n_frames,
                                 .width = s->width,
                                 .height = s->height};
    for (int64_t i = 0; i < s->n_frames; i++)
        out->n_valid_frames += !s->bad[i];
}

void orator_subject_close(orator_subject **s)
{
    orator_subject *me = *s;

    if (!me)
        return;
    for (int32_t i = 0; i < me->n_stages; i++)
        free(me->stages[i].name);
    for (int32_t i = 0; i < me->n_files; i++)
        free(me->files[i].path);
    free(me->stages);
    free(me->files);
    free(me->folder);
    free(me->id);
    free(me->clip);
    free(me->frames);
    free(me->sound);
    free(me->mattes);
    free(me->bad);
    free(me->split);
    free(me->licence);
    free(me->consent);
    free(me->credits);
    free(me);
    *s = NULL;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const ora_subject_file *)a)->path, ((const ora_subject_file *)b)->path);
}

void ora_subject_sort_files(orator_subject *s)
{
    if (s->n_files > 1)
        qsort(s->files, (size_t)s->n_files, sizeof *s->files, by_path);
}

const ora_subject_file *ora_subject_find_file(const orator_subject *s, const char *path)
{
    int32_t first = 0, end = s->n_files;

    while (first < end) {
        const int32_t middle = first + (end - first) / 2;
        const int order = strcmp(path, s->files[middle].path);

        if (order == 0)
            return &s->files[middle];
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

orator_status ora_subject_file_size(int64_t *out, const char *path)
{
    struct stat info;

    *out = 0;
    if (stat(path, &info) != 0)
        return ora_fail(ORATOR_E_IO, "open '%s': %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return ora_fail(ORATOR_E_IO, "open '%s': not a regular file", path);
    *out = (int64_t)info.st_size;
    return ORATOR_OK;
}

orator_status ora_subject_add_file(orator_subject *s, const char *path)
{
    orator_status st = ORATOR_OK;
    ora_subject_file file = {0};
    char *full = ora_path_join(s->folder, path);
    ora_subject_file *more;

    if (!full)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the list of files");
    ORA_TRY(ora_sha256_file(file.sha256, full));
    ORA_TRY(ora_subject_file_size(&file.n_bytes, full));
    more = realloc(s->files, ((size_t)s->n_files + 1) * sizeof *s->files);
    if (more)
        s->files = more;
    file.path = more ? ora_text_copy(path) : NULL;
    if (!file.path) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for the list of files");
        goto done;
    }
    s->files[s->n_files++] = file;

done:
    free(full);
    return st;
}

orator_status ora_subject_set_stage(orator_subject *s, const char *name, const char *input_hash)
{
    ora_subject_stage stage = {0};
    ora_subject_stage *more;

    for (int32_t i = 0; i < s->n_stages; i++) {
        if (strcmp(s->stages[i].name, name) == 0) {
            memcpy(s->stages[i].input_hash, input_hash, 65);
            return ORATOR_OK;
        }
    }
    more = realloc(s->stages, ((size_t)s->n_stages + 1) * sizeof *s->stages);
    if (more)
        s->stages = more;
    stage.name = more ? ora_text_copy(name) : NULL;
    if (!stage.name)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a stage");
    memcpy(stage.input_hash, input_hash, 65);
    s->stages[s->n_stages++] = stage;
    return ORATOR_OK;
}

const char *ora_subject_stage_hash(const orator_subject *s, const char *name)
{
    for (int32_t i = 0; i < s->n_stages; i++)
        if (strcmp(s->stages[i].name, name) == 0)
            return s->stages[i].input_hash;
    return NULL;
}

orator_status ora_subject_clip_hash(char out[65], const orator_subject *s)
{
    ora_sha256 h;
    int64_t n = 0;

    out[0] = 0;
    if (s->clip) {
        const ora_subject_file *f = ora_subject_find_file(s, s->clip);

        if (!f)
            return ora_fail(ORATOR_E_FORMAT, "the clip '%s' is not in 'files'", s->clip);
        memcpy(out, f->sha256, sizeof f->sha256);
        return ORATOR_OK;
    }
    ora_sha256_init(&h);
    for (int32_t i = 0; s->frames && i < s->n_files; i++) {
        const ora_subject_file *f = &s->files[i];

        if (ora_subject_match(s->frames, f->path) < 0)
            continue;
        ora_sha256_add(&h, f->sha256, 64);
        ora_sha256_add(&h, "  ", 2);
        ora_sha256_add(&h, f->path, strlen(f->path));
        ora_sha256_add(&h, "\n", 1);
        n++;
    }
    if (n == 0)
        return ora_fail(ORATOR_E_FORMAT, "not one picture of the frames is in 'files'");
    ora_sha256_finish(&h, out);
    return ORATOR_OK;
}
