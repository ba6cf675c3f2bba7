#include "field/torso_track.h"

#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "field/torso_align.h"

enum {
    SEGMENT = 16, /* frames from anchor to anchor, and frames that are read at a time */
    ROUND = 32    /* segments between two progress events */
};

enum { UNSEEN = 0, ALIGNED, FAILED };

static const float IDENTITY[6] = {1, 0, 0, 0, 1, 0};

/*
 * Frames to be aligned, in order of id. Where all are in memory: anchors, every SEGMENT-th from the
 * reference on, are aligned one from the other, outward; then the frames between two anchors,
 * outward from the inner one. So a frame's start value is that of a neighbour and does not depend on the thread count.
 */
typedef struct track_job {
    ora_training_set *set;
    ora_torso_aligner *aligner; /* owned */
    int32_t *ids;               /* [n], owned */
    int32_t n, i_reference;
    uint8_t *state;             /* [T] what has come of the frame, owned */
    ora_torso_pyramid *scratch; /* [n_threads], owned */
    int n_threads;
    int32_t n_before, n_after; /* segments on both sides of the reference */
    int64_t first_segment;     /* of the round */
    const float *start;        /* of all frames of a batch */
    uint8_t *memory;           /* [SEGMENT] frames read in, owned */
    uint8_t *pixels[SEGMENT];  /* into it */
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

static void align_one(track_job *j, int64_t id, const uint8_t *pixels, const float *start,
                      ora_torso_pyramid *scratch)
{
    float *map = j->set->torso_affine + 6 * id;

    memmove(map, start, sizeof IDENTITY);
    ora_torso_pyramid_fill(scratch, pixels);
    j->state[id] = ora_torso_align(j->aligner, scratch, map) ? ALIGNED : FAILED;
}

/* Align frame i of the list, starting from what frame `from` of it came to. */
static void align_from(track_job *j, int32_t i, int32_t from, ora_torso_pyramid *scratch)
{
    align_one(j, j->ids[i], ora_frame_store_get(j->set->frames, j->ids[i]),
              j->set->torso_affine + 6 * (int64_t)j->ids[from], scratch);
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
        align_from(j, i, i - step, &j->scratch[i_thread]);
    return ORATOR_OK;
}

/* The first n_before segments lie before the reference, the others after it. */
static orator_status align_segment(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                   int i_thread)
{
    track_job *j = arg;
    const int32_t s = (int32_t)(j->first_segment + i_chunk);
    const int32_t step = s < j->n_before ? -1 : 1;
    const int32_t k = s < j->n_before ? s : s - j->n_before;
    const int32_t anchor = j->i_reference + step * k * SEGMENT;

    (void)first;
    (void)end;
    for (int32_t c = 1; c < SEGMENT; c++) {
        const int32_t i = anchor + step * c;

        if (i < 0 || i >= j->n)
            break;
        align_from(j, i, i - step, &j->scratch[i_thread]);
    }
    return ORATOR_OK;
}

static orator_status align_list(track_job *j, orator_context *ctx, ora_progress *progress)
{
    orator_status st;
    ora_pool *pool = ora_context_pool(ctx);
    const int32_t n_segments = j->n_before + j->n_after;

    ORA_TRY(ora_pool_run(pool, 2, 1, align_anchors, j));
    for (int32_t s = 0; s < n_segments; s += ROUND) {
        const int32_t n = n_segments - s < ROUND ? n_segments - s : ROUND;

        j->first_segment = s;
        ORA_TRY(ora_pool_run(pool, n, 1, align_segment, j));
        ORA_TRY(ora_progress_step(progress, (int64_t)j->n * (s + n) / n_segments, NULL));
    }

done:
    return st;
}

static orator_status align_batch(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                 int i_thread)
{
    track_job *j = arg;

    (void)first;
    (void)end;
    if (j->state[j->ids[i_chunk]] == UNSEEN) /* the reference is where it is */
        align_one(j, j->ids[i_chunk], j->pixels[i_chunk], j->start, &j->scratch[i_thread]);
    return ORATOR_OK;
}

/*
 * Where not all frames are in memory: read the clip once more, a few frames at a time, each batch
 * aligned from the last aligned frame before it.
 */
static orator_status align_clip(track_job *j, orator_context *ctx, ora_progress *progress)
{
    const ora_field_camera *c = &j->set->camera;
    const size_t n_bytes = (size_t)c->width * (size_t)c->height * ORA_STORE_CHANNELS;
    orator_status st = ORATOR_OK;
    int64_t n_done = 0;

    j->memory = malloc(SEGMENT * n_bytes);
    if (!j->memory)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %d frames", SEGMENT);
    for (int i = 0; i < SEGMENT; i++)
        j->pixels[i] = j->memory + (size_t)i * n_bytes;
    j->start = IDENTITY;
    for (;;) {
        ORA_TRY(ora_frame_store_read(j->set->frames, j->pixels, j->ids, SEGMENT, &j->n));
        if (j->n == 0)
            break;
        ORA_TRY(ora_pool_run(ora_context_pool(ctx), j->n, 1, align_batch, j));
        for (int32_t i = 0; i < j->n; i++)
            if (j->state[j->ids[i]] == ALIGNED)
                j->start = j->set->torso_affine + 6 * (int64_t)j->ids[i];
        n_done += j->n;
        ORA_TRY(ora_progress_step(progress, n_done, NULL));
    }

done:
    return st;
}

/*
 * Frames that failed get the map of the nearest aligned one, frames that nobody uses a blend of the
 * aligned ones on both sides.
 */
static void fill_gaps(const track_job *j, int64_t *n_failed)
{
    const int64_t n_frames = j->set->n_frames;
    float *maps = j->set->torso_affine;
    int64_t before = -1;
    int64_t after = -1;

    for (int64_t id = 0; id < n_frames; id++) {
        float share;

        if (j->state[id] == ALIGNED) {
            before = id;
            continue;
        }
        *n_failed += j->state[id] == FAILED;
        for (after = after > id ? after : id; after < n_frames && j->state[after] != ALIGNED;)
            after++;
        share = before < 0 ? 1.0f : 0.0f;
        if (before >= 0 && after < n_frames)
            share = (float)(id - before) / (float)(after - before);
        if (j->state[id] == FAILED)
            share = share > 0.5f ? 1.0f : 0.0f;
        for (int c = 0; c < 6; c++) {
            const float from = before >= 0 ? maps[6 * before + c] : 0.0f;
            const float to = after < n_frames ? maps[6 * after + c] : 0.0f;

            maps[6 * id + c] = (1.0f - share) * from + share * to;
        }
    }
}

/* Ids that are resident and usable. */
static void list_frames(track_job *j)
{
    int32_t n = 0;
    const int32_t *resident = ora_frame_store_resident(j->set->frames, &n);

    for (int32_t i = 0; i < n; i++) {
        if (j->set->use[resident[i]] != ORA_USE_NONE)
            j->ids[j->n++] = resident[i];
    }
}

static orator_status job_open(track_job *j, ora_training_set *set, int n_threads)
{
    orator_status st = ORATOR_OK;
    int32_t n = 0;

    (void)ora_frame_store_resident(set->frames, &n);
    *j = (track_job){.set = set, .n_threads = n_threads};
    j->ids = malloc(((size_t)n + 1) * sizeof *j->ids);
    j->state = calloc((size_t)set->n_frames + 1, 1);
    j->scratch = calloc((size_t)n_threads, sizeof *j->scratch);
    if (!j->ids || !j->state || !j->scratch) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to follow the torso in %d frames", n);
        goto done;
    }
    for (int i = 0; i < n_threads; i++)
        ORA_TRY(ora_torso_pyramid_open(&j->scratch[i], set->camera.width, set->camera.height));
    list_frames(j);

done:
    return st;
}

