/*
 * subject_import.c - carries out a layout's plan so that it may be killed at any moment.
 *
 * Order: hash of all that is read; marker file with that hash; one file after the other, each
 * complete or absent; subject.json last; marker removed. A run that finds the marker with the same
 * hash keeps the files that are there, with another hash it starts over.
 */
#include "subject/subject_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/input_file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy.h"

static const char MARKER[] = "import.partial";

/* Part of the input hash: a change of what the importer makes of the same files raises the number. */
static const char IMPORTER[] = "orator import 1\n";

static const ora_layout *const LAYOUTS[] = {&ora_layout_adnerf, &ora_layout_geneface};
enum { N_LAYOUTS = sizeof LAYOUTS / sizeof LAYOUTS[0] };

static orator_status no_memory(const ora_import *imp)
{
    return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
}

static orator_status hash_input(char out[65], const ora_import *imp, const ora_layout *layout)
{
    orator_status st = ORATOR_OK;
    ora_sha256 h;
    char *path = NULL;
    ora_progress p;

    ora_progress_begin(&p, imp->ctx, "read", imp->n_items);
    ora_sha256_init(&h);
    ora_sha256_add(&h, IMPORTER, sizeof IMPORTER - 1);
    ora_sha256_add(&h, layout->name, strlen(layout->name) + 1);
    for (int32_t i = 0; i < imp->n_items; i++) {
        const ora_import_item *item = &imp->items[i];
        char hex[65];

        ORA_TRY(ora_progress_step(&p, i, ""));
        if (!item->from)
            continue;
        free(path);
        path = ora_path_join(imp->src, item->from);
        if (!path) {
            st = no_memory(imp);
            goto done;
        }
        ORA_TRY(ora_sha256_file(hex, path));
        ora_sha256_add(&h, hex, 64);
        ora_sha256_add(&h, item->from, strlen(item->from) + 1);
    }
    ora_sha256_finish(&h, out);

done:
    ora_progress_end(&p, imp->n_items, "");
    free(path);
    return st;
}

/* Everything in dst but the marker goes. */
static orator_status empty_folder(const char *dst)
{
    orator_status st;
    char **names = NULL;
    size_t n = 0;
    char *path = NULL;

    ORA_TRY(ora_folder_list(&names, &n, dst));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], MARKER) == 0)
            continue;
        free(path);
        path = ora_path_join(dst, names[i]);
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "import into '%s': no memory", dst);
            goto done;
        }
        if (ora_file_is_folder(path)) {
            ORA_TRY(ora_folder_remove(path));
        } else if (unlink(path) != 0) {
            st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", path, strerror(errno));
            goto done;
        }
    }

done:
    free(path);
    ora_names_free(names, n);
    return st;
}

/* A run killed as it wrote the marker leaves a temporary file, which counts as nothing. */
static orator_status folder_is_empty(bool *out, const char *dst)
{
    char **names = NULL;
    size_t n = 0;
    const orator_status st = ora_folder_list(&names, &n, dst);

    *out = true;
    for (size_t i = 0; i < n; i++)
        *out = *out && ora_file_name_is_temp(names[i]);
    ora_names_free(names, n);
    return st;
}

/* Make dst ready; files of an interrupted run from the same input stay. */
static orator_status prepare(const char *dst, const char *input_hash)
{
    orator_status st;
    unsigned char *found = NULL;
    size_t n = 0;
    bool is_empty = false;
    char *marker = ora_path_join(dst, MARKER);

    if (!marker)
        return ora_fail(ORATOR_E_NOMEM, "import into '%s': no memory", dst);
    ORA_TRY(ora_folder_make(dst));
    if (ora_file_exists(marker)) {
        ORA_TRY(ora_file_read_all(&found, &n, marker, 4096));
        if (n == 64 && memcmp(found, input_hash, 64) == 0)
            goto done;
        ORA_TRY(empty_folder(dst));
    } else {
        ORA_TRY(folder_is_empty(&is_empty, dst));
        if (!is_empty) {
            st = ora_fail(ORATOR_E_WRITE,
                          "'%s' is neither empty nor an interrupted import, choose another folder",
                          dst);
            goto done;
        }
    }
    ORA_TRY(ora_file_write_all(marker, input_hash, 64));

done:
    free(found);
    free(marker);
    return st;
}

