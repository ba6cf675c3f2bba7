/*
 * curve_exchange.h - motion tracks from and to the curve files of other tools.
 */
#ifndef ORA_CURVE_EXCHANGE_H
#define ORA_CURVE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rational.h"
#include "orator/context.h"
#include "orator/status.h"

/* True for names that curve_import() reads: .csv (Live Link Face), .json (Audio2Face). */
bool ora_curve_file_is(const char *path);

/* What was taken over. */
typedef struct ora_curve_result {
    int64_t n_frames;
    int64_t n_missing; /* frames that had no row or no face */
    int32_t n_channels;
    ora_rational rate;
} ora_curve_result;

/*
 * Read the curves of `in` and write them as the motion track `out` (NAME.json and NAME.npy).
 * Filled frames are logged. `rate` is that of a take whose time codes do not tell, {0, 0} = none
 * given.
 *   ORATOR_E_INVALID  `out` is `in`, or no NAME.json
 *   ORATOR_E_IO, ORATOR_E_FORMAT, ORATOR_E_UNSUPPORTED, ORATOR_E_WRITE
 */
orator_status ora_curve_import(ora_curve_result *result, orator_context *ctx, const char *in,
                               const char *out, ora_rational rate);

/*
 * Write the motion track `in` as curves: Live Link Face CSV or Audio2Face JSON by the extension of
 * `out`.
 *   ORATOR_E_INVALID  any other extension, or `out` is `in`; errors of reading and writing
 */
orator_status ora_curve_export(ora_curve_result *result, orator_context *ctx, const char *in,
                               const char *out);

#endif /* ORA_CURVE_EXCHANGE_H */
