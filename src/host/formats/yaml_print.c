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
 * Bytes at `c` of a character that needs an escape although it is above ASCII, and its code; 0 for
 * all others. A YAML reader takes U+0085, U+2028 and U+2029 for line breaks and refuses the rest of
 * U+0080..9F, U+FEFF, U+FFFE and U+FFFF.
 */
static int take_special(unsigned *code, const unsigned char *c)
{
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
        *code = c[1];
        return 2;
    }
    if (c[0] < 0xe2 || c[0] > 0xef || !c[1] || !c[2])
        return 0;
    *code = (c[0] & 0xfU) << 12 | (c[1] & 0x3fU) << 6 | (c[2] & 0x3fU);
    if (*code == 0x2028 || *code == 0x2029 || *code == 0xfeff || *code >= 0xfffe)
        return 3;
    return 0;
}

static void add_quoted(ora_text *t, const char *s)
{
    const unsigned char *c = (const unsigned char *)s;

    ora_text_add(t, "\"");
    while (*c) {
        unsigned code = 0;
        const int n_special = take_special(&code, c);

        if (n_special > 0)
            ora_text_addf(t, "\\u%04x", code);
        else if (*c == '"' || *c == '\\')
            ora_text_addf(t, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            ora_text_addf(t, "\\x%02x", *c);
        else
            ora_text_add_bytes(t, c, 1);
        c += n_special > 0 ? n_special : 1;
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
