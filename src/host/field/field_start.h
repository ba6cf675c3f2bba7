/*
 * field_start.h - the field before its first step: layout and random parameters.
 */
#ifndef ORA_FIELD_START_H
#define ORA_FIELD_START_H

#include "field/trainer.h"

enum { ORA_START_MOST_CELLS = 1024 /* of the head's finest level where the pictures decide */ };

/* The torso's grid for pictures of that size: a cell per pixel along the longer side. */
void ora_field_start_torso_grid(ora_grid *g, int32_t width, int32_t height);

/*
 * Layout of the grids and layers for the set. Fine 0 = one cell per pixel at the head's mean
 * distance. ORATOR_E_INVALID: levels, features or cells out of range, or too many features.
 */
orator_status ora_field_start_model(ora_field_model *m, const ora_training_set *set,
                                    const ora_train_config *config);

/*
 * Layers: He et al. 2015, "Delving Deep into Rectifiers", eq. 10, uniform; taps lean to the middle
 * frame; padding 0. Grids: uniform, small. theta [n_theta], n floats of a grid.
 */
void ora_field_start_theta(float *theta, const ora_field_model *m, uint64_t seed);
void ora_field_start_grid(float *grid, int64_t n, uint64_t seed, uint64_t stream);

#endif /* ORA_FIELD_START_H */
