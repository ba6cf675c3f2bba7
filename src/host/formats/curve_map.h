/*
 * curve_map.h - between named face curves and a motion track.
 *
 * Both ways go through one documented linear basis: each ARKit shape moves the 68 landmarks of a
 * neutral face by a fixed vector (mm; formats/arkit_basis.h). Curves -> track is the weighted sum;
 * track -> curves is bounded least squares over the same basis, weights 0..1.
 *
 * Side channels, with L for either side:
 *     lid_L   = 1 - eyeBlinkL
 *     brow_L  = (browInnerUp + browOuterUpL) / 2 - browDownL
 *     gaze_x  = 30 degrees * mean of (eyeLookOutLeft - eyeLookInLeft, eyeLookInRight - eyeLookOutRight)
 *     gaze_y  = 25 degrees * mean of (eyeLookUp - eyeLookDown) of both eyes
 *     jaw     = jawOpen
 *     lip_gap = how far landmark 62 stands above 66, or 0
 * each held to its range. On the way back blink, look and jawOpen come from the side channels
 * alone, and the brow channels join the landmarks in the least squares. What landmarks cannot tell
 * stays 0: tongueOut, and of two opposite shapes (jawLeft and jawRight) the smaller.
 */
#ifndef ORA_CURVE_MAP_H
#define ORA_CURVE_MAP_H

#include "formats/curve_file.h"
#include "orator/motion_track.h"

/*
 * Channels that are not ARKit shapes have no effect; the eye angles of a Live Link file neither, as
 * its look shapes say the same. Frames not valid in `c` are not valid in the track.
 *   ORATOR_E_FORMAT  not one channel is a known shape, the rate is unknown, or a weight is outside
 *                    -10..10
 *   ORATOR_E_NOMEM
 */
orator_status ora_curves_to_track(orator_motion_track **out, const ora_curves *c);

/*
 * The 61 Live Link channels. Head angles are 0: a track has no pose. Eye angles are the gaze in
 * radians, yaw positive to the subject's left, pitch positive up, roll 0.
 *   ORATOR_E_FORMAT  a value of the track is not finite
 *   ORATOR_E_NOMEM
 */
orator_status ora_track_to_curves(ora_curves *out, const orator_motion_track *t);

#endif /* ORA_CURVE_MAP_H */
