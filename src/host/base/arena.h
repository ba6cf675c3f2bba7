/*
 * arena.h - memory with one of three lifetimes: model, run, frame.
 *
 * Blocks come from one allocation of fixed size made at open, 64-byte aligned. Under
 * AddressSanitizer 64-byte poisoned zones lie between blocks and rewound memory is poisoned.
 *
 * Threads: one arena belongs to one thread.
 */
#ifndef ORA_ARENA_H
#define ORA_ARENA_H

#include <stddef.h>

#include "orator/status.h"

typedef struct ora_arena ora_arena;

/* ORATOR_E_NOMEM. `name` is borrowed for the arena's life and appears in messages. */
orator_status ora_arena_open(ora_arena **out, const char *name, size_t capacity_bytes);
void ora_arena_close(ora_arena **a);

/*
 * n elements of `size` bytes, zeroed, 64-byte aligned; borrowed until rewind or close.
 * NULL, with the error set to ORATOR_E_NOMEM, where the arena is full or the product wraps.
 */
void *ora_arena_take(ora_arena *a, size_t n, size_t size);

/* Position to come back to. */
size_t ora_arena_mark(const ora_arena *a);
void ora_arena_rewind(ora_arena *a, size_t mark);

size_t ora_arena_used(const ora_arena *a);
size_t ora_arena_peak(const ora_arena *a);

/* Bytes an arena needs so that take(n, size) fits, padding and red zones counted in. */
size_t ora_arena_need(size_t n, size_t size);

#endif /* ORA_ARENA_H */
