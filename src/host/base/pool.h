/*
 * pool.h - a small thread pool whose results do not depend on the number of threads.
 *
 * Work is n items cut into chunks of fixed size; a chunk is the unit that one thread works on.
 * Chunk borders depend on n and chunk alone, never on the thread count, so anything reduced per
 * chunk and then joined in chunk order has the same bits on every machine.
 */
#ifndef ORA_POOL_H
#define ORA_POOL_H

#include <stdint.h>

#include "orator/status.h"

typedef struct ora_pool ora_pool;

/*
 * Handle items [first, end) of chunk i_chunk. i_thread is in 0..threads-1, for scratch only; a run
 * inside a chunk keeps the chunk's.
 */
typedef orator_status ora_pool_fn(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                  int i_thread);

/*
 * n_threads 1..256, the caller's own counted in. The pool's threads block all signals, so handlers
 * of the program run on the program's threads.
 *   ORATOR_E_INVALID  n_threads out of range
 *   ORATOR_E_NOMEM    no memory or no thread
 */
orator_status ora_pool_open(ora_pool **out, int n_threads);
void ora_pool_close(ora_pool **p);
int ora_pool_threads(const ora_pool *p);

/*
 * Run fn over n items in chunks of `chunk` (>= 1); returns when all are done. The first failing
 * chunk in chunk order gives status and error text; chunks not yet started are then skipped. With
 * a NULL pool, when called from inside a chunk, and while another thread has a run on this pool,
 * everything runs on the calling thread. Several threads that run at the same time each need
 * scratch of their own.
 */
orator_status ora_pool_run(ora_pool *p, int64_t n, int64_t chunk, ora_pool_fn *fn, void *arg);

/* Processors this process may use (affinity and cgroup quota counted in), 1..256. */
int ora_pool_default_threads(void);

#endif /* ORA_POOL_H */
