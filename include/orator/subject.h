/*
 * subject.h - a subject folder: one person's clip, prepared.
 *
 * Typical use:
 *
 *     orator_subject *s = NULL;
 *
 *     if (orator_subject_open(&s, ctx, "data/demo") != ORATOR_OK)
 *         die(orator_last_error());
 *     if (orator_subject_check(s, ctx, on_fault, NULL) != ORATOR_OK)
 *         ...
 *     orator_subject_close(&s);
 *
 * The layout stands in docs/formats.md. Threads: one orator_subject may be used by one thread at a
 * time.
 */
#ifndef ORATOR_SUBJECT_H
#define ORATOR_SUBJECT_H

#include <stdint.h>

#include "orator/context.h"
#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct orator_subject orator_subject;

/* Facts of a subject. Strings are borrowed from the subject. */
typedef struct orator_subject_info {
    const char *id;         /* short name                                         */
    int64_t rate_num;       /* frames per second                                  */
    int64_t rate_den;       /*                                                    */
    int64_t n_frames;       /* ids 0..n_frames-1; bad ones are marked, not gaps   */
    int64_t n_valid_frames; /* frames not marked bad                              */
    int32_t width, height;  /* pixels of the plate                                */
} orator_subject_info;

/* One fault of a subject folder: the file it is in, relative to the folder, and what is wrong. */
typedef void orator_subject_fault_fn(void *user, const char *file, const char *what);

/*
 * Open the subject folder at `path` and read its manifest. On failure *out is NULL.
 *   ORATOR_E_IO      no such folder, or no subject.json in it
 *   ORATOR_E_FORMAT  the manifest is damaged or of a newer schema
 */
orator_status orator_subject_open(orator_subject **out, orator_context *ctx, const char *path);

void orator_subject_info_get(const orator_subject *s, orator_subject_info *out);

/*
 * Look at every file the manifest promises: presence, size, shape, range, hash. Each fault goes to
 * `on_fault` (may be NULL).
 *   ORATOR_E_FORMAT     at least one fault; the error text has the first and their number
 *   ORATOR_E_CANCELLED
 */
orator_status orator_subject_check(orator_subject *s, orator_context *ctx,
                                   orator_subject_fault_fn *on_fault, void *user);

/* Release *s and set it to NULL; NULL is fine. */
void orator_subject_close(orator_subject **s);

/*
 * Make the subject folder `dst` from a folder `src` of another system: AD-NeRF, RAD-NeRF, ER-NeRF,
 * SyncTalk or GeneFace layout, recognised by its files. May be killed at any moment and run again;
 * the result equals an uninterrupted run. A `dst` that is complete already is left as it is.
 *   ORATOR_E_IO           `src` is not there or a file of it cannot be read
 *   ORATOR_E_UNSUPPORTED  layout not recognised, or data only in a pickle
 *   ORATOR_E_FORMAT       damaged input; the text names the file
 *   ORATOR_E_WRITE        `dst` cannot be written
 */
orator_status orator_subject_import(orator_context *ctx, const char *src, const char *dst);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_SUBJECT_H */
