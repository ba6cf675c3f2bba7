#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/yaml_config.h"

typedef struct field_config {
    double near;
    int32_t max_samples;
    bool is_exact;
    int32_t mode;
    double budget_sec;
} field_config;

typedef struct motion_config {
    char *weights;
    char *note;
    char *rate;
    int64_t seed;
} motion_config;

static const ora_option field_rows[] = {
    {.name = "near",
     .type = ORA_OPT_F64,
     .offset = offsetof(field_config, near),
     .fallback = 0.3,
     .min = 0.0,
     .max = 10.0,
     .unit = "units",
     .help = "start"},
    {.name = "max_samples",
     .type = ORA_OPT_I32,
     .offset = offsetof(field_config, max_samples),
     .fallback = 512,
     .min = 1,
     .max = 4096,
     .unit = "per ray",
     .help = "samples"},
    {.name = "exact",
     .type = ORA_OPT_BOOL,
     .offset = offsetof(field_config, is_exact),
     .help = "exact"},
    {.name = "mode",
     .type = ORA_OPT_CHOICE,
     .offset = offsetof(field_config, mode),
     .choices = "auto|cpu|cuda",
     .help = "mode"},
    {.name = "budget",
     .type = ORA_OPT_SECONDS,
     .offset = offsetof(field_config, budget_sec),
     .fallback = 60.0,
     .min = 0.0,
     .max = 1e6,
     .help = "time"},
    {.name = NULL},
};

static const ora_option motion_rows[] = {
    {.name = "weights",
     .type = ORA_OPT_PATH,
     .offset = offsetof(motion_config, weights),
     .unit = "FILE",
     .help = "weights"},
    {.name = "note",
     .type = ORA_OPT_TEXT,
     .offset = offsetof(motion_config, note),
     .fallback_text = "none",
     .help = "note"},
    {.name = "rate",
     .type = ORA_OPT_RATE,
     .offset = offsetof(motion_config, rate),
     .fallback_text = "25",
     .help = "rate"},
    {.name = "seed",
     .type = ORA_OPT_I64,
     .offset = offsetof(motion_config, seed),
     .fallback = 1,
     .min = 0,
     .max = 9e18,
     .help = "seed"},
    {.name = NULL},
};

static const char *const known[] = {"postnet", NULL};

/* Both structs with their tables; init() before, clear() after. */
typedef struct config {
    field_config field;
    motion_config motion;
    ora_option_set sets[2];
} config;

static void init(config *c)
{
    *c = (config){.field = {.near = -1.0}};
    c->sets[0] = (ora_option_set){.section = "field", .options = field_rows, .config = &c->field};
    c->sets[1] =
        (ora_option_set){.section = "motion", .options = motion_rows, .config = &c->motion};
    CHECK_OK(ora_options_init(&c->sets[0]));
    CHECK_OK(ora_options_init(&c->sets[1]));
}

static void clear(config *c)
{
    ora_options_clear(&c->sets[0]);
    ora_options_clear(&c->sets[1]);
}

static orator_status parse(config *c, const char *text)
{
    return ora_yaml_config_parse(c->sets, 2, known, text, strlen(text), "a.yaml");
}

