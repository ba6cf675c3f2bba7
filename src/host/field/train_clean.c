/*
 * train_clean.c - takes an earlier run's files out of a model folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "field/train_run.h"

enum { STEP_DIGITS = 6 };

/* "PREFIX", six or more digits, "SUFFIX". */
static bool is_numbered(const char *name, const char *prefix, const char *suffix)
{
    const size_t n_prefix = strlen(prefix);
    size_t n;

    if (strncmp(name, prefix, n_prefix) != 0)
        return false;
    n = strspn(name + n_prefix, "0123456789");
    return n >= STEP_DIGITS && strcmp(name + n_prefix + n, suffix) == 0;
}

static bool is_ours(const char *name)
{
    static const char *const names[] = {"field.safetensors", "train.state.safetensors",
                                        "train.best.safetensors", "metrics.csv"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return is_numbered(name, "train.", ".safetensors");
}

static bool is_preview(const char *name)
{
    return is_numbered(name, "", ".png");
}

static orator_status remove_file(const char *folder, const char *name)
{
    char *path = ora_path_join(folder, name);
    orator_status st = ORATOR_OK;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a file");
    if (remove(path) != 0)
        st = ora_fail(ORATOR_E_WRITE, "remove '%s' of an earlier run: %s", path, strerror(errno));
    free(path);
    return st;
}

static orator_status remove_those(const char *folder, bool (*is_wanted)(const char *))
{
    char **names = NULL;
    size_t n = 0;
    orator_status st;

    ORA_TRY(ora_folder_list(&names, &n, folder));
    for (size_t i = 0; i < n; i++)
        if (is_wanted(names[i]))
            ORA_TRY(remove_file(folder, names[i]));

done:
    ora_names_free(names, n);
    return st;
}

orator_status ora_train_clean(const char *folder)
{
    char *previews = ora_path_join(folder, "previews");
    orator_status st;

    if (!previews)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a folder");
    ORA_TRY(remove_those(folder, is_ours));
    if (ora_file_is_folder(previews))
        st = remove_those(previews, is_preview);

done:
    free(previews);
    return st;
}
