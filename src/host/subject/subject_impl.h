/*
 * subject_impl.h - the inside of a subject folder. Layout: docs/formats.md, "Subject folder".
 */
#ifndef ORA_SUBJECT_IMPL_H
#define ORA_SUBJECT_IMPL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/colour.h"
#include "core/rational.h"
#include "orator/subject.h"

enum {
    ORA_SUBJECT_SCHEMA = 1,
    ORA_SUBJECT_MAX_FRAMES = 10000000, /* four days at 25 a second */
    ORA_SUBJECT_MAX_PATH = 1024
};

/* Which part of the clip a frame was assigned to. */
typedef enum ora_split { ORA_SPLIT_NONE = 0, ORA_SPLIT_TRAIN = 1, ORA_SPLIT_VAL = 2 } ora_split;

/* Where the origin of head space lies; its axes and its unit are always those of the format. */
typedef enum ora_head_origin {
    ORA_HEAD_CANONICAL = 0, /* that of MediaPipe's canonical face mesh                */
    ORA_HEAD_SOURCE = 1     /* somewhere inside the head, as the source of the poses had it */
} ora_head_origin;

/* A finished stage and what it was made from. */
typedef struct ora_subject_stage {
    char *name;          /* "import", "landmarks", ...; owned                    */
    char input_hash[65]; /* SHA-256 of everything the stage read, lower-case hex */
} ora_subject_stage;

typedef struct ora_subject_file {
    char *path; /* relative to the folder, '/' as separator; owned */
    int64_t n_bytes;
    char sha256[65];
} ora_subject_file;

struct orator_subject {
    char *folder; /* owned */
    char *id;
    char *clip;         /* relative path of the clip, NULL where the frames are pictures          */
    char clip_hash[65]; /* of the clip; of pictures: over the lines "<sha256>  <path>\n" of each  */
    char *frames;       /* pattern of the pictures, "frames/%06d.png", NULL with a clip           */
    char *sound;        /* relative path of the untouched sound, NULL without                     */
    char *mattes;       /* pattern "mattes/%06d.png" or a lossless RGB video; NULL without        */
    ora_rational rate;
    int64_t n_frames;
    int32_t width, height; /* pixels of the frames as stored                                      */
    int32_t crop[4];       /* x, y, width, height of the frames in the camera's original          */
    ora_colour colour;
    double focal_px, centre_px[2]; /* pinhole; 0 where not known yet                              */
    ora_head_origin head_origin;
    uint8_t *bad;   /* [n_frames] 1 = marked bad, owned                        */
    uint8_t *split; /* [n_frames] ora_split, owned                             */
    char *licence, *consent,
        *credits; /* texts, or names of files in the folder; NULL = not given */
    ora_subject_stage *stages;
    int32_t n_stages;
    ora_subject_file *files; /* everything the manifest promises, sorted by path                  */
    int32_t n_files;
};

/* An empty subject of n_frames frames, all good and in no split. Release: orator_subject_close(). */
orator_status ora_subject_create(orator_subject **out, const char *folder, int64_t n_frames);

/* Read `folder`/subject.json. As orator_subject_open(). */
orator_status ora_subject_read(orator_subject **out, const char *folder);

/* The same from the manifest's text; `name` is for messages. ORATOR_E_FORMAT, ORATOR_E_NOMEM. */
orator_status ora_subject_parse(orator_subject **out, const char *text, size_t n,
                                const char *folder, const char *name);

/* Write subject.json from *s, atomically. The same subject gives the same bytes. ORATOR_E_WRITE. */
orator_status ora_subject_write(const orator_subject *s);

/* The manifest's text, 0-terminated; owned by the caller (free()). ORATOR_E_NOMEM. */
orator_status ora_subject_print(char **out, size_t *n, const orator_subject *s);

/* SHA-256 over the manifest's facts and file hashes: equal for equal subjects. */
orator_status ora_subject_manifest_hash(char out[65], const orator_subject *s);

/* Add a promised file by its path, measuring the one in the folder. ORATOR_E_IO, ORATOR_E_NOMEM. */
orator_status ora_subject_add_file(orator_subject *s, const char *path);

/* Sort the files by path; to be called after the last ora_subject_add_file(). */
void ora_subject_sort_files(orator_subject *s);

/* The promised file at `path`, or NULL; borrowed. */
const ora_subject_file *ora_subject_find_file(const orator_subject *s, const char *path);

/* Add or replace a finished stage. ORATOR_E_NOMEM. */
orator_status ora_subject_set_stage(orator_subject *s, const char *name, const char *input_hash);

/* The hash a finished stage was made from, borrowed; NULL where it has not been run. */
const char *ora_subject_stage_hash(const orator_subject *s, const char *name);

/* What clip_hash must be by the hashes of the (sorted) files. ORATOR_E_FORMAT. */
orator_status ora_subject_clip_hash(char out[65], const orator_subject *s);

/* Bytes of the regular file at `path`. ORATOR_E_IO. */
orator_status ora_subject_file_size(int64_t *out, const char *path);

/* Relative, '/' between parts, no part empty, "." or "..", no control characters or backslashes. */
bool ora_subject_path_is_safe(const char *path);

/* A safe path with exactly one "%0Nd", N 1..9, and no other '%'. */
bool ora_subject_is_pattern(const char *pattern);

/* `pattern` with `id` in place; owned (free()). NULL only when out of memory. */
char *ora_subject_expand(const char *pattern, int64_t id);

/* The id in a path made from `pattern`, or -1 where the path is no such one. */
int64_t ora_subject_match(const char *pattern, const char *path);

#endif /* ORA_SUBJECT_IMPL_H */
