#include "support/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "formats/yaml_config.h"

typedef struct config {
    double gain;
    int32_t count;
    bool is_on;
    char *note;
} config;

static const ora_option rows[] = {
    {.name = "gain",
     .type = ORA_OPT_F64,
     .offset = offsetof(config, gain),
     .fallback = 1.0,
     .min = -10.0,
     .max = 10.0,
     .help = "gain"},
    {.name = "count",
     .type = ORA_OPT_I32,
     .offset = offsetof(config, count),
     .min = -5,
     .max = 100000,
     .help = "count"},
    {.name = "on", .type = ORA_OPT_BOOL, .offset = offsetof(config, is_on), .help = "on"},
    {.name = "note", .type = ORA_OPT_TEXT, .offset = offsetof(config, note), .help = "note"},
    {.name = NULL},
};

static const char *const known[] = {"b", NULL};

/* What was read prints, and the print reads back to the same print. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    config c, d;
    const ora_option_set set = {.section = "a", .options = rows, .config = &c};
    const ora_option_set again = {.section = "a", .options = rows, .config = &d};
    char *first = NULL, *second = NULL;

    if (ora_options_init(&set) != ORATOR_OK || ora_options_init(&again) != ORATOR_OK)
        return 0;
    if (ora_yaml_config_parse(&set, 1, known, (const char *)data, n, "fuzz") == ORATOR_OK) {
        if (ora_yaml_config_print(&first, &set, 1) != ORATOR_OK ||
            ora_yaml_config_parse(&again, 1, NULL, first, strlen(first), "print") != ORATOR_OK ||
            ora_yaml_config_print(&second, &again, 1) != ORATOR_OK || strcmp(first, second) != 0)
            abort();
    }
    free(first);
    free(second);
    ora_options_clear(&set);
    ora_options_clear(&again);
    return 0;
}
