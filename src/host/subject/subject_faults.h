/*
 * subject_faults.h - collects the faults of one check of a subject folder.
 */
#ifndef ORA_SUBJECT_FAULTS_H
#define ORA_SUBJECT_FAULTS_H

#include "subject/subject_impl.h"

typedef struct ora_faults {
    const orator_subject *subject; /* borrowed */
    orator_context *ctx;           /* borrowed */
    orator_subject_fault_fn *on_fault;
    void *user;
    int64_t n;       /* faults so far */
    char first[512]; /* "file: what" of the first */
} ora_faults;

/* Count and pass on one fault of `file`, relative to the folder. */
void ora_faults_add(ora_faults *f, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A fault out of a failed read of `file`, with its message. ORATOR_OK, or `st` itself where that
 * tells nothing about the file: ORATOR_E_CANCELLED, ORATOR_E_NOMEM.
 */
orator_status ora_faults_add_failure(ora_faults *f, const char *file, orator_status st);

/*
 * What the files hold: arrays, pictures, clip, mattes, sound. Files that are not there are not
 * looked at. Fails only for ORATOR_E_CANCELLED and ORATOR_E_NOMEM.
 */
orator_status ora_subject_check_arrays(ora_faults *f);
orator_status ora_subject_check_media(ora_faults *f);

#endif /* ORA_SUBJECT_FAULTS_H */
