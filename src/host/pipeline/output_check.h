/*
 * output_check.h - nothing is written over what it is made from, nor where nothing can be.
 */
#ifndef ORA_OUTPUT_CHECK_H
#define ORA_OUTPUT_CHECK_H

#include "orator/status.h"

/*
 * `out` and `in` are files or patterns of numbered files; `in` may be NULL.
 *   ORATOR_E_INVALID  writing `out` would replace `in` or pictures of it
 */
orator_status ora_output_check(const char *out, const char *in);

/*
 * Whether a file could appear at `out` (a pattern counts as one), so that a long job does not find
 * out at its end. Nothing is written.
 *   ORATOR_E_WRITE  no such folder, no right to write there, or a folder, pipe or device of the name
 */
orator_status ora_output_place_check(const char *out);

#endif /* ORA_OUTPUT_CHECK_H */
