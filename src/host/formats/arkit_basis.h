/*
 * arkit_basis.h - how each ARKit shape moves the landmarks of a generic face; generated table.
 *
 * tools/make_arkit_basis.py makes it and says where the numbers come from. Head space: x to the
 * subject's left, y up, z out of the face, millimetres.
 */
#ifndef ORA_ARKIT_BASIS_H
#define ORA_ARKIT_BASIS_H

#include "formats/curve_file.h"
#include "orator/motion_track.h"

/* The face at rest, lips touching, lids open. */
extern const float ora_arkit_neutral[ORATOR_LANDMARKS][3];

/* Displacement at weight 1, shapes in the order of ora_arkit_names. */
extern const float ora_arkit_basis[ORA_ARKIT_SHAPES][ORATOR_LANDMARKS][3];

#endif /* ORA_ARKIT_BASIS_H */
