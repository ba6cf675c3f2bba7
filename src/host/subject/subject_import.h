/*
 * subject_import.h - what a reader of a foreign layout hands to the importer: facts and a plan.
 *
 * A layout looks at the folder and fills an ora_import: the subject's facts, the arrays it has read
 * and a list of things to do, one per file. subject_import.c carries the list out, so that killing,
 * resuming, hashing and the manifest are the same for all layouts.
 */
#ifndef ORA_SUBJECT_IMPORT_H
#define ORA_SUBJECT_IMPORT_H

#include "core/image.h"
#include "subject/subject_impl.h"

typedef enum ora_import_act {
    ORA_IMPORT_READ = 0,   /* the file went into the arrays or facts; part of the input hash     */
    ORA_IMPORT_COPY,       /* byte for byte                                                      */
    ORA_IMPORT_MATTE,      /* colour-coded classes -> R head, G torso                            */
    ORA_IMPORT_BACKGROUND, /* picture -> RGBA PNG; alpha from the mattes                         */
    ORA_IMPORT_ARRAY       /* numbers in `data` -> .npy                                          */
} ora_import_act;

typedef struct ora_import_item {
    ora_import_act act;
    char *from;  /* relative to the source folder, owned; NULL for arrays */
    char *to;    /* relative to the subject folder, owned; NULL for READ  */
    float *data; /* ARRAY: [shape], owned                                 */
    int32_t n_dims;
    int64_t shape[4];
} ora_import_item;

/* One class of a colour-coded matte: where a pixel of this colour goes. */
typedef struct ora_matte_class {
    unsigned char rgb[3];
    unsigned char head, torso; /* 0 or 255 */
} ora_matte_class;

typedef struct ora_import {
    orator_context *ctx;     /* borrowed */
    const char *src;         /* borrowed */
    orator_subject *subject; /* facts; owned; NULL until the layout knows the frame count */
    ora_import_item *items;  /* [n_items], owned */
    int32_t n_items;
    const ora_matte_class *classes; /* [n_classes], static */
    int32_t n_classes;
} ora_import;

/* A foreign layout. */
typedef struct ora_layout {
    const char *name;

    /* True when the folder looks like this layout; decides by file names alone. */
    bool (*recognise)(const char *src);

    /* Fill imp->subject, items and classes. The folder is judged complete or refused here. */
    orator_status (*plan)(ora_import *imp, const char *dst);
} ora_layout;

extern const ora_layout ora_layout_adnerf;
extern const ora_layout ora_layout_geneface;

/* Add an item; `from` and `to` are copied. ORATOR_E_NOMEM. */
orator_status ora_import_add(ora_import *imp, ora_import_act act, const char *from, const char *to);

/* Add an array item; `data` [shape] moves in, on failure it is freed. ORATOR_E_NOMEM. */
orator_status ora_import_add_array(ora_import *imp, const char *to, float *data, int32_t n_dims,
                                   const int64_t *shape);

/* True when `src`/`name` is there. */
bool ora_import_has(const char *src, const char *name);

/*
 * The numbered files of `src`/`folder` that match `pattern` (as "%01d.jpg"), ascending; *ids [*n] is
 * owned (free()). No such folder gives none. ORATOR_E_IO, ORATOR_E_NOMEM; ORATOR_E_FORMAT where the
 * numbers leave far more holes than files.
 */
orator_status ora_import_list_ids(int64_t **ids, int64_t *n, const char *src, const char *folder,
                                  const char *pattern);

/*
 * Speech features and the like: plain arrays whose name is in names [n] are copied to features/;
 * pickled ones are left out with a warning that says why.
 */
orator_status ora_import_features(ora_import *imp, const char *const *names, size_t n);

/* The sound, untouched, and a warning where there is none. */
orator_status ora_import_sound(ora_import *imp, const char *name);

/* A short name for the subject from the last part of `src`. Owned; NULL only when out of memory. */
char *ora_import_id(const char *src);

/* Say that `name`, where it is there, is not used, and why. */
void ora_import_ignore(ora_import *imp, const char *name, const char *why);

/*
 * The pictures' common size from their headers -> subject width and height; items are added for each
 * as frames/%06d.<ext>. ORATOR_E_FORMAT names the first that differs.
 */
orator_status ora_import_frames(ora_import *imp, const char *pattern, const int64_t *ids, int64_t n,
                                int64_t first);

/* Release what the layout filled. */
void ora_import_clear(ora_import *imp);

/* import_matte.c: one matte, written atomically. ORATOR_E_FORMAT, ORATOR_E_WRITE. */
orator_status ora_import_write_matte(const ora_import *imp, const char *from, const char *to);

/*
 * import_matte.c: the plate as RGBA; alpha 255 where at least one matte shows background, 0 where the
 * plate must be a guess; 255 everywhere without mattes.
 */
orator_status ora_import_write_background(const ora_import *imp, const char *from, const char *to);

#endif /* ORA_SUBJECT_IMPORT_H */
