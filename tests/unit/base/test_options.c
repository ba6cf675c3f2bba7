#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/status_impl.h"

typedef struct shot {
    bool is_draft;
    int32_t samples;
    int64_t seed;
    float gain;
    double near_mm;
    char *note;
    char *out;
    int32_t device;
    char *rate;
    double budget_sec;
} shot;

static orator_status check_rate(const char *value)
{
    if (strcmp(value, "25") == 0 || strcmp(value, "24000/1001") == 0)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_INVALID, "rate '%s', want frames per second", value);
}

#define AT(field) offsetof(shot, field)

static const ora_option rows[] = {
    {"draft", ORA_OPT_BOOL, AT(is_draft), .help = "fast and marked", .short_flag = 'd'},
    {"max_samples", ORA_OPT_I32, AT(samples), 512, 1, 4096, "per ray", "stop a ray here",
     .short_flag = 's'},
    {"seed", ORA_OPT_I64, AT(seed), 1, -9e18, 9e18, .help = "of the noise"},
    {"mouth_gain", ORA_OPT_F32, AT(gain), 0.1, 0, 4, "times", "of the mouth's motion"},
    {"near", ORA_OPT_F64, AT(near_mm), 300, 0, 1000, "mm", "start of the march"},
    {"note", ORA_OPT_TEXT, AT(note), .unit = "TEXT", .help = "goes to the sidecar"},
    {"out", ORA_OPT_PATH, AT(out), .unit = "FILE", .help = "where to", .fallback_text = "out.mov",
     .short_flag = 'o'},
    {"device", ORA_OPT_CHOICE, AT(device), 1, .choices = "auto|cpu|cuda_any", .help = "where on"},
    {"fps", ORA_OPT_RATE, AT(rate), .help = "rate", .check = check_rate},
    {"budget", ORA_OPT_SECONDS, AT(budget_sec), 180, 0, 86400, .help = "time to spend"},
    {0},
};

static shot config;
static const ora_option_set set = {"", rows, &config, false};

static const char *word[4];
static ora_option_words words = {word, 4, 0};

static char *argv[12];
static int argc;

/* Writable copies of the arguments, as a program gets them. */
static void set_argv(const char *const *args)
{
    static char storage[12][64];

    for (argc = 0; args[argc]; argc++) {
        (void)snprintf(storage[argc], sizeof storage[argc], "%s", args[argc]);
        argv[argc] = storage[argc];
    }
}

#define ARGV(...) set_argv((const char *const[]){__VA_ARGS__, NULL})

/* Parse into a fresh struct. */
static orator_status parse_argv(const char *const *args)
{
    set_argv(args);
    ora_options_clear(&set);
    CHECK_OK(ora_options_init(&set));
    return ora_options_parse(&set, 1, argc, argv, &words);
}

#define PARSE(...) parse_argv((const char *const[]){__VA_ARGS__, NULL})

static void check_text(const char *name, const char *want)
{
    char *got = ora_option_get_text(&set, ora_option_find(&set, name));

    CHECK_TEXT(got, want);
    free(got);
}

TEST(options, defaults_come_from_the_rows)
{
    CHECK_OK(ora_options_init(&set));
    CHECK(!config.is_draft);
    CHECK_I64(config.samples, 512);
    CHECK(config.gain == 0.1f);
    CHECK(config.near_mm == 300.0);
    CHECK(config.note == NULL);
    CHECK_TEXT(config.out, "out.mov");
    CHECK_I64(config.device, 1);
    CHECK(config.budget_sec == 180.0);
    ora_options_clear(&set);
    CHECK(config.out == NULL);
}

