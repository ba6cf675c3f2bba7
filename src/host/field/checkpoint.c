#include "field/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "orator/version.h"

static const char SCHEMA[] = "orator train state";
static const char VERSION[] = "1";

enum { N_WHICH = 4, NAME_BYTES = 64, LAYOUT_BYTES = 1024 };

static const char *const block_names[ORA_BLOCK_COUNT] = {"theta",      "grid",         "torso_grid",
                                                         "appearance", "torso_affine", "pose"};
static const char *const which_names[N_WHICH] = {"value", "moment1", "moment2", "average"};

/* Floats of one array; 0 where the block has none of it. */
static int64_t array_size(const ora_field_engine_params *p, int b, int w)
{
    if (w == ORA_WHICH_VALUE)
        return ora_field_block_size(p, (ora_field_block)b);
    if (w == ORA_WHICH_AVERAGE)
        return b <= ORA_BLOCK_TORSO_GRID ? ora_field_block_size(p, (ora_field_block)b) : 0;
    return ora_field_moment_size(p, (ora_field_block)b);
}

static int64_t n_cells(const ora_field_engine_params *p)
{
    return (int64_t)p->n_occupancy * p->n_occupancy * p->n_occupancy;
}

orator_status ora_train_state_init(ora_train_state *s, const ora_field_engine_params *params,
                                   int64_t n_errors)
{
    bool is_good = true;

    *s = (ora_train_state){.params = *params, .n_errors = n_errors};
    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < N_WHICH; w++) {
            const int64_t n = array_size(params, b, w);

            if (n == 0)
                continue;
            s->block[b][w] = calloc((size_t)n, sizeof(float));
            is_good = is_good && s->block[b][w];
        }
    s->occupancy = calloc((size_t)n_cells(params), 1);
    s->weights = calloc((size_t)n_cells(params), sizeof *s->weights);
    s->errors = calloc((size_t)n_errors, sizeof *s->errors);
    s->tracked = calloc((size_t)params->n_frames, 6 * sizeof *s->tracked);
    if (!is_good || !s->occupancy || !s->weights || !s->errors || !s->tracked)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the state of a training run");
    s->count[ORA_COUNT_SCALE] = 1.0;
    return ORATOR_OK;
}

void ora_train_state_clear(ora_train_state *s)
{
    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < N_WHICH; w++)
            free(s->block[b][w]);
    free(s->occupancy);
    free(s->weights);
    free(s->errors);
    free(s->tracked);
    *s = (ora_train_state){0};
}

orator_status ora_train_state_capture(ora_train_state *s, ora_field_engine *e)
{
    orator_status st = ORATOR_OK;

    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < N_WHICH; w++)
            if (s->block[b][w])
                ORA_TRY(e->ops->get(e, (ora_field_block)b, (ora_field_which)w, s->block[b][w]));
    ORA_TRY(e->ops->get_occupancy(e, s->occupancy));
    ORA_TRY(e->ops->get_weights(e, s->weights));

done:
    return st;
}

orator_status ora_train_state_restore(const ora_train_state *s, ora_field_engine *e)
{
    orator_status st = ORATOR_OK;

    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < N_WHICH; w++)
            if (s->block[b][w])
                ORA_TRY(e->ops->set(e, (ora_field_block)b, (ora_field_which)w, s->block[b][w]));
    ORA_TRY(e->ops->set_occupancy(e, s->occupancy));
    ORA_TRY(e->ops->set_weights(e, s->weights));

done:
    return st;
}

static int print_grid(char *out, size_t n, const ora_grid *g)
{
    int at = snprintf(out, n, "%dx%dx%d", g->n_planes, g->n_levels, g->n_features);

    for (int i = 0; i < g->n_levels && at >= 0 && (size_t)at < n; i++)
        at += snprintf(out + at, n - (size_t)at, "%c%d%s", i ? ',' : ':', g->level[i].cells,
                       g->level[i].is_hashed ? "h" : "");
    return at;
}

/* What must be the same for the arrays to mean the same. */
static void print_layout(char out[LAYOUT_BYTES], const ora_field_engine_params *p)
{
    char head[LAYOUT_BYTES / 4], torso[LAYOUT_BYTES / 4];

    (void)print_grid(head, sizeof head, &p->model.head);
    (void)print_grid(torso, sizeof torso, &p->model.torso);
    (void)snprintf(out, LAYOUT_BYTES,
                   "head %s; torso %s; %d layer values; %d cells; %lld frames; %dx%d pixels", head,
                   torso, p->model.n_theta, p->n_occupancy, (long long)p->n_frames, p->camera.width,
                   p->camera.height);
}

/*
 * One array of the file with where it is in memory; in the order of the file: wide types first. Slots
 * that a block has not got are passed over by size 0.
 */
typedef struct array {
    char name[NAME_BYTES];
    ora_dtype dtype;
    int64_t n;
    void *data;
} array;

enum { N_ARRAYS = 1 + ORA_BLOCK_COUNT * N_WHICH + 4 };