static orator_status copy_file(const char *from, const char *to)
{
    enum { PIECE = 1 << 18 };
    orator_status st = ORATOR_OK;
    unsigned char *buf = malloc(PIECE);
    ora_file_writer *w = NULL;
    uint64_t n_file = 0;
    FILE *f = NULL;
    size_t n;

    if (!buf) {
        st = ora_fail(ORATOR_E_NOMEM, "copy '%s': no memory", from);
        goto done;
    }
    ORA_TRY(ora_input_file_open(&f, &n_file, from));
    ORA_TRY(ora_file_writer_open(&w, to));
    while ((n = fread(buf, 1, PIECE, f)) > 0)
        ORA_TRY(ora_file_writer_put(w, buf, n));
    if (ferror(f)) {
        st = ora_fail(ORATOR_E_IO, "read '%s': %s", from, strerror(errno));
        goto done;
    }
    ORA_TRY(ora_file_writer_commit(&w));

done:
    ora_file_writer_close(&w);
    if (f)
        (void)fclose(f);
    free(buf);
    return st;
}

static orator_status run_item(const ora_import *imp, const ora_import_item *item)
{
    orator_status st = ORATOR_OK;
    char *from = item->from ? ora_path_join(imp->src, item->from) : NULL;
    char *to = ora_path_join(imp->subject->folder, item->to);
    char *folder = to ? ora_path_folder(to) : NULL;

    if (!to || !folder || (item->from && !from)) {
        st = no_memory(imp);
        goto done;
    }
    if (ora_file_exists(to))
        goto done;
    ORA_TRY(ora_folder_make(folder));
    switch (item->act) {
    case ORA_IMPORT_READ:
        break;
    case ORA_IMPORT_COPY:
        st = copy_file(from, to);
        break;
    case ORA_IMPORT_MATTE:
        st = ora_import_write_matte(imp, from, to);
        break;
    case ORA_IMPORT_BACKGROUND:
        st = ora_import_write_background(imp, from, to);
        break;
    case ORA_IMPORT_ARRAY:
        st = ora_npy_write(to, ORA_DTYPE_F32, item->n_dims, item->shape, item->data);
        break;
    }

done:
    free(from);
    free(to);
    free(folder);
    return st;
}

/* Remove temporary files that a killed run left in the sub-folders. */
static orator_status sweep(const char *dst)
{
    orator_status st;
    char **names = NULL;
    size_t n = 0;
    char *path = NULL;

    ORA_TRY(ora_folder_sweep(dst));
    ORA_TRY(ora_folder_list(&names, &n, dst));
    for (size_t i = 0; i < n; i++) {
        free(path);
        path = ora_path_join(dst, names[i]);
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "import into '%s': no memory", dst);
            goto done;
        }
        if (ora_file_is_folder(path))
            ORA_TRY(ora_folder_sweep(path));
    }

done:
    free(path);
    ora_names_free(names, n);
    return st;
}

static orator_status run_items(const ora_import *imp)
{
    orator_status st = ORATOR_OK;
    ora_progress p;

    ora_progress_begin(&p, imp->ctx, "import", imp->n_items);
    for (int32_t i = 0; i < imp->n_items; i++) {
        ORA_TRY(ora_progress_step(&p, i, ""));
        if (imp->items[i].to)
            ORA_TRY(run_item(imp, &imp->items[i]));
    }
    ora_progress_end(&p, imp->n_items, "");

done:
    return st;
}

