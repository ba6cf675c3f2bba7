/*
 * subject_check.c - every fault of a subject folder: what is missing, too much, renamed or changed.
 * What the files hold is looked at in subject_check_arrays.c and subject_check_media.c.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "subject/subject_faults.h"

enum { MAX_DEPTH = 4 };

/* A file of the folder that the manifest does not know. */
typedef struct stray_file {
    char *path; /* relative, owned */
    int64_t n_bytes;
    char sha256[65]; /* "" until somebody asks */
    bool is_explained;
} stray_file;

typedef struct stray_list {
    stray_file *files; /* [n], owned */
    size_t n;
} stray_list;

void ora_faults_add(ora_faults *f, const char *file, const char *format, ...)
{
    char what[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (f->n == 0)
        (void)snprintf(f->first, sizeof f->first, "%.200s: %s", file, what);
    f->n++;
    if (f->on_fault)
        f->on_fault(f->user, file, what);
}

orator_status ora_faults_add_failure(ora_faults *f, const char *file, orator_status st)
{
    if (st == ORATOR_OK || st == ORATOR_E_CANCELLED || st == ORATOR_E_NOMEM)
        return st;
    ora_faults_add(f, file, "%s", orator_last_error());
    return ORATOR_OK;
}

static orator_status no_memory(const ora_faults *f)
{
    return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", f->subject->folder);
}

static orator_status add_stray(stray_list *list, const ora_faults *f, const char *path,
                               int64_t n_bytes)
{
    stray_file *more = realloc(list->files, (list->n + 1) * sizeof *more);
    stray_file stray = {.n_bytes = n_bytes};

    if (more)
        list->files = more;
    stray.path = more ? ora_text_copy(path) : NULL;
    if (!stray.path)
        return no_memory(f);
    list->files[list->n++] = stray;
    return ORATOR_OK;
}

static orator_status walk(stray_list *list, ora_faults *f, const char *folder, int depth);

/* One name of a folder; `path` is relative to the subject. */
static orator_status walk_name(stray_list *list, ora_faults *f, const char *path, int depth)
{
    orator_status st = ORATOR_OK;
    const char *name = ora_path_name(path);
    char *full = ora_path_join(f->subject->folder, path);
    int64_t n_bytes = 0;

    if (!full)
        return no_memory(f);
    if (name[0] == '.') {
        /* hidden files belong to other programs, but for our own leavings */
        if (strstr(name, ".tmp-"))
            ora_faults_add(f, path, "temporary file left by an interrupted run");
    } else if (ora_file_is_folder(full)) {
        if (depth + 1 < MAX_DEPTH)
            st = walk(list, f, path, depth + 1);
        else
            ora_faults_add(f, path, "folder too deep, want at most %d levels", MAX_DEPTH);
    } else if (strcmp(path, "subject.json") != 0 && !ora_subject_find_file(f->subject, path)) {
        if (ora_subject_file_size(&n_bytes, full) != ORATOR_OK)
            ora_faults_add(f, path, "neither a file nor a folder");
        else
            st = add_stray(list, f, path, n_bytes);
    }
    free(full);
    return st;
}

/* Collect the files below `folder` ("" = the subject's own) that the manifest does not know. */
static orator_status walk(stray_list *list, ora_faults *f, const char *folder, int depth)
{
    orator_status st;
    char **names = NULL;
    size_t n = 0;
    char *full =
        folder[0] ? ora_path_join(f->subject->folder, folder) : ora_text_copy(f->subject->folder);
    char *path = NULL;

    if (!full)
        return no_memory(f);
    st = ora_folder_list(&names, &n, full);
    st = ora_faults_add_failure(f, folder, st);
    for (size_t i = 0; i < n && st == ORATOR_OK; i++) {
        free(path);
        path = folder[0] ? ora_path_join(folder, names[i]) : ora_text_copy(names[i]);
        st = path ? walk_name(list, f, path, depth) : no_memory(f);
    }
    ora_names_free(names, n);
    free(path);
    free(full);
    return st;
}

/* *out is the stray file with the promised bytes, or NULL. */
static orator_status find_renamed(stray_file **out, stray_list *list, const ora_faults *f,
                                  const ora_subject_file *missing)
{
    orator_status st = ORATOR_OK;

    *out = NULL;
    for (size_t i = 0; i < list->n; i++) {
        stray_file *stray = &list->files[i];

        if (stray->n_bytes != missing->n_bytes || stray->is_explained)
            continue;
        if (!stray->sha256[0]) {
            char *full = ora_path_join(f->subject->folder, stray->path);

            st = full ? ora_sha256_file(stray->sha256, full) : no_memory(f);
            free(full);
            if (st == ORATOR_E_NOMEM)
                return st;
            /* "" where unreadable: no match */
        }
        if (strcmp(stray->sha256, missing->sha256) == 0) {
            *out = stray;
            break;
        }
    }
    return ORATOR_OK;
}

/* A promised file that is not there. */
static orator_status report_missing(ora_faults *f, stray_list *list, const ora_subject_file *file)
{
    stray_file *stray = NULL;
    const orator_status st = find_renamed(&stray, list, f, file);

    if (stray) {
        stray->is_explained = true;
        ora_faults_add(f, file->path, "missing; renamed to '%s'", stray->path);
    } else if (st == ORATOR_OK) {
        ora_faults_add(f, file->path, "missing");
    }
    return st;
}

static orator_status check_promised(ora_faults *f, stray_list *list, const ora_subject_file *file)
{
    orator_status st;
    char *full = ora_path_join(f->subject->folder, file->path);
    char hex[65];
    int64_t n_bytes = 0;

    if (!full)
        return no_memory(f);
    if (!ora_file_exists(full)) {
        st = report_missing(f, list, file);
        goto done;
    }
    ORA_TRY(ora_subject_file_size(&n_bytes, full));
    if (n_bytes != file->n_bytes) {
        ora_faults_add(f, file->path, "%" PRId64 " bytes, want %" PRId64, n_bytes, file->n_bytes);
        goto done;
    }
    ORA_TRY(ora_sha256_file(hex, full));
    if (strcmp(hex, file->sha256) != 0)
        ora_faults_add(f, file->path, "changed: SHA-256 is %s, want %s", hex, file->sha256);

done:
    free(full);
    return ora_faults_add_failure(f, file->path, st);
}

/* One row of the manifest that names a file must name a promised one. */
static void check_reference(ora_faults *f, const char *key, const char *path)
{
    if (path && !ora_subject_find_file(f->subject, path))
        ora_faults_add(f, "subject.json", "'%s' names '%s', which is not in 'files'", key, path);
}

static orator_status check_facts(ora_faults *f)
{
    const orator_subject *s = f->subject;
    orator_subject_info info;
    orator_status st;
    char hash[65];

    orator_subject_info_get(s, &info);
    if (info.n_valid_frames == 0)
        ora_faults_add(f, "subject.json", "all %" PRId64 " frames are marked bad", s->n_frames);
    if (s->focal_px > 0.0 &&
        !(fabs(s->centre_px[0]) < 4.0 * s->width && fabs(s->centre_px[1]) < 4.0 * s->height))
        ora_faults_add(f, "subject.json", "the camera's centre (%g, %g) is far outside the picture",
                       s->centre_px[0], s->centre_px[1]);
    check_reference(f, "sound", s->sound);
    if (s->mattes && !ora_subject_is_pattern(s->mattes))
        check_reference(f, "mattes", s->mattes);
    st = ora_subject_clip_hash(hash, s);
    if (st == ORATOR_OK && strcmp(hash, s->clip_hash) != 0)
        ora_faults_add(f, "subject.json", "'clip_sha256' is not the hash of the frames in 'files'");
    return ora_faults_add_failure(f, "subject.json", st);
}

static orator_status check_files(ora_faults *f)
{
    orator_status st;
    stray_list strays = {0};
    ora_progress p;

    ora_progress_begin(&p, f->ctx, "check", f->subject->n_files);
    ORA_TRY(walk(&strays, f, "", 0));
    for (int32_t i = 0; i < f->subject->n_files; i++) {
        ORA_TRY(ora_progress_step(&p, i, ""));
        ORA_TRY(check_promised(f, &strays, &f->subject->files[i]));
    }
    for (size_t i = 0; i < strays.n; i++)
        if (!strays.files[i].is_explained)
            ora_faults_add(f, strays.files[i].path, "not in the manifest");
    ora_progress_end(&p, f->subject->n_files, "");

done:
    for (size_t i = 0; i < strays.n; i++)
        free(strays.files[i].path);
    free(strays.files);
    return st;
}

orator_status orator_subject_check(orator_subject *s, orator_context *ctx,
                                   orator_subject_fault_fn *on_fault, void *user)
{
    orator_status st;
    ora_faults f = {.subject = s, .ctx = ctx, .on_fault = on_fault, .user = user};

    ORA_TRY(check_facts(&f));
    ORA_TRY(check_files(&f));
    ORA_TRY(ora_subject_check_arrays(&f));
    ORA_TRY(ora_subject_check_media(&f));
    if (f.n == 1)
        st = ora_fail(ORATOR_E_FORMAT, "subject '%s': %s", s->folder, f.first);
    else if (f.n > 1)
        st = ora_fail(ORATOR_E_FORMAT, "subject '%s': %s, and %" PRId64 " more, %" PRId64 " faults",
                      s->folder, f.first, f.n - 1, f.n);

done:
    return st;
}
