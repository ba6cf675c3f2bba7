/*
 * footage.h - moving pictures wherever they lie: a clip, a numbered sequence, a subject folder.
 */
#ifndef ORA_FOOTAGE_H
#define ORA_FOOTAGE_H

#include "media/video_reader.h"
#include "orator/context.h"
#include "orator/subject.h"

/* What a job needs to know before it opens a reader. Strings are owned. */
typedef struct ora_footage {
    char *video;       /* clip or sequence pattern                                            */
    char *sound;       /* file with the sound; NULL = none known apart from the clip's own    */
    ora_rational rate; /* {0, 0} = what the video says                                       */
    orator_subject *subject; /* owned; NULL where the footage is not a subject folder        */
} ora_footage;

/* Errors of orator_subject_open(); ORATOR_E_NOMEM. A path that is no folder is taken as a video. */
orator_status ora_footage_find(ora_footage *out, orator_context *ctx, const char *path);
void ora_footage_clear(ora_footage *f);

#endif /* ORA_FOOTAGE_H */
