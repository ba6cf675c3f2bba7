/*
 * output_check.h - nothing is written over what it is made from.
 */
#ifndef ORA_OUTPUT_CHECK_H
#define ORA_OUTPUT_CHECK_H

#include "orator/status.h"

/*
 * `out` and `in` are files or patterns of numbered files; `in` may be NULL.
 *   ORATOR_E_INVALID  writing `out` would replace `in` or pictures of it
 */
orator_status ora_output_check(const char *out, const char *in);

#endif /* ORA_OUTPUT_CHECK_H */