TEST(options, every_type_is_set_by_a_flag)
{
    CHECK_OK(PARSE("--draft", "--max-samples", "64", "--seed=9007199254740993", "--mouth-gain",
                   "1.25", "--near=0", "--note", "a b"));
    CHECK(config.is_draft);
    CHECK_I64(config.samples, 64);
    CHECK_I64(config.seed, 9007199254740993);
    CHECK(config.gain == 1.25f && config.near_mm == 0.0);
    CHECK_TEXT(config.note, "a b");
    CHECK_OK(PARSE("--out", "-", "--device", "CUDA-any", "--fps", "24000/1001", "--budget", "3m"));
    CHECK_TEXT(config.out, "-");
    CHECK_I64(config.device, 2);
    CHECK_TEXT(config.rate, "24000/1001");
    CHECK(config.budget_sec == 180.0);
    ora_options_clear(&set);
}

TEST(options, hyphen_and_underscore_are_the_same)
{
    CHECK_OK(PARSE("--max_samples", "7"));
    CHECK_I64(config.samples, 7);
    CHECK_OK(PARSE("--MAX-samples", "8"));
    CHECK_I64(config.samples, 8);
    ora_options_clear(&set);
}

TEST(options, switches_are_turned_off_by_no)
{
    CHECK_OK(PARSE("--draft", "--no-draft"));
    CHECK(!config.is_draft);
    CHECK_OK(PARSE("--no_draft", "--draft"));
    CHECK(config.is_draft);
    CHECK_OK(PARSE("--draft=off"));
    CHECK(!config.is_draft);
    CHECK_STATUS(PARSE("--no-draft=true"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--no-draft takes no value, found 'true'");
    CHECK_STATUS(PARSE("--no-near"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("unknown flag '--no-near'");
    CHECK_STATUS(PARSE("--draft=maybe"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--draft 'maybe': want true|false");
    ora_options_clear(&set);
}

TEST(options, short_flags_take_their_value_both_ways)
{
    CHECK_OK(PARSE("-o", "a.mov", "-s9"));
    CHECK_TEXT(config.out, "a.mov");
    CHECK_I64(config.samples, 9);
    CHECK_OK(PARSE("-dob.mov"));
    CHECK(config.is_draft);
    CHECK_TEXT(config.out, "b.mov");
    CHECK_STATUS(PARSE("-dx"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("unknown flag '-x' in '-dx'");
    CHECK_STATUS(PARSE("-o"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("-o: missing value, want FILE");
    ora_options_clear(&set);
}

TEST(options, words_and_the_end_of_flags)
{
    CHECK_OK(PARSE("clip.mp4", "--draft", "-", "--", "--near"));
    CHECK_I64(words.n, 3);
    CHECK(config.is_draft);
    CHECK_STATUS(PARSE("a", "b", "c", "d", "e"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("unexpected word 'e', want at most 4");
    ora_options_clear(&set);
}

TEST(options, unknown_flags_name_the_nearest)
{
    CHECK_STATUS(PARSE("--mouth-gian", "1"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("unknown flag '--mouth-gian', did you mean '--mouth-gain'?");
    CHECK_STATUS(PARSE("--zzzzzzzz"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("unknown flag '--zzzzzzzz'");
    CHECK(strstr(orator_last_error(), "did you mean") == NULL);
    ora_options_clear(&set);
}

TEST(options, missing_values_say_what_is_wanted)
{
    CHECK_STATUS(PARSE("--near"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--near: missing value, want 0..1000 mm");
    CHECK_STATUS(PARSE("--out", "--draft"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--out: missing value, want FILE");
    CHECK_OK(PARSE("--out=--draft"));
    CHECK_TEXT(config.out, "--draft");
    ora_options_clear(&set);
}

TEST(options, range_errors_have_range_and_unit)
{
    CHECK_STATUS(PARSE("--near", "1000.5"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--near '1000.5': want a number in 0..1000 mm");
    CHECK_STATUS(PARSE("--near", "-1"), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--near", "nan"), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--near", "12mm"), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--max-samples", "4097"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--max-samples '4097': want a whole number in 1..4096 per ray");
    CHECK_STATUS(PARSE("--max-samples", "1.5"), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--seed", "99999999999999999999"), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--device", "tpu"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--device 'tpu': want auto|cpu|cuda_any");
    CHECK_STATUS(PARSE("--fps", "fast"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("--fps: rate 'fast', want frames per second");
    CHECK_OK(PARSE("--near", "1000"));
    CHECK_OK(PARSE("--seed", "-3"));
    CHECK_I64(config.seed, -3);
    ora_options_clear(&set);
}

TEST(options, times_are_read_with_their_units)
{
    static const struct {
        const char *text;
        double sec;
    } good[] = {{"90", 90.0},     {"3m", 180.0}, {"1h30m", 5400.0},  {"250ms", 0.25},
                {"1.5h", 5400.0}, {"2s", 2.0},   {"1m2s3ms", 62.003}};
    static const char *const bad[] = {"m", "3x", "3m1h", "1m1m", "-1m", "3 m", "h", "ms", "1.2.3s"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CHECK_OK(PARSE("--budget", good[i].text));
        CHECK_NEAR(config.budget_sec, good[i].sec, 1e-9);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_STATUS(PARSE("--budget", bad[i]), ORATOR_E_INVALID);
    CHECK_STATUS(PARSE("--budget", "25h"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS(
        "--budget '25h': want a time such as 90, 3m, 1h30m or 250ms in 0..86400 seconds");
    ora_options_clear(&set);
}

TEST(options, values_print_as_they_are_read)
{
    CHECK_OK(PARSE("--draft", "--mouth-gain", "0.3", "--device", "auto", "--budget", "1h30m"));
    check_text("draft", "true");
    check_text("mouth_gain", "0.3");
    check_text("max-samples", "512");
    check_text("device", "auto");
    check_text("budget", "5400");
    check_text("note", "");
    check_text("out", "out.mov");
    ora_options_clear(&set);
}

TEST(options, default_text_needs_no_struct)
{
    static const char *const want[] = {"false", "512",     "1",   "0.1", "300",
                                       "",      "out.mov", "cpu", "",    "180"};

    for (size_t i = 0; rows[i].name; i++) {
        char *got = ora_option_default_text(&rows[i]);

        CHECK_TEXT(got, want[i]);
        free(got);
    }
}

TEST(options, empty_text_means_not_given)
{
    CHECK_OK(PARSE("--out=", "--fps", ""));
    CHECK(config.out == NULL && config.rate == NULL);
    ora_options_clear(&set);
}

TEST(options, sections_prefix_their_flags_unless_bare)
{
    shot other;
    const ora_option_set field = {"field", rows, &other, false};
    const ora_option_set bare = {"field", rows, &other, true};
    char flag[64];

    CHECK_OK(ora_options_init(&field));
    ARGV("--field.near", "5", "--field.no-draft", "--field.mouth_gain=2");
    CHECK_OK(ora_options_parse(&field, 1, argc, argv, &words));
    CHECK(other.near_mm == 5.0 && other.gain == 2.0f);
    ARGV("--near=6");
    CHECK_STATUS(ora_options_parse(&field, 1, argc, argv, &words), ORATOR_E_INVALID);
    CHECK_OK(ora_options_parse(&bare, 1, argc, argv, &words));
    CHECK(other.near_mm == 6.0);
    ora_option_flag(flag, sizeof flag, &field, &rows[3]);
    CHECK_TEXT(flag, "--field.mouth-gain");
    ora_options_clear(&field);
}

TEST(options, leading_flags_stop_at_the_first_word)
{
    int n_used = 0;

    ARGV("-d", "--near", "5", "render", "--unknown");
    CHECK_OK(ora_options_init(&set));
    CHECK_OK(ora_options_parse_leading(&set, 1, argc, argv, &n_used));
    CHECK_I64(n_used, 3);
    CHECK(config.is_draft && config.near_mm == 5.0);
    ora_options_clear(&set);
}
