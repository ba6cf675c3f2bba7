/*
 * field_file.c - writing a field.
 */
#include "field/field_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/image.h"
#include "field/field_file_impl.h"
#include "numerics/half.h"

enum { CHUNK = 4096 }; /* numbers, or bytes of occupancy, converted at a time */

static orator_status meta_i64(ora_safetensors_writer *w, const char *key, int64_t v)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRId64, v);
    return ora_safetensors_writer_meta(w, key, text);
}

static orator_status meta_grid(ora_safetensors_writer *w, const char *name, const ora_grid *g)
{
    const ora_field_grid_spec s = ora_field_grid_spec_of(g);
    const struct {
        const char *what;
        int64_t value;
    } members[] = {{"levels", s.levels},
                   {"features", s.features},
                   {"coarse", s.coarse},
                   {"fine", s.fine},
                   {"hash", s.hash}};
    orator_status st = ORATOR_OK;

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        char key[32];

        (void)snprintf(key, sizeof key, "%s.%s", name, members[i].what);
        ORA_TRY(meta_i64(w, key, members[i].value));
    }

done:
    return st;
}

static orator_status meta_colour(ora_safetensors_writer *w, ora_colour c)
{
    orator_status st;

    ORA_TRY(
        ora_safetensors_writer_meta(w, "colour.primaries", ora_colour_primaries_name(c.primaries)));
    ORA_TRY(
        ora_safetensors_writer_meta(w, "colour.transfer", ora_colour_transfer_name(c.transfer)));
    ORA_TRY(ora_safetensors_writer_meta(w, "colour.matrix", ora_colour_matrix_name(c.matrix)));
    ORA_TRY(ora_safetensors_writer_meta(w, "colour.range", ora_colour_range_name(c.range)));

done:
    return st;
}

/* Where it was measured. */
static orator_status meta_psnr(ora_safetensors_writer *w, const char *key, double db)
{
    char text[32];

    if (db == 0.0)
        return ORATOR_OK;
    ora_text_from_f64(text, db);
    return ora_safetensors_writer_meta(w, key, text);
}

static orator_status put_origin(ora_safetensors_writer *w, const ora_field_file *f)
{
    char text[65];
    orator_status st;

    ORA_TRY(ora_safetensors_writer_meta(w, ORA_FIELD_META_FORMAT, ORA_FIELD_FORMAT));
    ORA_TRY(meta_i64(w, ORA_FIELD_META_SCHEMA, ORA_FIELD_SCHEMA));
    ORA_TRY(ora_safetensors_writer_meta(w, "subject_id", f->subject_id));
    ORA_TRY(ora_safetensors_writer_meta(w, "clip_sha256", f->clip_hash));
    ora_field_condition_id(text, &f->cond);
    ORA_TRY(ora_safetensors_writer_meta(w, ORA_FIELD_META_CONDITION, text));
    ORA_TRY(ora_safetensors_writer_meta(w, "tool_version", f->tool_version));
    ORA_TRY(meta_i64(w, "steps", f->i_step));
    ORA_TRY(meta_psnr(w, "psnr.full", f->psnr_full));
    ORA_TRY(meta_psnr(w, "psnr.head", f->psnr_head));
    ORA_TRY(meta_psnr(w, "psnr.mouth", f->psnr_mouth));

done:
    return st;
}

static orator_status put_sizes(ora_safetensors_writer *w, const ora_field_file *f)
{
    char text[48];
    orator_status st;

    ora_rational_print(text, f->rate);
    ORA_TRY(ora_safetensors_writer_meta(w, "rate", text));
    ORA_TRY(meta_i64(w, "frames", f->n_frames));
    ORA_TRY(meta_i64(w, "width", f->camera.width));
    ORA_TRY(meta_i64(w, "height", f->camera.height));
    ORA_TRY(meta_colour(w, f->colour));
    ORA_TRY(meta_grid(w, "head", &f->model.head));
    ORA_TRY(meta_grid(w, "torso", &f->model.torso));
    ORA_TRY(meta_i64(w, "occupancy.cells", f->n_occupancy));

done:
    return st;
}

static orator_status put_slot(ora_safetensors_writer *w, const ora_field_slot *s)
{
    uint16_t halves[CHUNK];
    orator_status st = ORATOR_OK;

    for (int64_t row = 0; row < s->rows; row++) {
        const float *from = s->data + row * s->stride;

        if (s->dtype == ORA_DTYPE_F32) {
            ORA_TRY(ora_safetensors_writer_put(w, from, (size_t)s->cols * sizeof *from));
            continue;
        }
        for (int64_t i = 0; i < s->cols; i += CHUNK) {
            const int64_t n = s->cols - i < CHUNK ? s->cols - i : CHUNK;

            for (int64_t k = 0; k < n; k++)
                halves[k] = ora_half_from_f32(from[i + k]);
            ORA_TRY(ora_safetensors_writer_put(w, halves, (size_t)n * sizeof halves[0]));
        }
    }

done:
    return st;
}

