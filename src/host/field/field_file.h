/*
 * field_file.h - field.safetensors: a trained field, ready to render, and nothing more.
 *
 * Layout: docs/formats.md, "Field". Grids as f16, layers as f32; statistics, plate, the training
 * clip's head poses and torso maps for --pose plate. Read as hostile input.
 */
#ifndef ORA_FIELD_FILE_H
#define ORA_FIELD_FILE_H

#include <stddef.h>

#include "core/colour.h"
#include "core/field_engine.h"
#include "core/rational.h"
#include "field/condition_input.h"
#include "field/pose_path.h"
#include "field/torso_track.h"
#include "orator/context.h"
#include "orator/device.h"

typedef struct ora_field_file {
    char *subject_id; /* owned, as every pointer below */
    char clip_hash[65];
    ora_rational rate;
    ora_field_model model;
    ora_field_box box;
    ora_field_camera camera;
    ora_colour colour; /* of the clip: what the numbers 0..1 mean */
    float *theta, *grid, *torso_grid;
    int32_t n_occupancy;
    uint8_t *occupancy;               /* [n]^3 */
    float appearance[ORA_APPEARANCE]; /* medoid of the training frames */
    ora_condition_stats cond;
    float torso_pose_mean[6], torso_pose_scale[6];
    ora_torso_predictor torso;
    int64_t n_frames;                        /* T of the training clip */
    float *pose;                             /* [T][12]; rows of 0 where there was none */
    float *torso_affine;                     /* [T][6]                                  */
    float rest_pose[12];                     /* medoid of the training poses, for --pose fixed */
    float *background;                       /* [height][width][3] 0..1, at the training size */
    int64_t i_step;                          /* training steps behind it */
    double psnr_full, psnr_head, psnr_mouth; /* dB, held-out frames, torso predicted; 0 = unknown */
    char *tool_version;
} ora_field_file;

/*
 * The same field gives the same bytes.
 *   ORATOR_E_INVALID  values that are not finite, parts that do not fit each other
 *   ORATOR_E_WRITE, ORATOR_E_NOMEM
 */
orator_status ora_field_file_write(const ora_field_file *f, const char *path);

/*
 * On failure *out is empty.
 *   ORATOR_E_IO          missing or unreadable
 *   ORATOR_E_CHECKPOINT  damaged, of a later schema, shapes that do not fit; the message names the
 *                        file, what was found and what was expected
 *   ORATOR_E_NOMEM
 */
orator_status ora_field_file_read(ora_field_file *out, const char *path);

/* The same from memory; `name` is for messages. */
orator_status ora_field_file_parse(ora_field_file *out, const void *bytes, size_t n,
                                   const char *name);
void ora_field_file_clear(ora_field_file *f);

/*
 * Path of the field in a model folder, or `model` itself where that is a file; owned (free()).
 *   ORATOR_E_IO  nothing there, or a folder without a field
 */
orator_status ora_field_file_find(char **path, const char *model);

/* An engine that renders `f`. Errors of ora_field_engine_open(). */
orator_status ora_field_file_engine(ora_field_engine **out, orator_context *ctx,
                                    orator_device device, const char *cpu_mask,
                                    const ora_field_file *f);

#endif /* ORA_FIELD_FILE_H */
