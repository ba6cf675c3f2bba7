/*
 * field_file_read.c - reading a field as hostile input.
 *
 * First the metadata alone decides which tensors of which shapes there must be; only when the
 * file has exactly those is memory taken, so never more than a few times the file's own size.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"
#include "core/image.h"
#include "field/field_file_impl.h"

enum { N_HASH = 64, OCCUPANCY_MAX = 256 };

static const double MAX_DB = 200.0;

/* A file on its way in. */
typedef struct reading {
    ora_safetensors *s; /* borrowed */
    const char *name;
    ora_field_file *f;
} reading;

static orator_status take_text(const char **out, const reading *r, const char *key)
{
    *out = ora_safetensors_meta(r->s, key);
    if (!*out || strlen(*out) > ORA_FIELD_MAX_ID)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is %s", r->name, key,
                        *out ? "too long" : "missing");
    return ORATOR_OK;
}

static orator_status take_i64(int64_t *out, const reading *r, const char *key, int64_t min,
                              int64_t max)
{
    const char *text;
    orator_status st;

    ORA_TRY(take_text(&text, r, key));
    if (!ora_text_to_i64(out, text) || *out < min || *out > max)
        st =
            ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is '%s', want %" PRId64 "..%" PRId64,
                     r->name, key, text, min, max);

done:
    return st;
}

static orator_status take_copy(char **out, const reading *r, const char *key)
{
    const char *text;
    orator_status st;

    ORA_TRY(take_text(&text, r, key));
    *out = ora_text_copy(text);
    if (!*out)
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", r->name);

done:
    return st;
}

/* 64 lower-case hexadecimal digits. */
static orator_status take_hash(char out[N_HASH + 1], const reading *r, const char *key)
{
    const char *text;
    orator_status st;

    ORA_TRY(take_text(&text, r, key));
    if (strlen(text) != N_HASH || strspn(text, "0123456789abcdef") != N_HASH) {
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is no SHA-256", r->name, key);
        goto done;
    }
    memcpy(out, text, N_HASH + 1);

done:
    return st;
}

static orator_status take_colour(const reading *r)
{
    ora_colour *c = &r->f->colour;
    int32_t range = 0;
    const struct {
        const char *key;
        int32_t *code;
        int32_t (*code_of)(const char *name);
    } parts[] = {{"colour.primaries", &c->primaries, ora_colour_primaries_code},
                 {"colour.transfer", &c->transfer, ora_colour_transfer_code},
                 {"colour.matrix", &c->matrix, ora_colour_matrix_code},
                 {"colour.range", &range, ora_colour_range_code}};
    orator_status st = ORATOR_OK;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *text;

        ORA_TRY(take_text(&text, r, parts[i].key));
        *parts[i].code = parts[i].code_of(text);
        if (*parts[i].code < 0) {
            st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is '%s', which nobody knows",
                          r->name, parts[i].key, text);
            goto done;
        }
    }
    c->range = (ora_colour_range)range;

done:
    return st;
}

static orator_status take_grid(ora_grid *g, const reading *r, const char *grid, int32_t n_planes)
{
    ora_field_grid_spec s = {0};
    const struct {
        const char *what;
        int64_t *value;
    } members[] = {{"levels", &s.levels},
                   {"features", &s.features},
                   {"coarse", &s.coarse},
                   {"fine", &s.fine},
                   {"hash", &s.hash}};
    orator_status st = ORATOR_OK;

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        char key[32];

        (void)snprintf(key, sizeof key, "%s.%s", grid, members[i].what);
        ORA_TRY(take_i64(members[i].value, r, key, 0, INT32_MAX));
    }
    ORA_TRY(ora_field_grid_make(g, n_planes, &s, grid, r->name));

done:
    return st;
}

/* A figure that need not be there. */
static orator_status take_psnr(double *out, const reading *r, const char *key)
{
    const char *text = ora_safetensors_meta(r->s, key);

    if (text && (!ora_text_to_f64(out, text) || !(*out > 0.0 && *out <= MAX_DB)))
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is '%s', want 0..%g dB", r->name,
                        key, text, MAX_DB);
    return ORATOR_OK;
}

static orator_status take_format(const reading *r)
{
    const char *format = ora_safetensors_meta(r->s, ORA_FIELD_META_FORMAT);
    int64_t schema = 0;
    orator_status st;

    if (!format || strcmp(format, ORA_FIELD_FORMAT) != 0)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s' holds tensors, but is no field: format is '%s'",
                        r->name, format ? format : "");
    ORA_TRY(take_i64(&schema, r, ORA_FIELD_META_SCHEMA, 1, INT32_MAX));
    if (schema > ORA_FIELD_SCHEMA)
        st = ora_fail(ORATOR_E_CHECKPOINT,
                      "'%s' is a field of schema %" PRId64 ", this version reads up to %d", r->name,
                      schema, ORA_FIELD_SCHEMA);

