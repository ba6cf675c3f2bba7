/*
 * verb_list.h - the verbs, one line each; verbs.c orders them.
 */
#ifndef ORA_VERB_LIST_H
#define ORA_VERB_LIST_H

#include "cli/verb.h"

extern const ora_verb ora_verb_bench;
extern const ora_verb ora_verb_docs;
extern const ora_verb ora_verb_doctor;
extern const ora_verb ora_verb_export;
extern const ora_verb ora_verb_help;
extern const ora_verb ora_verb_import;
extern const ora_verb ora_verb_info;
extern const ora_verb ora_verb_train;
extern const ora_verb ora_verb_render;

#endif /* ORA_VERB_LIST_H */