static void list_arrays(array out[N_ARRAYS], const ora_train_state *s)
{
    int i = 0;

    out[i++] = (array){"counters", ORA_DTYPE_F64, ORA_COUNTERS, (void *)(uintptr_t)s->count};
    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        for (int w = 0; w < N_WHICH; w++, i++) {
            out[i] = (array){"", ORA_DTYPE_F32, array_size(&s->params, b, w), s->block[b][w]};
            (void)snprintf(out[i].name, NAME_BYTES, "%s.%s", block_names[b], which_names[w]);
        }
    out[i++] = (array){"weights", ORA_DTYPE_F32, n_cells(&s->params), s->weights};
    out[i++] = (array){"errors", ORA_DTYPE_F32, s->n_errors, s->errors};
    out[i++] = (array){"tracked_affine", ORA_DTYPE_F32, 6 * s->params.n_frames, s->tracked};
    out[i++] = (array){"occupancy", ORA_DTYPE_U8, n_cells(&s->params), s->occupancy};
}

static size_t element_bytes(ora_dtype t)
{
    return t == ORA_DTYPE_F64 ? 8 : t == ORA_DTYPE_F32 ? 4 : 1;
}

/*
 * FNV-1a by words of 8 bytes: finds what a bad disk or a cut file does to 40 MB in milliseconds.
 */
static void print_checksum(char out[20], const array *arrays)
{
    uint64_t h = 0xcbf29ce484222325U;

    for (int i = 0; i < N_ARRAYS; i++) {
        const size_t n = (size_t)arrays[i].n * element_bytes(arrays[i].dtype);
        const unsigned char *p = arrays[i].data;

        for (size_t k = 0; k < n; k += 8) {
            uint64_t word = 0;

            memcpy(&word, p + k, n - k < 8 ? n - k : 8);
            h = (h ^ word) * 0x100000001b3U;
            h ^= h >> 32; /* high bytes of a word reach the low ones of the next */
        }
    }
    (void)snprintf(out, 20, "%016llx", (unsigned long long)h);
}

orator_status ora_train_state_write(const ora_train_state *s, const ora_train_identity *who,
                                    const char *path)
{
    ora_safetensors_writer *w = NULL;
    array arrays[N_ARRAYS];
    char layout[LAYOUT_BYTES], checksum[20];
    orator_status st;

    list_arrays(arrays, s);
    print_layout(layout, &s->params);
    print_checksum(checksum, arrays);
    ORA_TRY(ora_safetensors_writer_create(&w));
    ORA_TRY(ora_safetensors_writer_meta(w, "schema", SCHEMA));
    ORA_TRY(ora_safetensors_writer_meta(w, "version", VERSION));
    ORA_TRY(ora_safetensors_writer_meta(w, "tool_version", orator_version()));
    ORA_TRY(ora_safetensors_writer_meta(w, "subject_id", who->subject_id));
    ORA_TRY(ora_safetensors_writer_meta(w, "clip_sha256", who->clip_hash));
    ORA_TRY(ora_safetensors_writer_meta(w, "layout", layout));
    ORA_TRY(ora_safetensors_writer_meta(w, "settings", who->settings));
    ORA_TRY(ora_safetensors_writer_meta(w, "training_set", who->data));
    ORA_TRY(ora_safetensors_writer_meta(w, "checksum", checksum));
    for (int i = 0; i < N_ARRAYS; i++)
        if (arrays[i].n > 0)
            ORA_TRY(ora_safetensors_writer_declare(w, arrays[i].name, arrays[i].dtype, 1,
                                                   &arrays[i].n));
    ORA_TRY(ora_safetensors_writer_begin(w, path));
    for (int i = 0; i < N_ARRAYS; i++)
        if (arrays[i].n > 0)
            ORA_TRY(ora_safetensors_writer_put(
                w, arrays[i].data, (size_t)arrays[i].n * element_bytes(arrays[i].dtype)));
    ORA_TRY(ora_safetensors_writer_commit(w));

done:
    ora_safetensors_writer_destroy(&w);
    return st;
}

static orator_status check_meta(const ora_safetensors *f, const char *key, const char *want,
                                const char *name)
{
    const char *have = ora_safetensors_meta(f, key);

    if (!have)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': '%s' is missing, want '%s'", name, key, want);
    if (strcmp(have, want) != 0)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': %s is '%s', want '%s'; --restart begins anew",
                        name, key, have, want);
    return ORATOR_OK;
}

static orator_status check_data(const ora_safetensors *f, const char *want, const char *name)
{
    const char *have = ora_safetensors_meta(f, "training_set");

    if (have && strcmp(have, want) == 0)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_CHECKPOINT,
                    "'%s' was trained on other data: the subject, --size, --hull, --gaze or "
                    "--pose-noise has changed; --restart begins anew",
                    name);
}

