/*
 * checkpoint.h - all that an exact resume of a training run needs, in memory and as a file.
 *
 * train.state.safetensors: every block of the engine with its moments and average, the occupancy
 * and the weights behind it, the error map, the tracked torso maps and the counters. The file says
 * which subject, clip and layout it belongs to. Read as hostile input.
 */
#ifndef ORA_CHECKPOINT_H
#define ORA_CHECKPOINT_H

#include "core/field_engine.h"
#include "formats/safetensors.h"
#include "orator/status.h"

/* Counters of a run; whole numbers stay below 2^53. */
typedef enum ora_counter {
    ORA_COUNT_STEP = 0,        /* steps done                                                 */
    ORA_COUNT_SECONDS,         /* of training                                                */
    ORA_COUNT_SAMPLES,         /* of the head field                                          */
    ORA_COUNT_ARRIVALS,        /* frames that came into the store; never rolled back         */
    ORA_COUNT_SCALE,           /* of the rates, halved by every roll-back                    */
    ORA_COUNT_BAD,             /* roll-backs because of values that were not finite          */
    ORA_COUNT_DIVERGED,        /* roll-backs because the loss grew                           */
    ORA_COUNT_DYNAMICS,        /* weight of the dynamic penalty                              */
    ORA_COUNT_LOSS,            /* running mean of the loss of a ray; 0 = none yet            */
    ORA_COUNT_LOSS_LOW,        /* its lowest value                                           */
    ORA_COUNT_LOSS_HIGH_STEPS, /* steps in a row with a loss far above that           */
    ORA_COUNT_BEST_DB,         /* best quick held-out PSNR                                   */
    ORA_COUNTERS
} ora_counter;

typedef struct ora_train_state {
    ora_field_engine_params params; /* what the arrays are for */
    double count[ORA_COUNTERS];
    float *block[ORA_BLOCK_COUNT][4]; /* owned; by ora_field_which; NULL where there is none */
    uint8_t *occupancy;               /* owned [n][n][n] */
    float *weights;                   /* owned [n][n][n] */
    float *errors;                    /* owned [n_errors], the sampler's state */
    int64_t n_errors;
    float *tracked; /* owned [T][6] torso maps before training */
} ora_train_state;

/* Roll-backs of a run: after the first it fails, after the second a growing loss is left alone. */
enum { ORA_MAX_ROLL_BACKS = 5, ORA_MAX_DIVERGED = 5 };

/* Whose state it is. All borrowed. */
typedef struct ora_train_identity {
    const char *subject_id;
    const char *clip_hash;
    const char *settings; /* digest of what else shapes the run; another one is no error */
    const char *data;     /* digest of the training set */
} ora_train_identity;

/* Arrays of zeros. ORATOR_E_NOMEM; clear it in any case. */
orator_status ora_train_state_init(ora_train_state *s, const ora_field_engine_params *params,
                                   int64_t n_errors);
void ora_train_state_clear(ora_train_state *s);

/* Blocks, occupancy and weights out of the engine, and back into it. */
orator_status ora_train_state_capture(ora_train_state *s, ora_field_engine *e);
orator_status ora_train_state_restore(const ora_train_state *s, ora_field_engine *e);

/* ORATOR_E_WRITE, ORATOR_E_NOMEM. The same state gives the same bytes. */
orator_status ora_train_state_write(const ora_train_state *s, const ora_train_identity *who,
                                    const char *path);

/*
 * Fill `s`, which was initialised for the run that wants to go on; *is_same tells whether the
 * settings are the same. On failure `s` may be filled in part.
 *   ORATOR_E_IO          missing or unreadable
 *   ORATOR_E_CHECKPOINT  damaged, of a later schema, another subject, clip, layout or training set
 */
orator_status ora_train_state_read(ora_train_state *s, bool *is_same, const ora_train_identity *who,
                                   const char *path);

/* The same from an open file; `name` is for messages. */
orator_status ora_train_state_take(ora_train_state *s, bool *is_same, const ora_train_identity *who,
                                   ora_safetensors *file, const char *name);

#endif /* ORA_CHECKPOINT_H */
