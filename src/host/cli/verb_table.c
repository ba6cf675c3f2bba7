/*
 * verb_table.c - the verbs of a build with media support; verb_table_no_media.c is the other one.
 */
#include "cli/verb_list.h"

const ora_verb *const ora_verbs[] = {
    &ora_verb_doctor, &ora_verb_info,  &ora_verb_import, &ora_verb_export, &ora_verb_train,
    &ora_verb_render, &ora_verb_bench, &ora_verb_help,   &ora_verb_docs,   NULL,
};

const char *const ora_verbs_absent[] = {NULL};
