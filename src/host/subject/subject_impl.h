/*
 * subject_impl.h - the inside of a subject folder. Layout: docs/formats.md, "subject folder".
 */
#ifndef ORA_SUBJECT_IMPL_H
#define ORA_SUBJECT_IMPL_H

#include <stdbool.h>

#include "core/colour.h"
#include "core/rational.h"
#include "orator/subject.h"

enum { ORA_SUBJECT_SCHEMA = 1 };

/* A finished stage and what it was made from. */
typedef struct ora_subject_stage {
    char *name;          /* "import", "landmarks", ...; owned                    */
    char input_hash[65]; /* SHA-256 of everything the stage read, lower-case hex */
} ora_subject_stage;

typedef struct ora_subject_file {
    char *path; /* relative to the folder, '/' as separator; owned */
    char sha256[65];
} ora_subject_file;

struct orator_subject {
    char *folder; /* owned */
    char *id;
    char *clip; /* relative path of the clip, NULL where the frames are pictures */
    char clip_hash[65];
    char *frames; /* pattern of the pictures, "frames/%06d.png", NULL with a clip  */
    char *sound;  /* relative path of the untouched sound, NULL without            */
    ora_rational rate;
    int64_t n_frames;
    int32_t width, height;
    int32_t crop[4]; /* x, y, width, height in the original clip                   */
    ora_colour colour;
    double focal_px, centre_px[2]; /* pinhole; 0 where not known yet               */
    uint8_t *bad;                  /* [n_frames] 1 = marked bad, owned                           */
    char *licence, *consent, *credits; /* texts, NULL where not given              */
    ora_subject_stage *stages;
    int32_t n_stages;
    ora_subject_file *files; /* everything the manifest promises, sorted by path   */
    int32_t n_files;
};

/* Read `folder`/subject.json. As orator_subject_open(). */
orator_status ora_subject_read(orator_subject **out, const char *folder);

/* Write subject.json from *s, atomically. The same subject gives the same bytes. ORATOR_E_WRITE. */
orator_status ora_subject_write(const orator_subject *s);

/* SHA-256 over the manifest's facts and file hashes: equal for equal subjects. */
orator_status ora_subject_manifest_hash(char out[65], const orator_subject *s);

#endif /* ORA_SUBJECT_IMPL_H */
