#include "cli/verb.h"

#include "base/status_impl.h"
#include "base/text.h"
#include "cli/verb_list.h"

const ora_verb *const ora_verbs[] = {
    &ora_verb_doctor, &ora_verb_info, &ora_verb_import, &ora_verb_export, &ora_verb_help,
    &ora_verb_docs,   NULL,
};

orator_status ora_verb_find(const ora_verb **out, const char *name)
{
    const char *names[sizeof ora_verbs / sizeof ora_verbs[0]];
    const char *nearest;
    size_t n = 0;

    *out = NULL;
    for (size_t i = 0; ora_verbs[i]; i++) {
        if (ora_text_same_name(ora_verbs[i]->name, name)) {
            *out = ora_verbs[i];
            return ORATOR_OK;
        }
        if (!ora_verbs[i]->is_hidden)
            names[n++] = ora_verbs[i]->name;
    }
    nearest = ora_text_nearest(name, names, n);
    if (nearest)
        return ora_fail(ORATOR_E_INVALID, "unknown verb '%s', did you mean '%s'?", name, nearest);
    return ora_fail(ORATOR_E_INVALID, "unknown verb '%s', see 'orator --help'", name);
}
