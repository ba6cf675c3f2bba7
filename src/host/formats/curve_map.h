/*
 * curve_map.h - between named face curves and a motion track.
 *
 * Both ways go through one documented linear basis: each ARKit shape moves the 68 landmarks of a
 * neutral face by a fixed vector (mm). Curves -> track is the weighted sum; track -> curves is
 * bounded least squares over the same basis, weights 0..1. Lids, brows, gaze and jaw use the side
 * channels first.
 */
#ifndef ORA_CURVE_MAP_H
#define ORA_CURVE_MAP_H

#include "formats/curve_file.h"
#include "orator/motion_track.h"

/* ORATOR_E_FORMAT when not one channel is known. ORATOR_E_NOMEM. */
orator_status ora_curves_to_track(orator_motion_track **out, const ora_curves *c);

/* The 61 Live Link channels (head angles 0: a track has no pose). ORATOR_E_NOMEM. */
orator_status ora_track_to_curves(ora_curves *out, const orator_motion_track *t);

#endif /* ORA_CURVE_MAP_H */
