/*
 * fuzz_options.c - lines of the input as command-line arguments; what was read must print and read
 * back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/text.h"
#include "support/fuzz_target.h"

enum { MAX_ARGS = 32, MAX_WORDS = 8 };

typedef struct everything {
    bool b;
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    char *text;
    char *path;
    int32_t choice;
    char *rate;
    double sec;
} everything;

#define AT(field) offsetof(everything, field)

static const ora_option rows[] = {
    {"b", ORA_OPT_BOOL, AT(b), .short_flag = 'b'},
    {"i32", ORA_OPT_I32, AT(i32), 1, -3e9, 3e9, .short_flag = 'i'},
    {"i64", ORA_OPT_I64, AT(i64), 1, -1e19, 1e19},
    {"f32", ORA_OPT_F32, AT(f32), 0, -1e30, 1e30, "mm"},
    {"f_64", ORA_OPT_F64, AT(f64), 0, -1e300, 1e300},
    {"text", ORA_OPT_TEXT, AT(text), .short_flag = 't'},
    {"path", ORA_OPT_PATH, AT(path), .fallback_text = "a"},
    {"choice", ORA_OPT_CHOICE, AT(choice), .choices = "auto|cpu|x_y"},
    {"rate", ORA_OPT_RATE, AT(rate)},
    {"sec", ORA_OPT_SECONDS, AT(sec), 0, 0, 1e9},
    {0},
};

static void check_round_trip(const ora_option_set *set)
{
    for (const ora_option *o = set->options; o->name; o++) {
        char *text = ora_option_get_text(set, o);
        char *again = NULL;

        if (!text || ora_option_set_text(set, o, text, "again") != ORATOR_OK)
            abort();
        again = ora_option_get_text(set, o);
        if (!again || strcmp(text, again) != 0)
            abort();
        free(text);
        free(again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    everything config;
    const ora_option_set set = {n % 2 ? "field" : "", rows, &config, n % 3 == 0};
    ora_text copy = {0};
    char *argv[MAX_ARGS];
    const char *word[MAX_WORDS];
    ora_option_words words = {word, MAX_WORDS, 0};
    int argc = 0;

    ora_text_add_bytes(&copy, data, n);
    ora_text_add_bytes(&copy, "", 1);
    if (ora_options_init(&set) != ORATOR_OK || copy.failed)
        abort();
    for (char *s = copy.s, *end = copy.s + n; s <= end && argc < MAX_ARGS; s += strlen(s) + 1) {
        s[strcspn(s, "\n")] = 0;
        argv[argc++] = s;
    }
    if (ora_options_parse(&set, 1, argc, argv, &words) == ORATOR_OK)
        check_round_trip(&set);
    if (words.n > MAX_WORDS)
        abort();
    ora_options_clear(&set);
    ora_text_clear(&copy);
    return 0;
}
