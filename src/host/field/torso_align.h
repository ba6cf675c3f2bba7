/*
 * torso_align.h - the affine map between a frame's torso and that of a reference frame.
 *
 * Baker and Matthews 2004, "Lucas-Kanade 20 Years On", section 3.2 (inverse compositional), with
 * Huber weights, gain and offset of the brightness, and a wide prior around the identity that
 * decides where there is no texture. Points that the frame's head hides do not count.
 *
 * Maps: [a0 a1 a2; a3 a4 a5] takes (x, y, 1) of the frame, x = pixel / width, y = pixel / width, to
 * the same place in the reference frame.
 */
#ifndef ORA_TORSO_ALIGN_H
#define ORA_TORSO_ALIGN_H

#include <stdbool.h>

#include "field/torso_pyramid.h"

typedef struct ora_torso_aligner ora_torso_aligner;

/* Take `reference` as what frames are aligned with; it is copied from. ORATOR_E_NOMEM. */
orator_status ora_torso_aligner_open(ora_torso_aligner **out, const ora_torso_pyramid *reference);
void ora_torso_aligner_close(ora_torso_aligner **a);

/* Whether the reference shows enough torso to align anything with it. */
bool ora_torso_aligner_is_usable(const ora_torso_aligner *a);

/*
 * Improve `map`, the start value; allocates nothing. False, and `map` as it was, where too little of
 * the torso is in sight, the steps do not settle, or the pictures do not match.
 */
bool ora_torso_align(const ora_torso_aligner *a, const ora_torso_pyramid *frame, float map[6]);

#endif /* ORA_TORSO_ALIGN_H */
