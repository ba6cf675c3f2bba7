/*
 * field_file_impl.h - what reading and writing a field file share: the list of its tensors.
 */
#ifndef ORA_FIELD_FILE_IMPL_H
#define ORA_FIELD_FILE_IMPL_H

#include "field/field_file.h"
#include "formats/safetensors.h"

enum {
    ORA_FIELD_SCHEMA = 1,
    ORA_FIELD_MAX_SLOTS = 64,
    ORA_FIELD_MAX_FRAMES = 10000000, /* as a subject's */
    ORA_FIELD_MAX_ID = 256           /* bytes of the subject's id */
};

/* Metadata of the file. */
#define ORA_FIELD_FORMAT         "orator field"
#define ORA_FIELD_META_FORMAT    "format"
#define ORA_FIELD_META_SCHEMA    "schema"
#define ORA_FIELD_OCCUPANCY      "occupancy"
#define ORA_FIELD_META_CONDITION "condition_sha256"

/* One tensor of floats: on disk `shape`, contiguous; in memory [rows][stride], columns 0..cols-1. */
typedef struct ora_field_slot {
    char name[32];
    ora_dtype dtype; /* F32 or F16 */
    int32_t n_dims;
    int64_t shape[3];
    int64_t rows, cols, stride;
    float *data; /* borrowed from the field; NULL while its arrays are */
} ora_field_slot;

/* The tensors of `f` but for the occupancy, in the order of the file; returns how many. */
int32_t ora_field_slots(ora_field_slot slots[ORA_FIELD_MAX_SLOTS], ora_field_file *f);

/* What a grid is made of, enough to lay it out again. */
typedef struct ora_field_grid_spec {
    int64_t levels, features, coarse, fine;
    int64_t hash; /* entries of a hashed level, 0 = none is */
} ora_field_grid_spec;

ora_field_grid_spec ora_field_grid_spec_of(const ora_grid *g);

/*
 * Lay `g` out.
 *   ORATOR_E_CHECKPOINT  no grid has such sizes; `name` is the file, `grid` "head" or "torso"
 */
orator_status ora_field_grid_make(ora_grid *g, int32_t n_planes, const ora_field_grid_spec *spec,
                                  const char *grid, const char *name);

/* Head and torso grids are those of their specs, and all else in the model follows from them. */
orator_status ora_field_model_check(const ora_field_model *m, const char *name);

/*
 * Every value in its range: finite, poses rigid, plate 0..1, and so on.
 *   ORATOR_E_CHECKPOINT  the message names the tensor
 */
orator_status ora_field_values_check(ora_field_file *f, const char *name);

/* Digest of the condition statistics: motion made for them fits this field. */
void ora_field_condition_id(char out[65], const ora_condition_stats *s);

#endif /* ORA_FIELD_FILE_IMPL_H */