static orator_status remove_marker(const char *dst)
{
    orator_status st = ORATOR_OK;
    char *marker = ora_path_join(dst, MARKER);

    if (!marker)
        return ora_fail(ORATOR_E_NOMEM, "import into '%s': no memory", dst);
    if (unlink(marker) != 0 && errno != ENOENT)
        st = ora_fail(ORATOR_E_WRITE, "remove '%s': %s", marker, strerror(errno));
    free(marker);
    return st;
}

/* List, hash and promise what was written; the manifest makes the folder a subject. */
static orator_status finish(ora_import *imp, const char *input_hash)
{
    orator_status st = ORATOR_OK;
    orator_subject *s = imp->subject;

    for (int32_t i = 0; i < imp->n_items; i++) {
        ORA_TRY(ora_cancel_check(imp->ctx));
        if (imp->items[i].to)
            ORA_TRY(ora_subject_add_file(s, imp->items[i].to));
    }
    ora_subject_sort_files(s);
    ORA_TRY(ora_subject_clip_hash(s->clip_hash, s));
    ORA_TRY(ora_subject_set_stage(s, "import", input_hash));
    ORA_TRY(ora_subject_write(s));
    ORA_TRY(remove_marker(s->folder));

done:
    return st;
}

/* *is_done when dst is a subject already and made from this input. */
static orator_status look_at_subject(bool *is_done, orator_context *ctx, const char *dst,
                                     const char *input_hash)
{
    orator_status st;
    orator_subject *s = NULL;
    const char *hash;

    *is_done = false;
    if (!ora_import_has(dst, "subject.json"))
        return ORATOR_OK;
    ORA_TRY(ora_subject_read(&s, dst));
    hash = ora_subject_stage_hash(s, "import");
    if (!hash || strcmp(hash, input_hash) != 0) {
        st = ora_fail(ORATOR_E_WRITE, "'%s' is a subject made from other files", dst);
        goto done;
    }
    ora_log(ctx, ORATOR_LOG_INFO, "'%s' is complete, nothing to do", dst);
    *is_done = true;
    ORA_TRY(sweep(dst));
    ORA_TRY(remove_marker(dst));

done:
    orator_subject_close(&s);
    return st;
}

static const ora_layout *find_layout(const char *src)
{
    for (size_t i = 0; i < N_LAYOUTS; i++)
        if (LAYOUTS[i]->recognise(src))
            return LAYOUTS[i];
    return NULL;
}

orator_status orator_subject_import(orator_context *ctx, const char *src, const char *dst)
{
    orator_status st;
    ora_import imp = {.ctx = ctx, .src = src};
    const ora_layout *layout;
    char input_hash[65];
    bool is_done = false;

    if (!ora_file_is_folder(src))
        return ora_fail(ORATOR_E_IO, "import '%s': no such folder", src);
    layout = find_layout(src);
    if (!layout)
        return ora_fail(
            ORATOR_E_UNSUPPORTED,
            "import '%s': layout not recognised, want transforms_train.json with "
            "ori_imgs/ (AD-NeRF, RAD-NeRF, ER-NeRF, SyncTalk, GeneFace) or gt_imgs/ with "
            "coeff_fit_mp (GeneFace++, the folder processed/videos/ID)",
            src);
    ora_log(ctx, ORATOR_LOG_INFO, "import '%s': layout of %s", src, layout->name);
    ORA_TRY(layout->plan(&imp, dst));
    ORA_TRY(hash_input(input_hash, &imp, layout));
    ORA_TRY(look_at_subject(&is_done, ctx, dst, input_hash));
    if (is_done)
        goto done;
    ORA_TRY(prepare(dst, input_hash));
    ORA_TRY(sweep(dst));
    ORA_TRY(run_items(&imp));
    ORA_TRY(finish(&imp, input_hash));
    ORA_TRY(sweep(dst)); /* a process killed just before this run may have been slow to go */

done:
    ora_import_clear(&imp);
    return st;
}
