#include "field/frame_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/context_impl.h"
#include "base/status_impl.h"
#include "numerics/rng.h"

enum { MIN_FRAMES = 64, NOWHERE = -1 };

static const uint64_t DRAW_STREAM = 0x6672616d65730001u; /* "frames" */

/*
 * The source gives an endless stream, pass after pass in the same order. What is resident after
 * the first `at` frames of the stream follows from replaying their ids:
 *
 *     an id that is resident       changes nothing
 *     else, while at < n_slots     takes slot `at`
 *     else                         takes the slot drawn for `at` among the frames of the stream so
 *                                  far, n_wanted at most; one of n_slots or more is none
 *
 * So a place in the stream can be reached without pixels, as soon as one pass has told the order;
 * one more pass then brings every resident frame's pixels.
 */
struct ora_frame_store {
    ora_frame_source source;
    uint64_t seed;
    int64_t n_ids;
    size_t frame_bytes;
    int64_t n_slots;
    int64_t at;         /* place in the stream                                                */
    int64_t n_read;     /* frames read beside the stream since the last pass was over         */
    int64_t n_ordered;  /* places of the pass whose id is known                               */
    int32_t *order;     /* [n_wanted] id at each place of a pass, owned                       */
    int32_t *slot_of;   /* [n_ids] or NOWHERE, owned                                          */
    int32_t *id_of;     /* [n_slots] or NOWHERE, owned                                        */
    int32_t *pixels_of; /* [n_slots] id whose pixels lie there, owned                         */
    uint8_t **buffer;   /* [n_slots], owned; into `memory`                                    */
    uint8_t *spare;     /* where the next frame is decoded to; NULL where the store is whole  */
    uint8_t *memory;    /* owned                                                              */
    int32_t *resident;  /* [n_slots] ascending, owned                                         */
    int32_t n_resident;
};

bool ora_frame_store_is_whole(const ora_frame_store *s)
{
    return s->n_slots == s->source.n_wanted;
}

const uint8_t *ora_frame_store_get(const ora_frame_store *s, int64_t id)
{
    const int32_t slot = id >= 0 && id < s->n_ids ? s->slot_of[id] : NOWHERE;

    return slot == NOWHERE ? NULL : s->buffer[slot];
}

const int32_t *ora_frame_store_resident(const ora_frame_store *s, int32_t *n)
{
    *n = s->n_resident;
    return s->resident;
}

static void list_resident(ora_frame_store *s)
{
    s->n_resident = 0;
    for (int64_t id = 0; id < s->n_ids; id++)
        if (s->slot_of[id] != NOWHERE)
            s->resident[s->n_resident++] = (int32_t)id;
}

static void forget_all(ora_frame_store *s)
{
    for (int64_t i = 0; i < s->n_ids; i++)
        s->slot_of[i] = NOWHERE;
    for (int64_t i = 0; i < s->n_slots; i++)
        s->id_of[i] = NOWHERE;
    s->at = 0;
}

/* The frame `id` at place s->at of the stream takes its slot, if it has not got one. */
static void take_place(ora_frame_store *s, int32_t id)
{
    const int64_t at = s->at++;
    uint64_t slot = (uint64_t)at;

    if (s->slot_of[id] != NOWHERE)
        return;
    if (at >= s->n_slots) {
        const int64_t n_drawn = at < s->source.n_wanted ? at + 1 : s->source.n_wanted;

        slot = ora_rng_block(s->seed, DRAW_STREAM, (uint64_t)at).word[0];
        slot = slot * (uint64_t)n_drawn >> 32;
        if (slot >= (uint64_t)s->n_slots)
            return;
    }
    if (s->id_of[slot] != NOWHERE)
        s->slot_of[s->id_of[slot]] = NOWHERE;
    s->id_of[slot] = id;
    s->slot_of[id] = (int32_t)slot;
}

/* The pixels just decoded are those of `id`; keep them where it has a slot without them. */
static void keep_pixels(ora_frame_store *s, int32_t id, uint8_t *pixels)
{
    const int32_t slot = s->slot_of[id];

    if (slot == NOWHERE || s->pixels_of[slot] == id)
        return;
    s->pixels_of[slot] = id;
    if (s->buffer[slot] == pixels)
        return;
    s->spare = s->buffer[slot];
    s->buffer[slot] = pixels;
}

