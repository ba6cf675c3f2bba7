#include "field/torso_track.h"

#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "field/torso_align.h"

enum {
    SEGMENT = 16, /* frames from anchor to anchor */
    ROUND = 32    /* segments between two progress events */
};

static const float IDENTITY[6] = {1, 0, 0, 0, 1, 0};

/*
 * Frames that can be aligned, in order of id. Anchors, every SEGMENT-th from the reference on, are
 * aligned one from the other, outward; then the frames between two anchors, outward from the inner
 * one. So a frame's start value is that of a neighbour and does not depend on the thread count.
 */
typedef struct track_job {
    const ora_training_set *set;
    const ora_torso_aligner *aligner;
    const int32_t *ids; /* [n] */
    int32_t n, i_reference;
    uint8_t *is_aligned;        /* [n] */
    float (*map)[6];            /* [n] */
    ora_torso_pyramid *scratch; /* [threads] */
    int32_t n_out[2];           /* segments before and after the reference */
    int64_t first_segment;      /* of the round */
} track_job;

/* The training frame with as many resident training frames before it as after it; -1 = none. */
static int32_t find_reference(const ora_training_set *set, const int32_t *ids, int32_t n)
{
    int64_t n_train = 0;
    int64_t middle = 0;
    int32_t best = -1;

    for (int64_t i = 0; i < set->n_frames; i++)
        n_train += set->use[i] == ORA_USE_TRAIN;
    for (int64_t before = n_train / 2; middle < set->n_frames; middle++) {
        if (set->use[middle] == ORA_USE_TRAIN && before-- == 0)
            break;
    }
    for (int32_t i = 0; i < n; i++) {
        if (set->use[ids[i]] == ORA_USE_TRAIN &&
            (best < 0 || llabs(ids[i] - middle) < llabs(ids[best] - middle)))
            best = i;
    }
    return best;
}

/* Align frame i, starting from what frame `from` came to. */
static void align_one(track_job *j, int32_t i, int32_t from, ora_torso_pyramid *scratch)
{
    memcpy(j->map[i], j->map[from], sizeof j->map[i]);
    ora_torso_pyramid_fill(scratch, ora_frame_store_get(j->set->frames, j->ids[i]));
    j->is_aligned[i] = ora_torso_align(j->aligner, scratch, j->map[i]);
}

/* Both chains of anchors: i_chunk 0 toward the first frame, 1 toward the last. */
static orator_status align_anchors(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                   int i_thread)
{
    track_job *j = arg;
    const int32_t step = i_chunk == 0 ? -SEGMENT : SEGMENT;

    (void)first;
    (void)end;
    for (int32_t i = j->i_reference + step; i >= 0 && i < j->n; i += step)
        align_one(j, i, i - step, &j->scratch[i_thread]);
    return ORATOR_OK;
}

/* Segment s: n_out[0] of them lie before the reference, the others after it. */
static orator_status align_segment(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                   int i_thread)
{
    track_job *j = arg;
    const int32_t s = (int32_t)(j->first_segment + i_chunk);
    const int32_t step = s < j->n_out[0] ? -1 : 1;
    const int32_t k = s < j->n_out[0] ? s : s - j->n_out[0];
    const int32_t anchor = j->i_reference + step * k * SEGMENT;

    (void)first;
    (void)end;
    for (int32_t c = 1; c < SEGMENT; c++) {
        const int32_t i = anchor + step * c;

        if (i < 0 || i >= j->n)
            break;
        align_one(j, i, i - step, &j->scratch[i_thread]);
    }
    return ORATOR_OK;
}

static orator_status align_all(track_job *j, orator_context *ctx)
{
    orator_status st;
    ora_pool *pool = ora_context_pool(ctx);
    const int32_t n_segments = j->n_out[0] + j->n_out[1];
    ora_progress progress;

    ora_progress_begin(&progress, ctx, "torso", n_segments);
    ORA_TRY(ora_pool_run(pool, 2, 1, align_anchors, j));
    for (int32_t s = 0; s < n_segments; s += ROUND) {
        const int32_t n = n_segments - s < ROUND ? n_segments - s : ROUND;

        j->first_segment = s;
        ORA_TRY(ora_pool_run(pool, n, 1, align_segment, j));
        ORA_TRY(ora_progress_step(&progress, s + n, NULL));
    }
    ora_progress_end(&progress, n_segments, NULL);

done:
    return st;
}

/*
 * Every frame of the clip its map: aligned ones their own, failed ones that of the nearest aligned
 * one, all others a blend of the aligned ones on both sides.
 */
