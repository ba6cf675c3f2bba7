#include "cpu/occupancy_notes.h"

void ora_occupancy_note(float *notes, int32_t n, const ora_real *position, const float *weight,
                        int64_t n_slots)
{
    for (int64_t i = 0; i < n_slots; i++) {
        const ora_real *p = position + i * 3;
        int32_t x;
        int32_t y;
        int32_t z;
        float *note;

        if (!(weight[i] > 0.0f))
            continue;
        x = ora_occupancy_cell(n, p[0]);
        y = ora_occupancy_cell(n, p[1]);
        z = ora_occupancy_cell(n, p[2]);
        if (x < 0 || y < 0 || z < 0)
            continue;
        note = &notes[((int64_t)z * n + y) * n + x];
        *note = *note > weight[i] ? *note : weight[i];
    }
}

/* near[i] |= its neighbours, along one axis of a row of n cells that are `step` apart. */
static void widen_row(uint8_t *near, int32_t n, int64_t step)
{
    uint8_t before = 0;

    for (int32_t i = 0; i < n; i++) {
        const uint8_t here = near[i * step];
        const uint8_t after = i + 1 < n ? near[(i + 1) * step] : 0;

        near[i * step] = before | here | after;
        before = here;
    }
}

/* A cube of 3 x 3 x 3 cells is three rows of 3, one after the other. */
static void widen(uint8_t *near, int32_t n)
{
    const int64_t row = n;
    const int64_t slice = row * n;

    for (int64_t i = 0; i < slice; i++)
        widen_row(near + i * row, n, 1);
    for (int64_t z = 0; z < n; z++)
        for (int64_t x = 0; x < n; x++)
            widen_row(near + z * slice + x, n, row);
    for (int64_t i = 0; i < slice; i++)
        widen_row(near + i, n, slice);
}

int64_t ora_occupancy_prune(ora_occupancy *o, float *notes, float threshold, float decay,
                            uint8_t *near)
{
    const int32_t n = o->n;
    int64_t n_kept = 0;
    int64_t i = 0;

    for (int64_t k = 0; k < (int64_t)n * n * n; k++) {
        near[k] = notes[k] >= threshold;
        notes[k] *= decay;
    }
    widen(near, n);
    for (int32_t z = 0; z < n; z++)
        for (int32_t y = 0; y < n; y++)
            for (int32_t x = 0; x < n; x++, i++) {
                const int is_kept = near[i] && ora_occupancy_get(o, x, y, z);

                ora_occupancy_set(o, x, y, z, is_kept);
                n_kept += is_kept;
            }
    return n_kept;
}