/* One bit a cell, the first cell in bit 0 of the first byte. */
static orator_status put_occupancy(ora_safetensors_writer *w, const ora_field_file *f)
{
    const int64_t n_bytes = (int64_t)f->n_occupancy * f->n_occupancy * f->n_occupancy / 8;
    unsigned char bits[CHUNK];
    orator_status st = ORATOR_OK;

    for (int64_t at = 0; at < n_bytes; at += CHUNK) {
        const int64_t n = n_bytes - at < CHUNK ? n_bytes - at : CHUNK;

        memset(bits, 0, sizeof bits);
        for (int64_t i = 0; i < 8 * n; i++)
            if (f->occupancy[8 * at + i])
                bits[i / 8] |= (unsigned char)(1u << (i % 8));
        ORA_TRY(ora_safetensors_writer_put(w, bits, (size_t)n));
    }

done:
    return st;
}

/* What the reader would refuse is not written. */
static orator_status check(ora_field_file *f, const char *path)
{
    orator_status st;

    if (!f->subject_id || !f->subject_id[0] || strlen(f->subject_id) > ORA_FIELD_MAX_ID ||
        !f->tool_version || strlen(f->tool_version) > ORA_FIELD_MAX_ID ||
        strspn(f->clip_hash, "0123456789abcdef") != 64 || f->n_frames < 1 ||
        f->n_frames > ORA_FIELD_MAX_FRAMES || f->n_occupancy < 4 || f->n_occupancy > 256 ||
        f->n_occupancy % 4 != 0 || f->i_step < 0 || f->camera.width < 1 || f->camera.height < 1 ||
        f->camera.width > ORA_IMAGE_MAX || f->camera.height > ORA_IMAGE_MAX ||
        !ora_rational_is_known(f->rate))
        return ora_fail(ORATOR_E_INVALID, "write '%s': a field without id, frames or size", path);
    if (!f->theta || !f->grid || !f->torso_grid || !f->occupancy || !f->pose || !f->torso_affine ||
        !f->background)
        return ora_fail(ORATOR_E_INVALID, "write '%s': a field with parts missing", path);
    ORA_TRY(ora_field_model_check(&f->model, path));
    ORA_TRY(ora_field_values_check(f, path));

done:
    return st == ORATOR_E_CHECKPOINT ? ora_while(ORATOR_E_INVALID, "write") : st;
}

orator_status ora_field_file_write(const ora_field_file *field, const char *path)
{
    ora_field_file f = *field; /* slots point into a field, which they may change */
    ora_field_slot slots[ORA_FIELD_MAX_SLOTS];
    ora_safetensors_writer *w = NULL;
    int64_t n_bits;
    int32_t n;
    orator_status st;

    ORA_TRY(check(&f, path));
    n = ora_field_slots(slots, &f);
    n_bits = (int64_t)f.n_occupancy * f.n_occupancy * f.n_occupancy / 8;
    ORA_TRY(ora_safetensors_writer_create(&w));
    ORA_TRY(put_origin(w, &f));
    ORA_TRY(put_sizes(w, &f));
    for (int32_t i = 0; i < n; i++)
        ORA_TRY(ora_safetensors_writer_declare(w, slots[i].name, slots[i].dtype, slots[i].n_dims,
                                               slots[i].shape));
    ORA_TRY(ora_safetensors_writer_declare(w, ORA_FIELD_OCCUPANCY, ORA_DTYPE_U8, 1, &n_bits));
    ORA_TRY(ora_safetensors_writer_begin(w, path));
    for (int32_t i = 0; i < n; i++)
        ORA_TRY(put_slot(w, &slots[i]));
    ORA_TRY(put_occupancy(w, &f));
    ORA_TRY(ora_safetensors_writer_commit(w));

done:
    ora_safetensors_writer_destroy(&w);
    return st;
}

void ora_field_file_clear(ora_field_file *f)
{
    free(f->subject_id);
    free(f->tool_version);
    free(f->theta);
    free(f->grid);
    free(f->torso_grid);
    free(f->occupancy);
    free(f->pose);
    free(f->torso_affine);
    free(f->background);
    *f = (ora_field_file){0};
}

orator_status ora_field_file_find(char **path, const char *model)
{
    orator_status st = ORATOR_OK;

    *path = ora_file_is_folder(model) ? ora_path_join(model, "field.safetensors")
                                      : ora_text_copy(model);
    if (!*path)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", model);
    if (!ora_file_exists(*path)) {
        st = ora_file_is_folder(model)
                 ? ora_fail(ORATOR_E_IO, "'%s' has no field.safetensors: is it a model folder?",
                            model)
                 : ora_fail(ORATOR_E_IO, "'%s' is not there", model);
        free(*path);
        *path = NULL;
    }
    return st;
}
