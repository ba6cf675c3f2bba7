#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status_impl.h"

enum { TEXT_BYTES = 1024, MAX_THREADS = 256 };

/* One call of ora_pool_run(). */
typedef struct job {
    ora_pool_fn *fn;
    void *arg;
    int64_t n, chunk, n_chunks;
    atomic_int_fast64_t next_chunk;

    /* under the pool's lock */
    int64_t failed_chunk; /* lowest so far, n_chunks while none */
    orator_status status;
    char text[TEXT_BYTES];
} job;

typedef struct worker {
    ora_pool *pool;
    pthread_t thread;
    int i_thread;
} worker;

struct ora_pool {
    int n_threads;
    worker *workers; /* [n_threads - 1], owned */
    int n_started;

    pthread_mutex_t run_lock; /* held by the thread whose job it is */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work_there, work_done;
    job *current;        /* borrowed from run(), NULL when idle    */
    uint64_t generation; /* counts jobs, so a worker joins each once */
    int n_busy;
    bool is_closing;
};

/* i_thread of the chunk that this thread is in, -1 outside. */
static _Thread_local int current_i_thread = -1;

static void note_failure(ora_pool *p, job *j, int64_t i_chunk, orator_status st)
{
    if (p)
        (void)pthread_mutex_lock(&p->lock);
    if (i_chunk < j->failed_chunk) {
        j->failed_chunk = i_chunk;
        j->status = st;
        (void)snprintf(j->text, sizeof j->text, "%s", orator_last_error());
    }
    /* chunks are handed out in order, so all before i_chunk are running or done */
    atomic_store(&j->next_chunk, j->n_chunks);
    if (p)
        (void)pthread_mutex_unlock(&p->lock);
}

static void work(ora_pool *p, job *j, int i_thread)
{
    const int outer = current_i_thread;

    current_i_thread = i_thread;
    for (;;) {
        const int64_t i = atomic_fetch_add(&j->next_chunk, 1);
        int64_t first;
        orator_status st;

        if (i >= j->n_chunks)
            break;
        first = i * j->chunk;
        st = j->fn(j->arg, i, first, j->n - first < j->chunk ? j->n : first + j->chunk, i_thread);
        if (st != ORATOR_OK)
            note_failure(p, j, i, st);
    }
    current_i_thread = outer;
}

static void *worker_main(void *arg)
{
    worker *me = arg;
    ora_pool *p = me->pool;
    uint64_t seen = 0;

    (void)pthread_mutex_lock(&p->lock);
    for (;;) {
        job *j;

        while (!p->is_closing && (!p->current || p->generation == seen))
            (void)pthread_cond_wait(&p->work_there, &p->lock);
        if (p->is_closing)
            break;
        seen = p->generation;
        j = p->current;
        p->n_busy++;
        (void)pthread_mutex_unlock(&p->lock);
        work(p, j, me->i_thread);
        (void)pthread_mutex_lock(&p->lock);
        if (--p->n_busy == 0)
            (void)pthread_cond_broadcast(&p->work_done);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* A thread that blocks all signals. */
static int start_quiet_thread(worker *w)
{
    sigset_t all;
    sigset_t before;
    int e;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    e = pthread_create(&w->thread, NULL, worker_main, w);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return e;
}

orator_status ora_pool_open(ora_pool **out, int n_threads)
{
    orator_status st = ORATOR_OK;
    ora_pool *p;

    *out = NULL;
    if (n_threads < 1 || n_threads > MAX_THREADS)
        return ora_fail(ORATOR_E_INVALID, "%d threads, want 1..%d", n_threads, MAX_THREADS);
    p = calloc(1, sizeof *p);
    if (!p)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a thread pool");
    (void)pthread_mutex_init(&p->run_lock, NULL);
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->work_there, NULL);
    (void)pthread_cond_init(&p->work_done, NULL);
    p->n_threads = n_threads;
    p->workers = calloc((size_t)n_threads, sizeof *p->workers);
    if (!p->workers) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %d threads", n_threads);
        goto done;
    }
    for (; p->n_started < n_threads - 1; p->n_started++) {
        worker *w = &p->workers[p->n_started];
        int e;

        w->pool = p;
        w->i_thread = p->n_started + 1;
        e = start_quiet_thread(w);
        if (e != 0) {
            st = ora_fail(ORATOR_E_NOMEM, "start thread %d: %s", w->i_thread, strerror(e));
            goto done;
        }
    }
    *out = p;
    p = NULL;

done:
    ora_pool_close(&p);
    return st;
}

