/*
 * field_coverage.h - does a field show a head at all?
 */
#ifndef ORA_FIELD_COVERAGE_H
#define ORA_FIELD_COVERAGE_H

#include "field/field_file.h"

/*
 * Mean opacity of the head, 0..1, in a small picture of the rest pose with neutral motion, over the
 * pixels that look through the head's box. The box is as tight as the mattes, so heads that were
 * learnt come to more than half of it. `e` is an engine of `f`, ora_field_file_engine().
 */
orator_status ora_field_coverage(double *out, ora_field_engine *e, const ora_field_file *f);

/*
 * Refuse a field without a head; `name` is for the message.
 *   ORATOR_E_CHECKPOINT  it would render torso and background only
 */
orator_status ora_field_coverage_check(ora_field_engine *e, const ora_field_file *f,
                                       const char *name);

#endif /* ORA_FIELD_COVERAGE_H */
