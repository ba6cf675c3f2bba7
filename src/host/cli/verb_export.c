#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "cli/json_output.h"
#include "cli/option_checks.h"
#include "cli/verb_list.h"
#include "core/rational.h"
#include "pipeline/clip_export.h"
#include "pipeline/contact_sheet.h"
#include "pipeline/curve_exchange.h"

typedef struct export_config {
    char *out, *sheet, *frames, *rate, *sound; /* owned */
    int32_t columns, rows;
    int32_t codec, colour, colour_in;
    int64_t first_number;
    int32_t bits;
    double quality;
    bool skip_existing, is_mute;
} export_config;

/* Primaries, transfer and matrix of the names in the option table, in their order. */
enum { N_COLOURS = 6 };
static const char colour_names[] = "source|bt601_525|bt601_625|bt709|srgb|bt2020";
static const ora_colour colours[N_COLOURS] = {
    {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, ORA_RANGE_UNSPECIFIED},
    {6, 6, 6, ORA_RANGE_UNSPECIFIED},
    {5, 6, 5, ORA_RANGE_UNSPECIFIED},
    {1, 1, 1, ORA_RANGE_UNSPECIFIED},
    {1, 13, 1, ORA_RANGE_UNSPECIFIED},
    {9, 14, 9, ORA_RANGE_UNSPECIFIED},
};

#define FIELD(name) offsetof(export_config, name)

static const ora_option options[] = {
    {.name = "out",
     .type = ORA_OPT_PATH,
     .offset = FIELD(out),
     .unit = "PATH",
     .help = "movie, sequence (f.%04d.exr, f.####.png) or curve file (.csv, .json) to write",
     .short_flag = 'o'},
    {.name = "codec",
     .type = ORA_OPT_CHOICE,
     .offset = FIELD(codec),
     .help = "encoder; auto chooses by the name of the file",
     .choices = ORA_CODEC_CHOICES},
    {.name = "frames",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(frames),
     .unit = "RANGE",
     .help = "frames by number: 1001-1100, 1001-1100x2, 1001,1005,1010-1020",
     .check = ora_check_frames},
    {.name = "first_number",
     .type = ORA_OPT_I64,
     .offset = FIELD(first_number),
     .fallback = -1,
     .min = -1,
     .max = 1e9,
     .unit = "frames",
     .help = "number of the first frame; -1 takes the plate's own, else 0"},
    {.name = "rate",
     .type = ORA_OPT_RATE,
     .offset = FIELD(rate),
     .unit = "FPS",
     .help = "conform to this frame rate, 24, 23.976 or 24000/1001; default the clip's own",
     .check = ora_check_rate},
    {.name = "bits",
     .type = ORA_OPT_I32,
     .offset = FIELD(bits),
     .min = 0,
     .max = 32,
     .unit = "bits",
     .help = "depth of a component; 0 takes the codec's usual, or more where the source has it"},
    {.name = "quality",
     .type = ORA_OPT_F64,
     .offset = FIELD(quality),
     .fallback = 0.8,
     .min = 0.0,
     .max = 1.0,
     .help = "of codecs that lose something, 1 = best"},
    {.name = "colour",
     .type = ORA_OPT_CHOICE,
     .offset = FIELD(colour),
     .help = "colour of the deliverable",
     .choices = colour_names},
    {.name = "colour_in",
     .type = ORA_OPT_CHOICE,
     .offset = FIELD(colour_in),
     .help = "what an untagged source is; source believes the tags and guesses the rest",
     .choices = colour_names},
    {.name = "skip_existing",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(skip_existing),
     .help = "leave frames alone that are there already"},
    {.name = "mute",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(is_mute),
     .help = "leave the sound out of a movie"},
    {.name = "sound",
     .type = ORA_OPT_PATH,
     .offset = FIELD(sound),
     .unit = "FILE",
     .help = "sound from elsewhere; its first sample meets the first frame of the shot"},
    {.name = "contact_sheet",
     .type = ORA_OPT_PATH,
     .offset = FIELD(sheet),
     .unit = "FILE",
     .help = "write a page of small pictures as PNG"},
    {.name = "columns",
     .type = ORA_OPT_I32,
     .offset = FIELD(columns),
     .fallback = 5,
     .min = 1,
     .max = 20,
     .unit = "pictures",
     .help = "across the contact sheet"},
    {.name = "rows",
     .type = ORA_OPT_I32,
     .offset = FIELD(rows),
     .fallback = 4,
     .min = 1,
     .max = 20,
     .unit = "pictures",
     .help = "down the contact sheet"},
    {0},
};