void ora_pool_close(ora_pool **p)
{
    ora_pool *me = *p;

    if (!me)
        return;
    (void)pthread_mutex_lock(&me->lock);
    me->is_closing = true;
    (void)pthread_cond_broadcast(&me->work_there);
    (void)pthread_mutex_unlock(&me->lock);
    for (int i = 0; i < me->n_started; i++)
        (void)pthread_join(me->workers[i].thread, NULL);
    (void)pthread_cond_destroy(&me->work_there);
    (void)pthread_cond_destroy(&me->work_done);
    (void)pthread_mutex_destroy(&me->lock);
    (void)pthread_mutex_destroy(&me->run_lock);
    free(me->workers);
    free(me);
    *p = NULL;
}

int ora_pool_threads(const ora_pool *p)
{
    return p ? p->n_threads : 1;
}

/* Let every thread of the pool work on j; returns when all have left it. */
static void work_together(ora_pool *p, job *j)
{
    (void)pthread_mutex_lock(&p->lock);
    p->current = j;
    p->generation++;
    (void)pthread_cond_broadcast(&p->work_there);
    (void)pthread_mutex_unlock(&p->lock);
    work(p, j, 0);
    (void)pthread_mutex_lock(&p->lock);
    p->current = NULL; /* late wakers find nothing */
    while (p->n_busy > 0)
        (void)pthread_cond_wait(&p->work_done, &p->lock);
    (void)pthread_mutex_unlock(&p->lock);
}

orator_status ora_pool_run(ora_pool *p, int64_t n, int64_t chunk, ora_pool_fn *fn, void *arg)
{
    job j = {.fn = fn, .arg = arg, .n = n, .chunk = chunk, .status = ORATOR_OK};

    if (n <= 0)
        return ORATOR_OK;
    j.n_chunks = (n - 1) / chunk + 1;
    j.failed_chunk = j.n_chunks;
    atomic_init(&j.next_chunk, 0);
    if (current_i_thread >= 0) {
        work(NULL, &j, current_i_thread);
    } else if (!p || p->n_threads == 1 || j.n_chunks == 1 ||
               pthread_mutex_trylock(&p->run_lock) != 0) {
        work(NULL, &j, 0);
    } else {
        work_together(p, &j);
        (void)pthread_mutex_unlock(&p->run_lock);
    }
    if (j.status != ORATOR_OK)
        return ora_fail(j.status, "%s", j.text);
    return ORATOR_OK;
}

/* Whole processors that a cgroup v2 quota allows, 0 where there is none. */
static int cgroup_quota(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "r");
    char line[64] = "";
    char *end = NULL;
    long long quota = 0;
    long long period = 0;

    if (!f)
        return 0;
    if (!fgets(line, (int)sizeof line, f))
        line[0] = 0;
    (void)fclose(f);
    if (line[0] < '0' || line[0] > '9')
        return 0;
    quota = strtoll(line, &end, 10);
    period = strtoll(end, NULL, 10);
    return period > 0 ? (int)((quota + period - 1) / period) : 0;
}

int ora_pool_default_threads(void)
{
    cpu_set_t set;
    const int quota = cgroup_quota();
    int n;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    else /* more processors than cpu_set_t has bits */
        n = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (quota > 0 && quota < n)
        n = quota;
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : n;
}