done:
    return st;
}

static orator_status take_origin(const reading *r)
{
    ora_field_file *f = r->f;
    orator_status st;

    ORA_TRY(take_format(r));
    ORA_TRY(take_copy(&f->subject_id, r, "subject_id"));
    ORA_TRY(take_copy(&f->tool_version, r, "tool_version"));
    ORA_TRY(take_hash(f->clip_hash, r, "clip_sha256"));
    ORA_TRY(take_i64(&f->i_step, r, "steps", 0, INT64_MAX));
    ORA_TRY(take_psnr(&f->psnr_full, r, "psnr.full"));
    ORA_TRY(take_psnr(&f->psnr_head, r, "psnr.head"));
    ORA_TRY(take_psnr(&f->psnr_mouth, r, "psnr.mouth"));

done:
    return st;
}

static orator_status take_sizes(const reading *r)
{
    ora_field_file *f = r->f;
    const char *rate;
    int64_t width, height, n_occupancy;
    orator_status st;

    ORA_TRY(take_text(&rate, r, "rate"));
    if (ora_rate_parse(&f->rate, rate) != ORATOR_OK) {
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata 'rate' is '%s'", r->name, rate);
        goto done;
    }
    ORA_TRY(take_i64(&f->n_frames, r, "frames", 1, ORA_FIELD_MAX_FRAMES));
    ORA_TRY(take_i64(&width, r, "width", 1, ORA_IMAGE_MAX));
    ORA_TRY(take_i64(&height, r, "height", 1, ORA_IMAGE_MAX));
    ORA_TRY(take_i64(&n_occupancy, r, "occupancy.cells", 4, OCCUPANCY_MAX));
    f->camera.width = (int32_t)width;
    f->camera.height = (int32_t)height;
    f->n_occupancy = (int32_t)n_occupancy;
    if (n_occupancy % 4 != 0)
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': %d cells of occupancy, want a multiple of 4",
                      r->name, (int)n_occupancy);

done:
    return st;
}

static orator_status take_model(const reading *r)
{
    ora_field_model *m = &r->f->model;
    orator_status st;

    ORA_TRY(take_grid(&m->head, r, "head", 3));
    ORA_TRY(take_grid(&m->torso, r, "torso", 1));
    ora_field_model_layout(m);
    ORA_TRY(ora_field_model_check(m, r->name));

done:
    return st;
}

static orator_status expect(const reading *r, const char *name, ora_dtype dtype, int32_t n_dims,
                            const int64_t *shape)
{
    const ora_tensor_entry *e = ora_safetensors_find(r->s, name);

    if (!e)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' is missing", r->name, name);
    if (e->dtype != dtype)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' has dtype %s, want %s", r->name,
                        name, ora_dtype_name(e->dtype), ora_dtype_name(dtype));
    if (e->n_dims != n_dims)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' has %d dimensions, want %d",
                        r->name, name, (int)e->n_dims, (int)n_dims);
    for (int32_t i = 0; i < n_dims; i++)
        if (e->shape[i] != shape[i])
            return ora_fail(ORATOR_E_CHECKPOINT,
                            "'%s': tensor '%s' has %" PRId64 " in dimension %d, want %" PRId64,
                            r->name, name, e->shape[i], (int)i, shape[i]);
    return ORATOR_OK;
}

/* The file has the tensors that the metadata promise, and no others. */
static orator_status check_tensors(const reading *r)
{
    const int64_t n = r->f->n_occupancy;
    const int64_t n_bits = n * n * n / 8;
    ora_field_slot slots[ORA_FIELD_MAX_SLOTS];
    const int32_t n_slots = ora_field_slots(slots, r->f);
    orator_status st = ORATOR_OK;

    for (int32_t i = 0; i < n_slots; i++)
        ORA_TRY(expect(r, slots[i].name, slots[i].dtype, slots[i].n_dims, slots[i].shape));
    ORA_TRY(expect(r, ORA_FIELD_OCCUPANCY, ORA_DTYPE_U8, 1, &n_bits));
    if (ora_safetensors_count(r->s) != n_slots + 1)
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s' has %d tensors, want %d", r->name,
                      (int)ora_safetensors_count(r->s), (int)n_slots + 1);

done:
    return st;
}

static float *take_floats(int64_t n)
{
    return calloc((size_t)n, sizeof(float));
}