static void refuse(const char *text, const char *part)
{
    config c;

    init(&c);
    CHECK_STATUS(parse(&c, text), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("a.yaml");
    CHECK_ERROR_HAS(part);
    clear(&c);
}

/* Write a file in the test's folder. */
static void put(const char *name, const char *text)
{
    test_write(test_path(name), text, strlen(text));
}

static orator_status apply(config *c, const char *name)
{
    return ora_yaml_config_apply(c->sets, 2, known, test_path(name));
}

TEST(yaml_config, every_type_is_set_and_the_rest_keeps_its_default)
{
    config c;

    init(&c);
    CHECK_OK(parse(&c, "\xef\xbb\xbf# comment\r\n"
                       "field:\r\n"
                       "  near: 0.35  # metres\r\n"
                       "  Max-Samples: 64\r\n"
                       "  exact: yes\r\n"
                       "  mode: cuda\r\n"
                       "  budget: 1h30m\r\n"
                       "postnet:\r\n"
                       "  anything: goes\r\n"
                       "motion:\r\n"
                       "  note: \"a: \\\"b\\\" # c\"\r\n"
                       "  seed: 9007199254740993\r\n"));
    CHECK(c.field.near == 0.35 && c.field.max_samples == 64 && c.field.is_exact);
    CHECK(c.field.mode == 2 && c.field.budget_sec == 5400.0);
    CHECK_TEXT(c.motion.note, "a: \"b\" # c");
    CHECK_TEXT(c.motion.rate, "25");
    CHECK_I64(c.motion.seed, INT64_C(9007199254740993));
    CHECK(c.motion.weights == NULL);
    CHECK_OK(parse(&c, "motion: {note: ~, weights: null}"));
    CHECK(c.motion.note == NULL && c.motion.weights == NULL);
    clear(&c);
}

TEST(yaml_config, nothing_at_all_is_a_configuration)
{
    config c;

    init(&c);
    CHECK_OK(parse(&c, ""));
    CHECK_OK(parse(&c, "# only this\n"));
    CHECK_OK(parse(&c, "---\n"));
    CHECK_OK(parse(&c, "field:\nmotion:\n"));
    CHECK_OK(parse(&c, "{}"));
    CHECK(c.field.near == 0.3);
    clear(&c);
}

TEST(yaml_config, unknown_names_are_refused_with_line_and_nearest_name)
{
    refuse("field:\n  near: 1\n\n  max_sample: 3\n",
           "a.yaml:4: unknown key 'max_sample', did you mean 'max_samples'?");
    refuse("feild:\n  near: 1\n", "a.yaml:1: unknown section 'feild', did you mean 'field'?");
    refuse("post_nett:\n", "did you mean 'postnet'?");
    refuse("Include:\n", "did you mean 'include'?");
    refuse("field:\n  zzzzzz: 1\n", "unknown key 'zzzzzz'");
    refuse("\"\": {near: 1}", "unknown section ''");
}

TEST(yaml_config, values_are_judged_by_the_table)
{
    refuse("field:\n  near: 11\n", "a.yaml:2: near '11': want a number in 0..10 units");
    refuse("field:\n  near:\n", "a.yaml:2: near ''");
    refuse("field:\n  exact: maybe\n", "true|false");
    refuse("field:\n  mode: gpu\n", "auto|cpu|cuda");
}

TEST(yaml_config, other_shapes_of_yaml_are_refused)
{
    refuse("field:\n  near: 1\n  NEAR: 2\n", "a.yaml:3: 'NEAR' stands twice, first in line 2");
    refuse("field:\n  near: 1\nfield:\n  exact: no\n", "a.yaml:3: 'field' stands twice");
    refuse("field: 3\n", "'field' has a value");
    refuse("3\n", "a lone value");
    refuse("field:\n  near: {deep: 1}\n", "a.yaml:2: found keys below a key");
    refuse("field:\n  near: [1, 2]\n", "a.yaml:2: found a list");
    refuse("- field\n", "found a list");
    refuse("field: &a\n  near: 1\n", "found an anchor");
    refuse("field:\n  near: &a 1\n", "found an anchor");
    refuse("field:\n  near: *a\n", "found an alias");
    refuse("field:\n  near: !!float 1\n", "found a tag");
    refuse("%YAML 1.1\n---\nfield:\n", "found a directive");
    refuse("field:\n  near: 1\n---\nmotion:\n", "a second document");
    refuse("? {a: b}\n: c\n", "found keys below a key, want a section");
    refuse("field:\n\tnear: 1\n", "a.yaml:2: no YAML");
    refuse("field:\n  near: \"1\n", "no YAML");
    refuse("motion:\n  note: \"a\\0b\"\n", "NUL byte");
    refuse("motion:\n  note: \xff\n", "no YAML text at byte");
    refuse("include: b.yaml\n", "a.yaml:1: an include needs a file");
    refuse("field:\ninclude: b.yaml\n", "a.yaml:2: 'include' must come once");
    refuse("include: [b.yaml]\n", "found a list");
}

TEST(yaml_config, size_and_number_of_keys_have_limits)
{
    ora_text t = {0};
    config c;

    init(&c);
    ora_text_add(&t, "postnet:\n");
    for (int i = 0; i < 1024; i++)
        ora_text_addf(&t, "  k%d: 1\n", i);
    CHECK_STATUS(parse(&c, t.s), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("a.yaml:1025: more than 1024 keys");
    while (t.n <= 256 << 10)
        ora_text_add(&t, "# comment\n");
    CHECK_STATUS(parse(&c, t.s), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("at most 262144");
    ora_text_clear(&t);
    clear(&c);
}

TEST(yaml_config, include_comes_first_and_paths_follow_their_file)
{
    config c;

    CHECK_OK(ora_folder_make(test_path("sub")));
    put("sub/base.yaml", "field:\n  near: 1\n  max_samples: 7\nmotion:\n  weights: w.bin\n");
    put("top.yaml", "include: sub/base.yaml\nfield:\n  near: 2\n");
    init(&c);
    CHECK_OK(apply(&c, "top.yaml"));
    CHECK(c.field.near == 2.0 && c.field.max_samples == 7);
    CHECK_TEXT(c.motion.weights, test_path("sub/w.bin"));
    put("abs.yaml", "motion:\n  weights: /w.bin\n");
    CHECK_OK(apply(&c, "abs.yaml"));
    CHECK_TEXT(c.motion.weights, "/w.bin");
    CHECK_OK(ora_yaml_config_parse(c.sets, 2, NULL, "motion: {weights: w}", 20, "a.yaml"));
    CHECK_TEXT(c.motion.weights, "w");
    clear(&c);
}

TEST(yaml_config, include_cycles_and_missing_files_are_refused)
{
    config c;

    init(&c);
    put("a.yaml", "# a\ninclude: b.yaml\n");
    put("b.yaml", "include: ./a.yaml\n");
    CHECK_STATUS(apply(&c, "a.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("b.yaml:1: include cycle: '");
    put("self.yaml", "include: self.yaml\n");
    CHECK_STATUS(apply(&c, "self.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("include cycle");
    put("lost.yaml", "# lost\ninclude: nowhere.yaml\n");
    CHECK_STATUS(apply(&c, "lost.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("lost.yaml:2: open configuration");
    CHECK_STATUS(apply(&c, "absent.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("absent.yaml': No such file");
    CHECK_STATUS(apply(&c, "."), ORATOR_E_INVALID);
    put("empty.yaml", "include:\n");
    CHECK_STATUS(apply(&c, "empty.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("names no file");
    for (int i = 0; i < 10; i++) {
        char name[16], text[32];

        (void)snprintf(name, sizeof name, "c%d.yaml", i);
        (void)snprintf(text, sizeof text, "include: c%d.yaml\n", i + 1);
        put(name, i < 9 ? text : "");
    }
    CHECK_OK(apply(&c, "c1.yaml"));
    CHECK_STATUS(apply(&c, "c0.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("more than 8 includes");
    CHECK_I64(mkfifo(test_path("pipe.yaml"), 0600), 0);
    CHECK_STATUS(apply(&c, "pipe.yaml"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("not a regular file");
    clear(&c);
}

/* Set one text, print, read back into another config. */
static void check_text_survives(const char *note)
{
    config c, d;
    char *text = NULL;

    init(&c);
    init(&d);
    free(c.motion.note);
    c.motion.note = ora_text_copy(note);
    CHECK_OK(ora_yaml_config_print(&text, c.sets, 2));
    CHECK_OK(parse(&d, text));
    CHECK_TEXT(d.motion.note, note);
    free(text);
    clear(&c);
    clear(&d);
}

TEST(yaml_config, print_reads_back_identically)
{
    config c, d;
    char *first, *second, here[4096];

    init(&c);
    init(&d);
    CHECK_OK(parse(&c, "field: {near: 0.1, max_samples: 9, exact: on, mode: cpu, budget: 250ms}\n"
                       "motion: {rate: 24000/1001, note: ~, seed: 9007199254740993}\n"));
    CHECK_OK(parse(&c, "motion: {weights: some/w.bin}"));
    CHECK_OK(ora_yaml_config_print(&first, c.sets, 2));
    put("print.yaml", first);
    CHECK_OK(apply(&d, "print.yaml"));
    CHECK(d.field.near == 0.1 && d.field.max_samples == 9 && d.field.is_exact);
    CHECK(d.field.mode == 1 && d.field.budget_sec == 0.25);
    CHECK(d.motion.note == NULL);
    CHECK_TEXT(d.motion.rate, "24000/1001");
    CHECK_I64(d.motion.seed, INT64_C(9007199254740993));
    CHECK(getcwd(here, sizeof here) != NULL);
    CHECK(strncmp(d.motion.weights, here, strlen(here)) == 0);
    CHECK_TEXT(ora_path_name(d.motion.weights), "w.bin");
    CHECK_OK(ora_yaml_config_print(&second, d.sets, 2));
    CHECK_TEXT(second, first);
    free(first);
    free(second);
    clear(&c);
    clear(&d);
}

TEST(yaml_config, any_text_survives_print)
{
    char every[2 * 0x80];
    size_t n = 0;

    for (int i = 1; i < 0x80; i++)
        every[n++] = (char)i;
    every[n] = 0;
    check_text_survives(every);
    check_text_survives("~");
    check_text_survives(" padded \n twice\n\n ");
    check_text_survives("\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0 \xe2\x80\xa8\xe2\x80\xa9 "
                        "\xef\xbb\xbf\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd");
    check_text_survives("gr\xc3\xb6\xc3\x9f"
                        "e \xf0\x9f\x98\x80");
}

TEST(yaml_config, text_that_yaml_cannot_hold_is_not_printed)
{
    config c;
    char *text;

    init(&c);
    free(c.motion.note);
    c.motion.note = ora_text_copy("\xff");
    CHECK_STATUS(ora_yaml_config_print(&text, c.sets, 2), ORATOR_E_INVALID);
    CHECK(text == NULL);
    clear(&c);
}
