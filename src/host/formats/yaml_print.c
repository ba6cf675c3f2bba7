/*
 * yaml_print.c - the effective configuration as a file.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/yaml_config.h"
#include "formats/yaml_events.h"

/*
 * Double-quoted. The characters above ASCII that a YAML reader takes for line breaks or refuses
 * (U+0080..9F, U+2028, U+2029, U+FEFF) are escaped, the others stay as they are.
 */
static void add_quoted(ora_text *t, const char *s)
{
    ora_text_add(t, "\"");
    for (const unsigned char *c = (const unsigned char *)s; *c; c++) {
        if (*c == '"' || *c == '\\') {
            ora_text_addf(t, "\\%c", *c);
        } else if (*c < 0x20 || *c == 0x7f) {
            ora_text_addf(t, "\\x%02x", *c);
        } else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
            c++;
            ora_text_addf(t, "\\x%02x", *c);
        } else if (*c == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9)) {
            c += 2;
            ora_text_addf(t, "\\u20%02x", *c - 0x80U);
        } else if (*c == 0xef && c[1] == 0xbb && c[2] == 0xbf) {
            c += 2;
            ora_text_add(t, "\\ufeff");
        } else {
            ora_text_add_bytes(t, c, 1);
        }
    }
    ora_text_add(t, "\"");
}

/* A path that means the same wherever the file is put; moves `path`, NULL = no memory. */
static char *make_absolute(char *path)
{
    char *here, *full = NULL;

    if (!path || !*path || *path == '/')
        return path;
    here = getcwd(NULL, 0);
    if (here)
        full = ora_path_join(here, path);
    free(here);
    free(path);
    return full;
}

static orator_status add_row(ora_text *t, const ora_option_set *set, const ora_option *o)
{
    char *value = ora_option_get_text(set, o);

    if (o->type == ORA_OPT_PATH)
        value = make_absolute(value);
    if (!value)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the configuration");
    ora_text_addf(t, "  %s: ", o->name);
    if (o->type == ORA_OPT_TEXT || o->type == ORA_OPT_PATH || o->type == ORA_OPT_RATE)
        add_quoted(t, value);
    else
        ora_text_add(t, value);
    ora_text_add(t, "\n");
    free(value);
    return ORATOR_OK;
}

orator_status ora_yaml_config_print(char **out, const ora_option_set *sets, size_t n_sets)
{
    orator_status st = ORATOR_OK;
    ora_yaml_items items = {0};
    ora_text t = {0};

    *out = NULL;
    for (size_t i = 0; i < n_sets; i++) {
        if (!*sets[i].section)
            continue;
        ora_text_addf(&t, "%s:\n", sets[i].section);
        for (const ora_option *o = sets[i].options; o->name; o++)
            ORA_TRY(add_row(&t, &sets[i], o));
    }
    ora_text_add(&t, "");
    if (t.failed) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for the configuration");
        goto done;
    }
    /* a file name may hold bytes that are no text */
    st = ora_yaml_items_parse(&items, t.s, t.n, "configuration");
    if (st != ORATOR_OK)
        goto done;
    *out = ora_text_take(&t);

done:
    ora_yaml_items_clear(&items);
    ora_text_clear(&t);
    return st;
}
