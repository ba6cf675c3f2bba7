/*
 * frame_store.h - the training frames in memory, 8 bit, as many as the budget allows.
 *
 * A frame is [height][width][5]: RGB as encoded, head matte, torso matte, each 0..255. Where all
 * frames fit they all stay. Where they do not, a first pass over the clip keeps an even choice of it
 * (reservoir sampling: Vitter 1985, algorithm R); then the store reads on, pass after pass, and a
 * share of the frames that come by take the places of others, so that the choice stays even. All
 * draws are of a counter-based generator: what is resident after n arrivals depends on n and the
 * seed alone, and a resumed run sees the same frames.
 */
#ifndef ORA_FRAME_STORE_H
#define ORA_FRAME_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/context.h"
#include "orator/status.h"

enum { ORA_STORE_CHANNELS = 5 };

/*
 * Where frames come from. next() puts the following wanted frame into `pixels` and its id into
 * *id; after the last it begins again at the first.
 */
typedef struct ora_frame_source {
    void *self;
    orator_status (*next)(void *self, uint8_t *pixels, int64_t *id);
    orator_status (*rewind)(void *self);
    void (*close)(void *self);
    int32_t width, height;
    int64_t n_wanted; /* frames of one pass */
} ora_frame_source;

typedef struct ora_frame_store ora_frame_store;

/*
 * Takes the source over, also on failure. `n_ids` is one more than the largest id. Decodes one
 * pass, with progress.
 *   ORATOR_E_INVALID  `max_bytes` does not hold 64 frames, or the source has none
 *   ORATOR_E_NOMEM, and what the source says
 */
orator_status ora_frame_store_open(ora_frame_store **out, orator_context *ctx,
                                   const ora_frame_source *source, int64_t n_ids,
                                   uint64_t max_bytes, uint64_t seed);
void ora_frame_store_close(ora_frame_store **s);

bool ora_frame_store_is_whole(const ora_frame_store *s); /* every frame is resident */

/*
 * The next frames of the clip in their order, resident or not: at most n, into pixels[i] and ids[i].
 * *n_read = 0 after the last, and the following call begins again. What is resident stays. Only of a
 * store that is not whole and has not been advanced (ORATOR_E_INVALID).
 */
orator_status ora_frame_store_read(ora_frame_store *s, uint8_t *const *pixels, int32_t *ids,
                                   int32_t n, int32_t *n_read);

/*
 * Bring the store to `n_arrivals` frames beyond the first pass; never backward except to where it
 * can be rebuilt by one pass (resume). Nothing to do where the store is whole.
 */
orator_status ora_frame_store_advance(ora_frame_store *s, int64_t n_arrivals);

/* Pixels of a resident frame, borrowed until the next advance; NULL where it is not resident. */
const uint8_t *ora_frame_store_get(const ora_frame_store *s, int64_t id);

/* Resident ids in ascending order, borrowed until the next advance. */
const int32_t *ora_frame_store_resident(const ora_frame_store *s, int32_t *n);

#endif /* ORA_FRAME_STORE_H */
