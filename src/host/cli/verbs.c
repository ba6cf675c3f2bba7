#include "cli/verb.h"

#include "base/status_impl.h"
#include "base/text.h"

orator_status ora_verb_find(const ora_verb **out, const char *name)
{
    const char *names[ORA_MAX_VERBS];
    const char *nearest;
    size_t n = 0;

    *out = NULL;
    for (size_t i = 0; ora_verbs[i]; i++) {
        if (ora_text_same_name(ora_verbs[i]->name, name)) {
            *out = ora_verbs[i];
            return ORATOR_OK;
        }
        if (!ora_verbs[i]->is_hidden && n < ORA_MAX_VERBS)
            names[n++] = ora_verbs[i]->name;
    }
    for (size_t i = 0; ora_verbs_absent[i]; i++)
        if (ora_text_same_name(ora_verbs_absent[i], name))
            return ora_fail(ORATOR_E_INVALID,
                            "%s: this build has no media support, see 'orator doctor'",
                            ora_verbs_absent[i]);
    nearest = ora_text_nearest(name, names, n);
    if (nearest)
        return ora_fail(ORATOR_E_INVALID, "unknown verb '%s', did you mean '%s'?", name, nearest);
    return ora_fail(ORATOR_E_INVALID, "unknown verb '%s', see 'orator --help'", name);
}
