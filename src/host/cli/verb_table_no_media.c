/*
 * verb_table_no_media.c - the verbs of a build without video, sound and picture files.
 */
#include "cli/verb_list.h"

const ora_verb *const ora_verbs[] = {&ora_verb_doctor, &ora_verb_bench, &ora_verb_help,
                                     &ora_verb_docs, NULL};

const char *const ora_verbs_absent[] = {"info", "import", "export", "train", "render", NULL};
