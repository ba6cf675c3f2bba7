/*
 * contact_sheet.h - a page of small pictures with their frame numbers, to judge a clip at a glance.
 */
#ifndef ORA_CONTACT_SHEET_H
#define ORA_CONTACT_SHEET_H

#include "orator/context.h"
#include "orator/status.h"

/*
 * `columns` x `rows` frames of the clip or subject folder `in`, evenly spaced, as a PNG. Subjects
 * show their landmarks where they have them; bad frames are framed in red.
 *   ORATOR_E_INVALID  columns or rows outside 1..20; errors of the reader; ORATOR_E_WRITE
 */
orator_status ora_contact_sheet(orator_context *ctx, const char *in, const char *out, int columns,
                                int rows);

#endif /* ORA_CONTACT_SHEET_H */