static void spread(const track_job *j, float *affine)
{
    int32_t next = 0; /* first frame of the job at or after id */
    int32_t before = -1;
    int32_t after = -1;

    for (int64_t id = 0; id < j->set->n_frames; id++) {
        float *to = affine + 6 * id;
        bool has_failed = false;
        float share;

        if (next < j->n && j->ids[next] == id) {
            if (j->is_aligned[next])
                before = next;
            has_failed = !j->is_aligned[next];
            next++;
        }
        for (after = next; after < j->n && !j->is_aligned[after];)
            after++;
        if (before < 0 || after >= j->n || j->ids[before] == id) {
            memcpy(to, j->map[before >= 0 ? before : after], 6 * sizeof *to);
            continue;
        }
        share = (float)(id - j->ids[before]) / (float)(j->ids[after] - j->ids[before]);
        if (has_failed)
            share = share > 0.5f ? 1.0f : 0.0f;
        for (int c = 0; c < 6; c++)
            to[c] = (1.0f - share) * j->map[before][c] + share * j->map[after][c];
    }
}

/* Ids that are resident and usable. ORATOR_E_NOMEM. */
static orator_status list_frames(int32_t **out, int32_t *n, const ora_training_set *set)
{
    int32_t n_resident = 0;
    const int32_t *resident = ora_frame_store_resident(set->frames, &n_resident);
    int32_t *ids = malloc(((size_t)n_resident + 1) * sizeof *ids);

    *out = ids;
    *n = 0;
    if (!ids)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %d frames", n_resident);
    for (int32_t i = 0; i < n_resident; i++) {
        if (set->use[resident[i]] != ORA_USE_NONE)
            ids[(*n)++] = resident[i];
    }
    return ORATOR_OK;
}

static orator_status open_scratch(track_job *j, int n_threads, int32_t width, int32_t height)
{
    orator_status st = ORATOR_OK;

    j->is_aligned = calloc((size_t)j->n + 1, 1);
    j->map = calloc((size_t)j->n + 1, sizeof *j->map);
    j->scratch = calloc((size_t)n_threads, sizeof *j->scratch);
    if (!j->is_aligned || !j->map || !j->scratch) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to follow the torso in %d frames", j->n);
        goto done;
    }
    for (int i = 0; i < n_threads; i++)
        ORA_TRY(ora_torso_pyramid_open(&j->scratch[i], width, height));

done:
    return st;
}

static void close_scratch(track_job *j, int n_threads)
{
    for (int i = 0; j->scratch && i < n_threads; i++)
        ora_torso_pyramid_clear(&j->scratch[i]);
    free(j->scratch);
    free(j->map);
    free(j->is_aligned);
}

orator_status ora_torso_track(ora_training_set *set, orator_context *ctx, int64_t *n_failed)
{
    orator_status st;
    ora_torso_aligner *aligner = NULL;
    int32_t *ids = NULL;
    const int n_threads = ora_pool_threads(ora_context_pool(ctx));
    track_job j = {.set = set};

    *n_failed = 0;
    for (int64_t i = 0; i < set->n_frames; i++)
        memcpy(set->torso_affine + 6 * i, IDENTITY, sizeof IDENTITY);
    ORA_TRY(list_frames(&ids, &j.n, set));
    j.ids = ids;
    j.i_reference = find_reference(set, j.ids, j.n);
    if (j.i_reference < 0)
        goto done;
    ORA_TRY(open_scratch(&j, n_threads, set->camera.width, set->camera.height));
    ora_torso_pyramid_fill(&j.scratch[0], ora_frame_store_get(set->frames, j.ids[j.i_reference]));
    ORA_TRY(ora_torso_aligner_open(&aligner, &j.scratch[0]));
    j.aligner = aligner;
    if (!ora_torso_aligner_is_usable(aligner)) {
        *n_failed = j.n;
        goto done;
    }
    memcpy(j.map[j.i_reference], IDENTITY, sizeof IDENTITY);
    j.is_aligned[j.i_reference] = 1;
    j.n_out[0] = j.i_reference / SEGMENT + 1;
    j.n_out[1] = (j.n - 1 - j.i_reference) / SEGMENT + 1;
    ORA_TRY(align_all(&j, ctx));
    spread(&j, set->torso_affine);
    for (int32_t i = 0; i < j.n; i++)
        *n_failed += !j.is_aligned[i];

done:
    ora_torso_aligner_close(&aligner);
    close_scratch(&j, n_threads);
    free(ids);
    return st;
}
