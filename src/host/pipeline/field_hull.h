/*
 * field_hull.h - where the head can be: the visual hull of its mattes.
 */
#ifndef ORA_FIELD_HULL_H
#define ORA_FIELD_HULL_H

#include "field/training_set.h"
#include "orator/context.h"

/*
 * Set set->box, set->hull and set->n_hull (owned by the set) from camera, poses and up to 50
 * resident training frames. A cell stays when its centre falls into the head's matte, widened by
 * the cell and 2 pixels, in nine tenths of the frames whose picture it is in. The mattes tell
 * nothing of the depth; it ends 140 mm behind the middle of the neutral landmarks [68][3] and 25 mm
 * before the foremost.
 *   ORATOR_E_FORMAT  nothing stays; the caller names the mattes
 *   ORATOR_E_NOMEM, ORATOR_E_CANCELLED
 */
orator_status ora_field_hull(ora_training_set *set, orator_context *ctx, const float *neutral,
                             int32_t n_hull);

#endif /* ORA_FIELD_HULL_H */
