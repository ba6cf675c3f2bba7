/*
 * colour_convert.h - pictures from one colour encoding to another, in light and not in code values.
 */
#ifndef ORA_COLOUR_CONVERT_H
#define ORA_COLOUR_CONVERT_H

#include "core/image.h"
#include "orator/status.h"

/*
 * *dst (reshaped to `sample`) shows src in primaries and transfer of `target`; alpha follows
 * `alpha` (straight <-> premultiplied is done in the space it belongs to: linear for F32 linear
 * targets, encoded otherwise). Primaries change by the Bradford-adapted 3x3 of their
 * chromaticities. Equal encodings are copied without going through light.
 *   ORATOR_E_UNSUPPORTED  transfer or primaries we have no formula for
 */
orator_status ora_colour_convert(ora_image *dst, const ora_image *src, ora_colour target,
                                 ora_alpha alpha, ora_sample sample);

#endif /* ORA_COLOUR_CONVERT_H */