static const ora_example examples[] = {
    {"orator export clip.mov -o clip.mp4", "a review copy with converted and tagged colour"},
    {"orator export clip.mov -o 'f.%04d.exr' --first-number 1001", "linear half-float frames"},
    {"orator export plate.mov -o 'f.####.png' --frames 1001-1050 --skip-existing", "a farm's part"},
    {"orator export data/demo --contact-sheet sheet.png", "twenty frames at a glance"},
    {"orator export take3.json -o take3.csv", "a motion track as Live Link Face curves"},
    {0},
};

/* What was written: of a clip, of curves, or a contact sheet alone (both NULL). */
static orator_status report(const ora_call *call, const ora_clip_export_result *clip,
                            const ora_curve_result *curves)
{
    const export_config *config = call->config;
    const ora_rational r = clip ? clip->rate : curves ? curves->rate : (ora_rational){0, 0};
    const int64_t n_frames = clip ? clip->n_frames : curves ? curves->n_frames : 0;
    char rate[48];
    cJSON *json;

    ora_rational_print(rate, r);
    if (!call->is_json) {
        if (clip || curves)
            (void)printf("%s: %" PRId64 " frames at %s per second\n", config->out, n_frames, rate);
        if (config->sheet)
            (void)puts(config->sheet);
        return ORATOR_OK;
    }
    json = ora_json_output_new("export", 1);
    ora_json_add_text(json, "kind", clip ? "clip" : curves ? "curves" : "contact_sheet");
    ora_json_add_text(json, "out", config->out);
    ora_json_add_text(json, "contact_sheet", config->sheet);
    if (clip || curves) {
        ora_json_add_text(json, "rate", rate);
        (void)cJSON_AddNumberToObject(json, "rate_value", ora_rational_to_f64(r));
        (void)cJSON_AddNumberToObject(json, "frames", (double)n_frames);
    }
    if (clip) {
        (void)cJSON_AddNumberToObject(json, "skipped_frames", (double)clip->n_skipped);
        (void)cJSON_AddNumberToObject(json, "repeated_frames", (double)clip->n_repeated);
        (void)cJSON_AddNumberToObject(json, "dropped_frames", (double)clip->n_dropped);
        (void)cJSON_AddBoolToObject(json, "has_sound", clip->has_sound);
    }
    if (curves)
        (void)cJSON_AddNumberToObject(json, "channels", curves->n_channels);
    return ora_json_output_print(&json);
}

static orator_status export_clip(const ora_call *call, const export_config *config,
                                 ora_clip_export_result *result)
{
    ora_clip_export_params p = ora_clip_export_params_default();
    orator_status st = ORATOR_OK;

    p.in = call->words[0];
    p.out = config->out;
    p.codec = (ora_codec)config->codec;
    p.frames = config->frames;
    p.first_number = config->first_number;
    if (config->rate)
        ORA_TRY(ora_rate_parse(&p.rate, config->rate));
    p.bits = config->bits;
    p.quality = config->quality;
    p.colour = config->colour > 0 ? &colours[config->colour] : NULL;
    p.colour_in = config->colour_in > 0 ? &colours[config->colour_in] : NULL;
    p.skip_existing = config->skip_existing;
    p.no_sound = config->is_mute;
    p.sound = config->sound;
    st = ora_clip_export(result, call->ctx, &p);

done:
    return st;
}

static orator_status run(ora_call *call)
{
    const export_config *config = call->config;
    const char *in = call->words[0];
    ora_clip_export_result clip = {0};
    ora_curve_result curves = {0};
    orator_status st = ORATOR_OK;

    if (!config->out && !config->sheet)
        return ora_fail(ORATOR_E_INVALID, "export '%s': where to? give --out or --contact-sheet",
                        in);
    if (config->out && ora_text_same_nocase(ora_path_extension(in), ".json")) {
        ORA_TRY(ora_curve_export(&curves, call->ctx, in, config->out));
        return report(call, NULL, &curves);
    }
    if (config->sheet)
        ORA_TRY(ora_contact_sheet(call->ctx, in, config->sheet, config->columns, config->rows));
    if (config->out)
        ORA_TRY(export_clip(call, config, &clip));
    st = report(call, config->out ? &clip : NULL, NULL);

done:
    return st;
}

const ora_verb ora_verb_export = {
    .name = "export",
    .summary = "write footage or motion in a form others can use",
    .words = "PATH",
    .text = "Writes a clip, a numbered sequence or the clip of a subject folder as a movie or a "
            "sequence: colour is converted and tagged, the rate is the plate's own unless --rate "
            "says otherwise, the sound is copied bit for bit where the container allows it, and "
            "the file appears complete or not at all. A motion track becomes Live Link Face (.csv) "
            "or Audio2Face (.json) curves.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(export_config),
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