static orator_status read_array(ora_safetensors *f, const array *a, const char *name)
{
    const ora_tensor_entry *e = ora_safetensors_find(f, a->name);
    orator_status st;

    if (!e)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' is missing", name, a->name);
    if (e->dtype != a->dtype || e->n_elements != a->n)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' has %lld values, want %lld", name,
                        a->name, (long long)e->n_elements, (long long)a->n);
    st = ora_safetensors_read(f, e, a->data);
    if (st != ORATOR_OK || a->dtype != ORA_DTYPE_F32)
        return st;
    for (int64_t i = 0; i < a->n; i++)
        if (!isfinite(((const float *)a->data)[i]))
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensor '%s' has values that are no numbers",
                            name, a->name);
    return ORATOR_OK;
}

/* What a run could have counted. */
static orator_status check_counters(const double count[ORA_COUNTERS], const char *name)
{
    static const double most = 1e9; /* steps; more than the largest budget is odd */
    static const double rolled =
        1e6; /* frames may be ahead of the steps, by what was rolled back */
    static const struct {
        ora_counter i;
        double max;
    } whole[] = {
        {ORA_COUNT_STEP, most},
        {ORA_COUNT_SAMPLES, 9007199254740991.0},
        {ORA_COUNT_ARRIVALS, most},
        {ORA_COUNT_BAD, ORA_MAX_ROLL_BACKS},
        {ORA_COUNT_DIVERGED, ORA_MAX_DIVERGED},
        {ORA_COUNT_LOSS_HIGH_STEPS, most},
    };

    for (int i = 0; i < ORA_COUNTERS; i++)
        if (!(count[i] >= 0 && count[i] < 9007199254740992.0))
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': counter %d is %g", name, i, count[i]);
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        const double v = count[whole[i].i];

        if (v != floor(v) || v > whole[i].max)
            return ora_fail(ORATOR_E_CHECKPOINT,
                            "'%s': counter %d is %g, want a whole number up to %g", name,
                            (int)whole[i].i, v, whole[i].max);
    }
    if (count[ORA_COUNT_ARRIVALS] > count[ORA_COUNT_STEP] + rolled)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': %g frames came in during %g steps", name,
                        count[ORA_COUNT_ARRIVALS], count[ORA_COUNT_STEP]);
    return ORATOR_OK;
}

/* Second moments are means of squares; their roots are taken. */
static orator_status check_moments(const ora_train_state *s, const char *name)
{
    for (int b = 0; b < ORA_BLOCK_COUNT; b++) {
        const float *v = s->block[b][ORA_WHICH_MOMENT2];
        const int64_t n = array_size(&s->params, b, ORA_WHICH_MOMENT2);

        for (int64_t i = 0; v && i < n; i++)
            if (!(v[i] >= 0))
                return ora_fail(ORATOR_E_CHECKPOINT,
                                "'%s': a value of '%s.%s' is %g, want 0 or more", name,
                                block_names[b], which_names[ORA_WHICH_MOMENT2], (double)v[i]);
    }
    return ORATOR_OK;
}

static orator_status check_values(const ora_train_state *s, const char *name)
{
    const int64_t cells = n_cells(&s->params);
    orator_status st = check_counters(s->count, name);

    if (st == ORATOR_OK)
        st = check_moments(s, name);
    if (st != ORATOR_OK)
        return st;
    if (!(s->count[ORA_COUNT_SCALE] > 0 && s->count[ORA_COUNT_SCALE] <= 1))
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': rates are scaled by %g, want 0..1", name,
                        s->count[ORA_COUNT_SCALE]);
    for (int64_t i = 0; i < cells; i++)
        if (s->occupancy[i] > 1)
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': a cell of the occupancy is %d, want 0 or 1",
                            name, s->occupancy[i]);
    return ORATOR_OK;
}

orator_status ora_train_state_take(ora_train_state *s, bool *is_same, const ora_train_identity *who,
                                   ora_safetensors *file, const char *name)
{
    char layout[LAYOUT_BYTES], checksum[20];
    array arrays[N_ARRAYS];
    const char *settings;
    orator_status st;

    print_layout(layout, &s->params);
    ORA_TRY(check_meta(file, "schema", SCHEMA, name));
    ORA_TRY(check_meta(file, "version", VERSION, name));
    ORA_TRY(check_meta(file, "subject_id", who->subject_id, name));
    ORA_TRY(check_meta(file, "clip_sha256", who->clip_hash, name));
    ORA_TRY(check_meta(file, "layout", layout, name));
    ORA_TRY(check_data(file, who->data, name));
    settings = ora_safetensors_meta(file, "settings");
    *is_same = settings && strcmp(settings, who->settings) == 0;
    list_arrays(arrays, s);
    for (int i = 0; i < N_ARRAYS; i++)
        if (arrays[i].n > 0)
            ORA_TRY(read_array(file, &arrays[i], name));
    print_checksum(checksum, arrays);
    ORA_TRY(check_meta(file, "checksum", checksum, name));
    st = check_values(s, name);

done:
    return st;
}

orator_status ora_train_state_read(ora_train_state *s, bool *is_same, const ora_train_identity *who,
                                   const char *path)
{
    ora_safetensors *file = NULL;
    orator_status st;

    *is_same = false;
    ORA_TRY(ora_safetensors_open(&file, path));
    st = ora_train_state_take(s, is_same, who, file, path);

done:
    ora_safetensors_close(&file);
    return st;
}
