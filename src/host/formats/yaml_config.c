#include "formats/yaml_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/yaml_events.h"

enum { MAX_INCLUDES = 8 };

/* Where settings go, and the files that are open around the current one. */
typedef struct target {
    const ora_option_set *sets;
    size_t n_sets;
    const char *const *known_sections;
    char *files[MAX_INCLUDES + 1]; /* [n_files] resolved paths, outermost first */
    size_t n_files;
} target;

static orator_status apply_file(target *t, const char *path, const char *origin);

static const ora_option_set *find_set(const target *t, const char *section)
{
    for (size_t i = 0; i < t->n_sets; i++)
        if (*t->sets[i].section && ora_text_same_name(t->sets[i].section, section))
            return &t->sets[i];
    return NULL;
}

static bool is_known(const target *t, const char *section)
{
    for (size_t i = 0; t->known_sections && t->known_sections[i]; i++)
        if (ora_text_same_name(t->known_sections[i], section))
            return true;
    return false;
}

/* "a.yaml:3: unknown section 'feild', did you mean 'field'?" */
static orator_status fail_unknown(const char *name, size_t line, const char *what,
                                  const char *typed, const char *near)
{
    return ora_fail(ORATOR_E_INVALID, "%s:%zu: unknown %s '%s'%s%s%s", name, line, what, typed,
                    near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static orator_status fail_section(const target *t, const ora_yaml_item *item, const char *name)
{
    const char **names;
    size_t n_known = 0;
    size_t n = 0;
    orator_status st;

    while (t->known_sections && t->known_sections[n_known])
        n_known++;
    names = malloc((t->n_sets + n_known + 1) * sizeof *names);
    if (!names)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
    for (size_t i = 0; i < t->n_sets; i++)
        names[n++] = t->sets[i].section;
    for (size_t i = 0; i < n_known; i++)
        names[n++] = t->known_sections[i];
    names[n++] = "include";
    st = fail_unknown(name, item->line, "section", item->section,
                      ora_text_nearest(item->section, names, n));
    free(names);
    return st;
}

static orator_status fail_key(const ora_option_set *set, const ora_yaml_item *item,
                              const char *name)
{
    const char **names;
    size_t n_rows = 0;
    orator_status st;

    while (set->options[n_rows].name)
        n_rows++;
    names = malloc((n_rows + 1) * sizeof *names);
    if (!names)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
    for (size_t i = 0; i < n_rows; i++)
        names[i] = set->options[i].name;
    st = fail_unknown(name, item->line, "key", item->key,
                      ora_text_nearest(item->key, names, n_rows));
    free(names);
    return st;
}

/* `value` as seen from the folder of the file `name`; owned, NULL = no memory. */
static char *resolve(const char *value, const char *name)
{
    char *folder, *full;

    if (!*value || *value == '/')
        return ora_text_copy(value);
    folder = ora_path_folder(name);
    if (!folder)
        return NULL;
    full = strcmp(folder, ".") == 0 ? ora_text_copy(value) : ora_path_join(folder, value);
    free(folder);
    return full;
}

static orator_status apply_item(const target *t, const ora_yaml_item *item, const char *name)
{
    const ora_option_set *set = find_set(t, item->section);
    orator_status st = ORATOR_OK;
    const ora_option *o;
    char *origin = NULL, *path = NULL;

    if (!set)
        return is_known(t, item->section) ? ORATOR_OK : fail_section(t, item, name);
    if (!item->key)
        return ORATOR_OK;
    o = ora_option_find(set, item->key);
    if (!o)
        return fail_key(set, item, name);
    origin = ora_text_format("%s:%zu: %s", name, item->line, item->key);
    if (o->type == ORA_OPT_PATH)
        path = resolve(item->value, name);
    if (!origin || (o->type == ORA_OPT_PATH && !path)) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
        goto done;
    }
    ORA_TRY(ora_option_set_text(set, o, path ? path : item->value, origin));

done:
    free(origin);
    free(path);
    return st;
}

static orator_status apply_include(target *t, const ora_yaml_item *item, const char *name)
{
    orator_status st;
    char *origin = ora_text_format("%s:%zu: ", name, item->line);
    char *path = resolve(item->value, name);

    if (!origin || !path)
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
    else if (!*path)
        st = ora_fail(ORATOR_E_INVALID, "%s'include' names no file", origin);
    else
        st = apply_file(t, path, origin);
    free(origin);
    free(path);
    return st;
}

/* With no file open the text comes from memory, and an include has nothing to start from. */
static orator_status apply_text(target *t, const char *text, size_t n, const char *name)
{
    orator_status st;
    ora_yaml_items items = {0};

    ORA_TRY(ora_yaml_items_parse(&items, text, n, name));
    for (size_t i = 0; i < items.n; i++) {
        const ora_yaml_item *item = &items.item[i];

        if (*item->section || !item->key)
            ORA_TRY(apply_item(t, item, name));
        else if (t->n_files > 0)
            ORA_TRY(apply_include(t, item, name));
        else
            ORA_TRY(
                ora_fail(ORATOR_E_INVALID, "%s:%zu: an include needs a file", name, item->line));
    }

done:
    ora_yaml_items_clear(&items);
    return st;
}

/* Remember that `path` is open. ORATOR_E_INVALID where it already is. */
static orator_status enter(target *t, const char *path, const char *origin)
{
    char *full = realpath(path, NULL);

    if (!full)
        return ora_fail(errno == ENOMEM ? ORATOR_E_NOMEM : ORATOR_E_INVALID,
                        "%sopen configuration '%s': %s", origin, path, strerror(errno));
    for (size_t i = 0; i < t->n_files; i++) {
        if (strcmp(t->files[i], full) == 0) {
            free(full);
            return ora_fail(ORATOR_E_INVALID, "%sinclude cycle: '%s' is already being read", origin,
                            path);
        }
    }
    if (t->n_files > MAX_INCLUDES) {
        free(full);
        return ora_fail(ORATOR_E_INVALID, "%smore than %d includes inside each other", origin,
                        MAX_INCLUDES);
    }
    t->files[t->n_files++] = full;
    return ORATOR_OK;
}

/* `origin` is the place that includes the file, "a.yaml:1: ", or "". */
static orator_status apply_file(target *t, const char *path, const char *origin)
{
    orator_status st;
    unsigned char *text = NULL;
    bool is_entered = false;
    size_t n = 0;

    ORA_TRY(enter(t, path, origin));
    is_entered = true;
    st = ora_file_read_all(&text, &n, path, ORA_YAML_MAX_BYTES);
    if (st == ORATOR_E_IO || st == ORATOR_E_FORMAT)
        st = ORATOR_E_INVALID; /* a configuration is part of the command */
    if (st != ORATOR_OK)
        goto done;
    ORA_TRY(apply_text(t, (const char *)text, n, path));

done:
    free(text);
    if (is_entered)
        free(t->files[--t->n_files]);
    return st;
}

orator_status ora_yaml_config_apply(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *path)
{
    target t = {.sets = sets, .n_sets = n_sets, .known_sections = known_sections};

    return apply_file(&t, path, "");
}

orator_status ora_yaml_config_parse(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *text, size_t n,
                                    const char *name)
{
    target t = {.sets = sets, .n_sets = n_sets, .known_sections = known_sections};

    return apply_text(&t, text, n, name);
}