static orator_status take_memory(const reading *r)
{
    ora_field_file *f = r->f;
    const int64_t n = f->n_occupancy;

    f->theta = take_floats(f->model.n_theta);
    f->grid = take_floats(ora_grid_floats(&f->model.head));
    f->torso_grid = take_floats(ora_grid_floats(&f->model.torso));
    f->pose = take_floats(12 * f->n_frames);
    f->torso_affine = take_floats(6 * f->n_frames);
    f->background = take_floats((int64_t)f->camera.height * f->camera.width * 3);
    f->occupancy = malloc((size_t)(n * n * n));
    if (!f->theta || !f->grid || !f->torso_grid || !f->pose || !f->torso_affine || !f->background ||
        !f->occupancy)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for a field of this size", r->name);
    return ORATOR_OK;
}

static orator_status read_slot(const reading *r, const ora_field_slot *slot)
{
    const ora_tensor_entry *e = ora_safetensors_find(r->s, slot->name);
    float *dense = NULL;
    orator_status st;

    if (slot->rows == 1 || slot->cols == slot->stride)
        return ora_safetensors_read_f32(r->s, e, slot->data);
    dense = take_floats(e->n_elements);
    if (!dense)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for tensor '%s'", r->name, slot->name);
    ORA_TRY(ora_safetensors_read_f32(r->s, e, dense));
    for (int64_t row = 0; row < slot->rows; row++)
        memcpy(slot->data + row * slot->stride, dense + row * slot->cols,
               (size_t)slot->cols * sizeof *dense);

done:
    free(dense);
    return st;
}

/* Bits into bytes, in place from behind: byte i of the bits becomes cells 8 i .. 8 i + 7. */
static orator_status read_occupancy(const reading *r)
{
    const int64_t n = r->f->n_occupancy;
    uint8_t *cells = r->f->occupancy;
    orator_status st;

    ORA_TRY(ora_safetensors_read(r->s, ora_safetensors_find(r->s, ORA_FIELD_OCCUPANCY), cells));
    for (int64_t i = n * n * n / 8 - 1; i >= 0; i--) {
        const uint8_t bits = cells[i];

        for (int k = 7; k >= 0; k--)
            cells[8 * i + k] = (uint8_t)(bits >> k & 1);
    }

done:
    return st;
}

static orator_status check_condition(const reading *r)
{
    char said[N_HASH + 1], is[N_HASH + 1];
    orator_status st;

    ORA_TRY(take_hash(said, r, ORA_FIELD_META_CONDITION));
    ora_field_condition_id(is, &r->f->cond);
    if (strcmp(said, is) != 0)
        st = ora_fail(ORATOR_E_CHECKPOINT,
                      "'%s': condition statistics are not those that the field was trained with",
                      r->name);

done:
    return st;
}

static orator_status take(const reading *r)
{
    ora_field_slot slots[ORA_FIELD_MAX_SLOTS];
    int32_t n;
    orator_status st;

    ORA_TRY(take_origin(r));
    ORA_TRY(take_sizes(r));
    ORA_TRY(take_colour(r));
    ORA_TRY(take_model(r));
    ORA_TRY(check_tensors(r));
    ORA_TRY(take_memory(r));
    n = ora_field_slots(slots, r->f);
    for (int32_t i = 0; i < n; i++)
        ORA_TRY(read_slot(r, &slots[i]));
    ORA_TRY(read_occupancy(r));
    ORA_TRY(ora_field_values_check(r->f, r->name));
    ORA_TRY(check_condition(r));

done:
    return st;
}

static orator_status read_open(ora_field_file *out, ora_safetensors *s, const char *name)
{
    const reading r = {s, name, out};
    const orator_status st = take(&r);

    if (st != ORATOR_OK)
        ora_field_file_clear(out);
    return st;
}

orator_status ora_field_file_read(ora_field_file *out, const char *path)
{
    ora_safetensors *s = NULL;
    orator_status st;

    *out = (ora_field_file){0};
    ORA_TRY(ora_safetensors_open(&s, path));
    ORA_TRY(read_open(out, s, path));

done:
    ora_safetensors_close(&s);
    return st;
}

orator_status ora_field_file_parse(ora_field_file *out, const void *bytes, size_t n,
                                   const char *name)
{
    ora_safetensors *s = NULL;
    orator_status st;

    *out = (ora_field_file){0};
    ORA_TRY(ora_safetensors_open_memory(&s, bytes, n, name));
    ORA_TRY(read_open(out, s, name));

done:
    ora_safetensors_close(&s);
    return st;
}