/* Decode the stream's next frame and give it its place. */
static orator_status play_one(ora_frame_store *s)
{
    const int64_t place = s->at % s->source.n_wanted;
    uint8_t *pixels = s->spare ? s->spare : s->buffer[place];
    int64_t id = NOWHERE;
    orator_status st;

    ORA_TRY(s->source.next(s->source.self, pixels, &id));
    if (id < 0 || id >= s->n_ids || (place < s->n_ordered && s->order[place] != id) ||
        (place >= s->n_ordered && s->at < s->n_slots && s->slot_of[id] != NOWHERE)) {
        st = ora_fail(ORATOR_E_INTERNAL, "frame source gave id %" PRId64 " out of turn", id);
        goto done;
    }
    if (place >= s->n_ordered) {
        s->order[place] = (int32_t)id;
        s->n_ordered = place + 1;
    }
    take_place(s, (int32_t)id);
    keep_pixels(s, (int32_t)id, pixels);

done:
    return st;
}

static orator_status play_to(ora_frame_store *s, int64_t at)
{
    orator_status st = ORATOR_OK;

    while (s->at < at)
        ORA_TRY(play_one(s));

done:
    return st;
}

/*
 * Go to a far place, or back: ids alone up to the start of a pass, the last one to two passes with
 * pixels. Needs the order of the places that it passes over.
 */
static orator_status jump_to(ora_frame_store *s, int64_t at)
{
    const int64_t n = s->source.n_wanted;
    const int64_t start = at > 2 * n ? (at - n) / n * n : 0;
    orator_status st;

    if (start < s->at)
        forget_all(s);
    while (s->at < start)
        take_place(s, s->order[s->at % n]);
    ORA_TRY(s->source.rewind(s->source.self));
    ORA_TRY(play_to(s, at));

done:
    return st;
}

orator_status ora_frame_store_advance(ora_frame_store *s, int64_t n_arrivals)
{
    const int64_t n = s->source.n_wanted;
    const int64_t at = n + n_arrivals;
    orator_status st = ORATOR_OK;

    if (n_arrivals < 0)
        return ora_fail(ORATOR_E_INVALID, "frame store cannot go to arrival %" PRId64, n_arrivals);
    if (ora_frame_store_is_whole(s) || at == s->at)
        return ORATOR_OK;
    if (s->n_read > 0) {
        ORA_TRY(s->source.rewind(s->source.self));
        s->n_read = 0;
    }
    if (at < s->at || at - s->at > 3 * n)
        ORA_TRY(jump_to(s, at));
    ORA_TRY(play_to(s, at));

done:
    list_resident(s);
    return st;
}

orator_status ora_frame_store_read(ora_frame_store *s, uint8_t *const *pixels, int32_t *ids,
                                   int32_t n, int32_t *n_read)
{
    const int64_t n_wanted = s->source.n_wanted;
    orator_status st = ORATOR_OK;

    *n_read = 0;
    if (ora_frame_store_is_whole(s) || s->at != n_wanted)
        return ora_fail(ORATOR_E_INVALID, "frames can be read only before the store moves on");
    if (s->n_read == n_wanted) {
        s->n_read = 0;
        return ORATOR_OK;
    }
    for (; *n_read < n && s->n_read < n_wanted; s->n_read++) {
        int64_t id = NOWHERE;

        ORA_TRY(s->source.next(s->source.self, pixels[*n_read], &id));
        if (id != s->order[s->n_read]) {
            st = ora_fail(ORATOR_E_INTERNAL, "frame source gave id %" PRId64 " out of turn", id);
            goto done;
        }
        ids[(*n_read)++] = (int32_t)id;
    }

done:
    return st;
}

static orator_status first_pass(ora_frame_store *s, orator_context *ctx)
{
    const int64_t n = s->source.n_wanted;
    orator_status st = ORATOR_OK;
    ora_progress progress;

    ora_progress_begin(&progress, ctx, "read frames", n);
    while (s->at < n) {
        ORA_TRY(play_one(s));
        ORA_TRY(ora_progress_step(&progress, s->at, ""));
    }

done:
    ora_progress_end(&progress, s->at, "");
    return st;
}

