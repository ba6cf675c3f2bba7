/*
 * made_frames.h - a source of frames that a function draws, for frame stores in tests.
 */
#ifndef ORA_MADE_FRAMES_H
#define ORA_MADE_FRAMES_H

#include <stdbool.h>

#include "field/frame_store.h"

typedef struct made_frames {
    void (*draw)(uint8_t *pixels, int32_t width, int32_t height, int64_t id);
    int32_t width, height;
    int64_t n, next;
} made_frames;

static inline orator_status made_frames_next(void *self, uint8_t *pixels, int64_t *id)
{
    made_frames *m = self;

    *id = m->next;
    m->draw(pixels, m->width, m->height, *id);
    m->next = (m->next + 1) % m->n;
    return ORATOR_OK;
}

static inline orator_status made_frames_rewind(void *self)
{
    made_frames *m = self;

    m->next = 0;
    return ORATOR_OK;
}

static inline void made_frames_close(void *self)
{
    (void)self;
}

/* A store of frames 0..m->n - 1, as many as max_bytes hold; `m` is borrowed until it is closed. */
static inline orator_status made_frames_store(ora_frame_store **out, orator_context *ctx,
                                              made_frames *m, uint64_t max_bytes)
{
    const ora_frame_source source = {.self = m,
                                     .next = made_frames_next,
                                     .rewind = made_frames_rewind,
                                     .close = made_frames_close,
                                     .width = m->width,
                                     .height = m->height,
                                     .n_wanted = m->n};

    return ora_frame_store_open(out, ctx, &source, m->n, max_bytes, 1);
}

#endif /* ORA_MADE_FRAMES_H */
