/*
 * overlay.h - what is known of a subject's frames, drawn over them: landmarks, bad frames.
 */
#ifndef ORA_OVERLAY_H
#define ORA_OVERLAY_H

#include <stdbool.h>

#include "core/image.h"
#include "formats/npy.h"
#include "orator/subject.h"

/* Zeroed = nothing to draw. */
typedef struct ora_overlay {
    const orator_subject *subject; /* borrowed                                     */
    ora_npy landmarks;             /* [T][N][2] pixels of the plate, owned; or empty */
} ora_overlay;

/* Reads landmarks2d.npy where the subject has it. ORATOR_E_FORMAT, ORATOR_E_NOMEM. */
orator_status ora_overlay_open(ora_overlay *o, const orator_subject *s);
void ora_overlay_clear(ora_overlay *o);

bool ora_overlay_is_bad(const ora_overlay *o, int64_t frame);

/* Draw into an 8-bit RGB picture of the whole plate at any size. */
void ora_overlay_draw(const ora_overlay *o, ora_image *img, int64_t frame);

#endif /* ORA_OVERLAY_H */