/* Memory for n_slots frames, and one more where frames come and go. */
static orator_status allocate(ora_frame_store *s)
{
    const bool is_whole = ora_frame_store_is_whole(s);
    const size_t n = (size_t)s->n_slots;
    size_t n_bytes = 0;

    if (ora_mul_size(&n_bytes, n + (is_whole ? 0 : 1), s->frame_bytes))
        s->memory = malloc(n_bytes);
    s->order = malloc((size_t)s->source.n_wanted * sizeof *s->order);
    s->slot_of = malloc((size_t)s->n_ids * sizeof *s->slot_of);
    s->id_of = malloc(n * sizeof *s->id_of);
    s->pixels_of = malloc(n * sizeof *s->pixels_of);
    s->resident = malloc(n * sizeof *s->resident);
    s->buffer = malloc(n * sizeof *s->buffer);
    if (!s->memory || !s->order || !s->slot_of || !s->id_of || !s->pixels_of || !s->resident ||
        !s->buffer)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %" PRId64 " frames of %dx%d", s->n_slots,
                        s->source.width, s->source.height);
    for (size_t i = 0; i < n; i++) {
        s->buffer[i] = s->memory + i * s->frame_bytes;
        s->pixels_of[i] = NOWHERE;
    }
    s->spare = is_whole ? NULL : s->memory + n * s->frame_bytes;
    forget_all(s);
    return ORATOR_OK;
}

/* How many frames stay at once. */
static orator_status choose_size(ora_frame_store *s, uint64_t max_bytes)
{
    const ora_frame_source *from = &s->source;
    uint64_t n_fit;

    if (from->n_wanted < 1 || s->n_ids < from->n_wanted || s->n_ids > INT32_MAX ||
        from->width < 1 || from->height < 1)
        return ora_fail(ORATOR_E_INVALID, "frame source of %" PRId64 " frames of %dx%d",
                        from->n_wanted, from->width, from->height);
    if (!ora_mul_size(&s->frame_bytes, (size_t)from->width, (size_t)from->height) ||
        !ora_mul_size(&s->frame_bytes, s->frame_bytes, ORA_STORE_CHANNELS))
        return ora_fail(ORATOR_E_INVALID, "frames of %dx%d are too large", from->width,
                        from->height);
    n_fit = max_bytes / s->frame_bytes;
    if (n_fit >= (uint64_t)from->n_wanted) {
        s->n_slots = from->n_wanted;
        return ORATOR_OK;
    }
    if (n_fit < MIN_FRAMES + 1)
        return ora_fail(ORATOR_E_INVALID,
                        "%" PRIu64 " bytes for frames hold %" PRIu64
                        " of %dx%d, want at least %d: allow more memory or take smaller pictures",
                        max_bytes, n_fit, from->width, from->height, MIN_FRAMES + 1);
    s->n_slots = (int64_t)n_fit - 1;
    return ORATOR_OK;
}

static void close_source(ora_frame_store *s)
{
    if (s->source.close)
        s->source.close(s->source.self);
    s->source.close = NULL;
}

orator_status ora_frame_store_open(ora_frame_store **out, orator_context *ctx,
                                   const ora_frame_source *source, int64_t n_ids,
                                   uint64_t max_bytes, uint64_t seed)
{
    orator_status st;
    ora_frame_store *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s) {
        source->close(source->self);
        return ora_fail(ORATOR_E_NOMEM, "no memory for frames");
    }
    s->source = *source;
    s->n_ids = n_ids;
    s->seed = seed;
    ORA_TRY(choose_size(s, max_bytes));
    ORA_TRY(allocate(s));
    ORA_TRY(first_pass(s, ctx));
    list_resident(s);
    if (ora_frame_store_is_whole(s))
        close_source(s); /* decoders hold memory, and nothing more is to come */
    *out = s;
    s = NULL;

done:
    ora_frame_store_close(&s);
    return st;
}

void ora_frame_store_close(ora_frame_store **s)
{
    ora_frame_store *me = *s;

    if (!me)
        return;
    close_source(me);
    free(me->memory);
    free(me->order);
    free(me->slot_of);
    free(me->id_of);
    free(me->pixels_of);
    free(me->resident);
    free(me->buffer);
    free(me);
    *s = NULL;
}
