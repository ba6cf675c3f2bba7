/*
 * field_plate.h - what stands behind the person, and where the camera looks, at the size wanted.
 *
 * The width decides the scale. The middle row of the training picture stays the middle row: what
 * is higher than the picture wanted is cut off above and below, and where the picture wanted is
 * higher there is nothing, so a plate is refused there.
 */
#ifndef ORA_FIELD_PLATE_H
#define ORA_FIELD_PLATE_H

#include "field/field_file.h"
#include "orator/context.h"

typedef struct ora_field_plate {
    ora_field_camera camera;
    int32_t y0, y1;  /* rows that the training picture covers              */
    int32_t down;    /* rows by which it moved down, less than 0 = up      */
    ora_real *plate; /* [height][width][3] of the field's colours; 0 where there is none, owned */
    bool has_plate;
} ora_field_plate;

/*
 * `background`: NULL = the field's plate, "none" = nothing, else a picture. A size of 0 x 0 is the
 * training size. On failure *out is empty.
 *   ORATOR_E_INVALID  a shape that a plate does not fill: more than 1 % higher or wider
 *   ORATOR_E_NOMEM; errors of reading a picture
 */
orator_status ora_field_plate_make(ora_field_plate *out, orator_context *ctx,
                                   const ora_field_file *f, int32_t width, int32_t height,
                                   const char *background);
void ora_field_plate_clear(ora_field_plate *p);

/* A torso map of the training picture as the picture wanted needs it. */
void ora_field_plate_affine(ora_real out[6], const ora_field_plate *p, const float affine[6]);

#endif /* ORA_FIELD_PLATE_H */
