/*
 * field_motion.h - what moves in a subject, as training needs it: poses, motion, landmarks.
 */
#ifndef ORA_FIELD_MOTION_H
#define ORA_FIELD_MOTION_H

#include "pipeline/field_data.h"
#include "subject/subject_impl.h"

/*
 * Fill track, cond, use, pose, points and torso_pose of `set`, whose camera, n_frames and rate are
 * there, and the subject's neutral landmarks [68][3]. Errors of ora_field_data_open().
 */
orator_status ora_field_motion_read(ora_training_set *set, float *neutral, const orator_subject *s,
                                    const ora_field_data_params *params);

/*
 * Path of a file that training cannot do without, owned (free()); `why` ends the message where it
 * is missing. ORATOR_E_FORMAT, ORATOR_E_NOMEM.
 */
orator_status ora_field_need(char **path, const orator_subject *s, const char *name,
                             const char *why);

#endif /* ORA_FIELD_MOTION_H */
