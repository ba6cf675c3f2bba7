#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status_impl.h"
#include "cli/json_output.h"
#include "cli/option_checks.h"
#include "cli/verb_list.h"
#include "core/rational.h"
#include "pipeline/curve_exchange.h"
#include "subject/subject_impl.h"

typedef struct import_config {
    char *out, *rate; /* owned */
} import_config;

static const ora_option options[] = {
    {.name = "out",
     .type = ORA_OPT_PATH,
     .offset = offsetof(import_config, out),
     .unit = "PATH",
     .help = "subject folder or motion track (NAME.json) to write",
     .short_flag = 'o'},
    {.name = "rate",
     .type = ORA_OPT_RATE,
     .offset = offsetof(import_config, rate),
     .unit = "FPS",
     .help = "of curves too short to tell their own",
     .check = ora_check_rate},
    {0},
};

static const ora_example examples[] = {
    {"orator import data/Obama -o subjects/obama", "a folder of AD-NeRF, RAD-NeRF or ER-NeRF"},
    {"orator import processed/videos/May -o subjects/may", "a GeneFace folder without pickles"},
    {"orator import take3.csv -o take3.json", "Live Link Face curves as a motion track"},
    {0},
};

static orator_status report_track(const ora_call *call, const char *out, const ora_curve_result *r)
{
    char rate[48];
    cJSON *json;

    ora_rational_print(rate, r->rate);
    if (!call->is_json) {
        (void)printf("%s: %" PRId64 " frames at %s per second\n", out, r->n_frames, rate);
        return ORATOR_OK;
    }
    json = ora_json_output_new("import", 1);
    ora_json_add_text(json, "kind", "motion_track");
    ora_json_add_text(json, "out", out);
    ora_json_add_text(json, "rate", rate);
    (void)cJSON_AddNumberToObject(json, "rate_value", ora_rational_to_f64(r->rate));
    (void)cJSON_AddNumberToObject(json, "frames", (double)r->n_frames);
    (void)cJSON_AddNumberToObject(json, "missing_frames", (double)r->n_missing);
    (void)cJSON_AddNumberToObject(json, "channels", r->n_channels);
    return ora_json_output_print(&json);
}

static orator_status report_subject(const ora_call *call, const char *out)
{
    orator_subject *s = NULL;
    orator_subject_info info;
    ora_rational r;
    char rate[48], hash[65];
    cJSON *json;
    orator_status st;

    ORA_TRY(orator_subject_open(&s, call->ctx, out));
    ORA_TRY(ora_subject_manifest_hash(hash, s));
    orator_subject_info_get(s, &info);
    r = ora_rational_make(info.rate_num, info.rate_den);
    ora_rational_print(rate, r);
    if (!call->is_json) {
        (void)printf("%s: %" PRId64 " frames at %s per second, %" PRId64 " marked bad\n", out,
                     info.n_frames, rate, info.n_frames - info.n_valid_frames);
        goto done;
    }
    json = ora_json_output_new("import", 1);
    ora_json_add_text(json, "kind", "subject");
    ora_json_add_text(json, "out", out);
    ora_json_add_text(json, "rate", rate);
    (void)cJSON_AddNumberToObject(json, "rate_value", ora_rational_to_f64(r));
    (void)cJSON_AddNumberToObject(json, "frames", (double)info.n_frames);
    (void)cJSON_AddNumberToObject(json, "valid_frames", (double)info.n_valid_frames);
    ora_json_add_text(json, "manifest_hash", hash);
    st = ora_json_output_print(&json);

done:
    orator_subject_close(&s);
    return st;
}

static orator_status run(ora_call *call)
{
    const import_config *config = call->config;
    const char *in = call->words[0];
    ora_curve_result curves = {0};
    ora_rational rate = {0, 0};
    orator_status st;

    if (!config->out)
        return ora_fail(ORATOR_E_INVALID, "import '%s': where to? give --out", in);
    if (config->rate)
        ORA_TRY(ora_rate_parse(&rate, config->rate));
    if (ora_curve_file_is(in)) {
        ORA_TRY(ora_curve_import(&curves, call->ctx, in, config->out, rate));
        return report_track(call, config->out, &curves);
    }
    ORA_TRY(orator_subject_import(call->ctx, in, config->out));
    st = report_subject(call, config->out);

done:
    return st;
}

const ora_verb ora_verb_import = {
    .name = "import",
    .summary = "take over a folder or curves of another system",
    .words = "PATH",
    .text = "Makes a subject folder from a prepared folder of AD-NeRF, RAD-NeRF, ER-NeRF, SyncTalk "
            "or GeneFace, recognised by its files, or a motion track from Live Link Face (.csv) or "
            "Audio2Face (.json) curves. Pickled arrays are refused, because loading one runs code. "
            "An import that was interrupted goes on where it stopped when it is run again.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(import_config),
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
