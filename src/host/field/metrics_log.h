/*
 * metrics_log.h - metrics.csv: how a training run went, a row every hundred steps.
 */
#ifndef ORA_METRICS_LOG_H
#define ORA_METRICS_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/status.h"

/*
 * Losses are means per ray over the steps since the row before; where there were none (has_no_loss)
 * their cells stay empty, train_db's too. 0 in held_out_db leaves it empty.
 */
typedef struct ora_metrics_row {
    int64_t i_step;
    double seconds;
    double n_samples; /* of the head field, in all */
    double loss, colour, matte, entropy, neck, dynamics;
    double train_db;    /* PSNR of the rays */
    double held_out_db; /* quick score, full frame */
    double rate;        /* factor of the learning rates */
    double dynamics_weight;
    bool has_no_loss;
} ora_metrics_row;

typedef struct ora_metrics ora_metrics;

/*
 * Go on with the file: rows after step `i_step` are dropped, as the run will make them again. A file
 * that is missing or has another header begins anew. ORATOR_E_WRITE, ORATOR_E_NOMEM, ORATOR_E_IO.
 */
orator_status ora_metrics_open(ora_metrics **out, const char *path, int64_t i_step);

/* Append a row; it is in the file when this returns. ORATOR_E_WRITE. */
orator_status ora_metrics_add(ora_metrics *m, const ora_metrics_row *row);
void ora_metrics_close(ora_metrics **m);

#endif /* ORA_METRICS_LOG_H */
