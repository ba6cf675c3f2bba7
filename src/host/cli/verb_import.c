#include <stddef.h>
#include <stdio.h>

#include "base/status_impl.h"
#include "cli/json_output.h"
#include "cli/verb_list.h"
#include "core/rational.h"
#include "orator/subject.h"
#include "pipeline/curve_exchange.h"

typedef struct import_config {
    char *out, *rate; /* owned */
} import_config;

static orator_status check_rate(const char *text)
{
    ora_rational rate;

    return ora_rate_parse(&rate, text);
}

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
     .check = check_rate},
    {0},
};

static const ora_example examples[] = {
    {"orator import data/Obama -o subjects/obama", "a folder of AD-NeRF, RAD-NeRF or ER-NeRF"},
    {"orator import processed/videos/May -o subjects/may", "a GeneFace folder without pickles"},
    {"orator import take3.csv -o take3.json", "Live Link Face curves as a motion track"},
    {0},
};

static orator_status report(const ora_call *call, const char *out)
{
    cJSON *json;

    if (!call->is_json) {
        (void)puts(out);
        return ORATOR_OK;
    }
    json = ora_json_output_new("import", 1);
    ora_json_add_text(json, "out", out);
    return ora_json_output_print(&json);
}

static orator_status run(ora_call *call)
{
    const import_config *config = call->config;
    const char *in = call->words[0];
    ora_rational rate = {0, 0};
    orator_status st;

    if (!config->out)
        return ora_fail(ORATOR_E_INVALID, "import '%s': where to? give --out", in);
    if (config->rate)
        ORA_TRY(ora_rate_parse(&rate, config->rate));
    if (ora_curve_file_is(in))
        ORA_TRY(ora_curve_import(call->ctx, in, config->out, rate));
    else
        ORA_TRY(orator_subject_import(call->ctx, in, config->out));
    st = report(call, config->out);

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