static void job_clear(track_job *j)
{
    for (int i = 0; j->scratch && i < j->n_threads; i++)
        ora_torso_pyramid_clear(&j->scratch[i]);
    ora_torso_aligner_close(&j->aligner);
    free(j->scratch);
    free(j->state);
    free(j->memory);
    free(j->ids);
}

static orator_status open_reference(track_job *j)
{
    const int32_t id = j->ids[j->i_reference];

    ora_torso_pyramid_fill(&j->scratch[0], ora_frame_store_get(j->set->frames, id));
    j->state[id] = ALIGNED;
    j->n_before = j->i_reference / SEGMENT + 1;
    j->n_after = (j->n - 1 - j->i_reference) / SEGMENT + 1;
    return ora_torso_aligner_open(&j->aligner, &j->scratch[0]);
}

orator_status ora_torso_track(ora_training_set *set, orator_context *ctx, int64_t *n_failed)
{
    orator_status st;
    track_job j;
    ora_progress progress;
    int64_t n_frames = 0;

    *n_failed = 0;
    for (int64_t i = 0; i < set->n_frames; i++) {
        memcpy(set->torso_affine + 6 * i, IDENTITY, sizeof IDENTITY);
        n_frames += set->use[i] != ORA_USE_NONE;
    }
    ora_progress_begin(&progress, ctx, "follow torso", n_frames);
    ORA_TRY(job_open(&j, set, ora_pool_threads(ora_context_pool(ctx))));
    j.i_reference = find_reference(set, j.ids, j.n);
    if (j.i_reference < 0)
        goto done;
    ORA_TRY(open_reference(&j));
    if (!ora_torso_aligner_is_usable(j.aligner)) {
        *n_failed = n_frames;
        goto done;
    }
    if (ora_frame_store_is_whole(set->frames))
        ORA_TRY(align_list(&j, ctx, &progress));
    else
        ORA_TRY(align_clip(&j, ctx, &progress));
    fill_gaps(&j, n_failed);

done:
    ora_progress_end(&progress, n_frames, NULL);
    job_clear(&j);
    return st;
}
