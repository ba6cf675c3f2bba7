#include <string.h>

#include "base/status_impl.h"
#include "cpu/cpu_engine_impl.h"
#include "cpu/occupancy_notes.h"

static const char *const block_names[ORA_BLOCK_COUNT] = {"theta",      "grid",         "torso_grid",
                                                         "appearance", "torso_affine", "pose"};

/* The array behind a name and its length. */
static orator_status find(float **out, int64_t *n, const ora_cpu_engine *e, ora_field_block b,
                          ora_field_which w)
{
    *out = NULL;
    *n = 0;
    if (b < 0 || b >= ORA_BLOCK_COUNT)
        return ora_fail(ORATOR_E_INVALID, "no parameters of number %d", (int)b);
    *n = ora_field_block_size(&e->params, b);
    switch (w) {
    case ORA_WHICH_VALUE:
        *out = e->value[b];
        return ORATOR_OK;
    case ORA_WHICH_AVERAGE:
        *out = e->average[b];
        if (*out)
            return ORATOR_OK;
        return ora_fail(ORATOR_E_INVALID, "parameters '%s' have no average", block_names[b]);
    case ORA_WHICH_MOMENT1:
    case ORA_WHICH_MOMENT2:
        *n = ora_field_moment_size(&e->params, b);
        *out = w == ORA_WHICH_MOMENT1 ? e->moment1[b] : e->moment2[b];
        if (*out)
            return ORATOR_OK;
        return ora_fail(ORATOR_E_INVALID, "a field opened to render has no moments");
    }
    return ora_fail(ORATOR_E_INVALID, "no numbers of kind %d", (int)w);
}

orator_status ora_cpu_set(ora_field_engine *self, ora_field_block b, ora_field_which w,
                          const float *from)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);
    orator_status st;
    float *to;
    int64_t n;

    ORA_TRY(find(&to, &n, e, b, w));
    memcpy(to, from, (size_t)n * sizeof *to);
    if (w == ORA_WHICH_VALUE && e->average[b] && !e->has_average[b])
        memcpy(e->average[b], from, (size_t)n * sizeof *to);
    if (w == ORA_WHICH_AVERAGE)
        e->has_average[b] = true;

done:
    return st;
}

orator_status ora_cpu_get(ora_field_engine *self, ora_field_block b, ora_field_which w, float *to)
{
    orator_status st;
    float *from;
    int64_t n;

    ORA_TRY(find(&from, &n, ora_cpu_engine_of(self), b, w));
    memcpy(to, from, (size_t)n * sizeof *to);

done:
    return st;
}

orator_status ora_cpu_set_occupancy(ora_field_engine *self, const uint8_t *cells)
{
    ora_occupancy *o = &ora_cpu_engine_of(self)->occupancy;
    int64_t i = 0;

    for (int32_t z = 0; z < o->n; z++)
        for (int32_t y = 0; y < o->n; y++)
            for (int32_t x = 0; x < o->n; x++)
                ora_occupancy_set(o, x, y, z, cells[i++] != 0);
    return ORATOR_OK;
}

orator_status ora_cpu_get_occupancy(ora_field_engine *self, uint8_t *cells)
{
    const ora_occupancy *o = &ora_cpu_engine_of(self)->occupancy;
    int64_t i = 0;

    for (int32_t z = 0; z < o->n; z++)
        for (int32_t y = 0; y < o->n; y++)
            for (int32_t x = 0; x < o->n; x++)
                cells[i++] = (uint8_t)ora_occupancy_get(o, x, y, z);
    return ORATOR_OK;
}

static orator_status need_notes(const ora_cpu_engine *e)
{
    if (e->notes)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_INVALID, "a field opened to render notes no weights");
}

static size_t notes_bytes(const ora_cpu_engine *e)
{
    const size_t n = (size_t)e->params.n_occupancy;

    return n * n * n * sizeof *e->notes;
}

orator_status ora_cpu_set_weights(ora_field_engine *self, const float *weights)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);
    orator_status st;

    ORA_TRY(need_notes(e));
    memcpy(e->notes, weights, notes_bytes(e));

done:
    return st;
}

orator_status ora_cpu_get_weights(ora_field_engine *self, float *weights)
{
    const ora_cpu_engine *e = ora_cpu_engine_of(self);
    orator_status st;

    ORA_TRY(need_notes(e));
    memcpy(weights, e->notes, notes_bytes(e));

done:
    return st;
}

orator_status ora_cpu_prune(ora_field_engine *self, float threshold, float decay, int64_t *n_kept)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);
    orator_status st;

    *n_kept = 0;
    ORA_TRY(need_notes(e));
    *n_kept = ora_occupancy_prune(&e->occupancy, e->notes, threshold, decay, e->near);

done:
    return st;
}
