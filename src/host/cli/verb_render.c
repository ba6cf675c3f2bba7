#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/status_impl.h"
#include "cli/json_output.h"
#include "cli/option_checks.h"
#include "cli/verb_list.h"
#include "core/field_engine.h"
#include "core/rational.h"
#include "pipeline/field_render.h"

typedef struct render_config {
    char *motion, *out, *pose, *background, *passes, *frames, *rate, *size, *sound; /* owned */
    int32_t torso, codec, bits, samples, supersample;
    int64_t first_number;
    double quality, clamp;
    bool skip_existing, allow_empty;
} render_config;

static orator_status check_size(const char *text)
{
    int32_t width, height;

    return ora_render_size_parse(&width, &height, text);
}

static orator_status check_passes(const char *text)
{
    unsigned passes;

    return ora_render_passes_parse(&passes, text);
}

#define FIELD(name) offsetof(render_config, name)

static const ora_option options[] = {
    {.name = "motion",
     .type = ORA_OPT_PATH,
     .offset = FIELD(motion),
     .unit = "TRACK",
     .help = "motion track to speak and blink by, NAME.json"},
    {.name = "out",
     .type = ORA_OPT_PATH,
     .offset = FIELD(out),
     .unit = "PATH",
     .help = "movie, or sequence such as f.%06d.png or f.####.exr",
     .short_flag = 'o'},
    {.name = "pose",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(pose),
     .fallback_text = "plate",
     .unit = "plate|fixed|FILE",
     .help = "head poses: of the training clip, one for all, or a .npy with one per motion frame"},
    {.name = "torso",
     .type = ORA_OPT_CHOICE,
     .offset = FIELD(torso),
     .help = "torso of the training clip, or moved by the head; auto goes with the pose",
     .choices = "auto|plate|predicted"},
    {.name = "background",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(background),
     .unit = "FILE|none",
     .help = "picture behind the person; default the training clip's plate"},
    {.name = "passes",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(passes),
     .unit = "LIST",
     .help = "colour,alpha,depth; default colour, and alpha where there is no background",
     .check = check_passes},
    {.name = "frames",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(frames),
     .unit = "RANGE",
     .help = "frames by number: 1001-1100, 1001-1100x2, 1001,1005,1010-1020",
     .check = ora_check_frames},
    {.name = "first_number",
     .type = ORA_OPT_I64,
     .offset = FIELD(first_number),
     .min = 0,
     .max = 1e9,
     .unit = "frames",
     .help = "number of the first frame of the shot"},
    {.name = "rate",
     .type = ORA_OPT_RATE,
     .offset = FIELD(rate),
     .unit = "FPS",
     .help = "frame rate, 24, 23.976 or 24000/1001; default the training clip's",
     .check = ora_check_rate},
    {.name = "size",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(size),
     .unit = "WxH",
     .help = "pixels; default the size of training",
     .check = check_size},
    {.name = "samples",
     .type = ORA_OPT_I32,
     .offset = FIELD(samples),
     .fallback = ORA_PICTURE_SAMPLES,
     .min = 1,
     .max = ORA_FIELD_MAX_STEPS,
     .unit = "per ray",
     .help = "points at which the head is looked up"},
    {.name = "supersample",
     .type = ORA_OPT_I32,
     .offset = FIELD(supersample),
     .fallback = ORA_PICTURE_SUPERSAMPLE,
     .min = 1,
     .max = 4,
     .unit = "per axis",
     .help = "rays in a pixel where the outline passes; 1 = one for all"},
    {.name = "clamp",
     .type = ORA_OPT_F64,
     .offset = FIELD(clamp),
     .fallback = 8.0,
     .min = 0.0,
     .max = 100.0,
     .unit = "standard deviations",
     .help = "motion beyond what was trained stays at this; 0 = as it comes"},
    {.name = "sound",
     .type = ORA_OPT_PATH,
     .offset = FIELD(sound),
     .unit = "FILE",
     .help = "sound of a movie; its first sample meets the first frame of the shot"},
    {.name = "codec",
     .type = ORA_OPT_CHOICE,
     .offset = FIELD(codec),
     .help = "encoder; auto chooses by the name of the file",
     .choices = ORA_CODEC_CHOICES},
    {.name = "bits",
     .type = ORA_OPT_I32,
     .offset = FIELD(bits),
     .min = 0,
     .max = 32,
     .unit = "bits",
     .help = "depth of a component; 0 takes the codec's usual"},
    {.name = "quality",
     .type = ORA_OPT_F64,
     .offset = FIELD(quality),
     .fallback = 0.8,
     .min = 0.0,
     .max = 1.0,
     .help = "of codecs that lose something, 1 = best"},
    {.name = "skip_existing",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(skip_existing),
     .help = "leave frames alone that are there already"},
    {.name = "allow_empty",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(allow_empty),
     .help = "render a model that shows no head"},
    {0},
};

static const ora_example examples[] = {
    {"orator render model --motion speech.json -o out.mp4 --sound speech.wav",
     "a movie with the training clip's head movement"},
    {"orator render model --motion m.json -o 'f.%06d.png' --pose fixed",
     "a sequence with a still head"},
    {"orator render model --motion m.json -o 'f.####.exr' --passes colour,depth",
     "layers for a compositor"},
    {"orator render model --motion m.json -o 'f.%06d.png' --frames 0-499", "a farm's part"},
    {0},
};

static orator_status report(const ora_call *call, const ora_field_render_result *r)
{
    const render_config *config = call->config;
    const double fps = r->render_sec > 0.0 ? (double)r->n_frames / r->render_sec : 0.0;
    char rate[48];
    cJSON *json;

    ora_rational_print(rate, r->rate);
    if (!call->is_json) {
        (void)printf("%s: %" PRId64 " frames at %s per second, %dx%d, %.1f rendered a second\n",
                     config->out, r->n_frames, rate, (int)r->width, (int)r->height, fps);
        return ORATOR_OK;
    }
    json = ora_json_output_new("render", 1);
    ora_json_add_text(json, "out", config->out);
    ora_json_add_text(json, "rate", rate);
    (void)cJSON_AddNumberToObject(json, "rate_value", ora_rational_to_f64(r->rate));
    (void)cJSON_AddNumberToObject(json, "duration_sec", ora_rational_to_f64(r->duration_sec));
    (void)cJSON_AddNumberToObject(json, "width", r->width);
    (void)cJSON_AddNumberToObject(json, "height", r->height);
    (void)cJSON_AddNumberToObject(json, "shot_frames", (double)r->n_shot_frames);
    (void)cJSON_AddNumberToObject(json, "frames", (double)r->n_frames);
    (void)cJSON_AddNumberToObject(json, "skipped_frames", (double)r->n_skipped);
    (void)cJSON_AddNumberToObject(json, "bridged_frames", (double)r->n_bridged);
    ora_json_add_text(json, "torso", r->torso == ORA_TORSO_PLATE ? "plate" : "predicted");
    (void)cJSON_AddBoolToObject(json, "has_alpha", r->has_alpha);
    (void)cJSON_AddBoolToObject(json, "has_sound", r->has_sound);
    ora_json_add_text(json, "engine", r->engine);
    (void)cJSON_AddNumberToObject(json, "render_sec", r->render_sec);
    (void)cJSON_AddNumberToObject(json, "total_sec", r->total_sec);
    (void)cJSON_AddNumberToObject(json, "frames_per_sec", fps);
    return ora_json_output_print(&json);
}

static orator_status run(ora_call *call)
{
    const render_config *config = call->config;
    ora_field_render_params p = ora_field_render_params_default();
    ora_field_render_result result;
    orator_status st = ORATOR_OK;

    p.model = call->words[0];
    if (!config->motion || !config->out)
        return ora_fail(ORATOR_E_INVALID, "render '%s': want --motion TRACK and --out PATH",
                        p.model);
    p.motion = config->motion;
    p.out = config->out;
    p.pose = config->pose ? config->pose : "plate";
    p.torso = (ora_torso_source)config->torso;
    p.background = config->background;
    if (config->passes)
        ORA_TRY(ora_render_passes_parse(&p.passes, config->passes));
    p.frames = config->frames;
    p.first_number = config->first_number;
    if (config->rate)
        ORA_TRY(ora_rate_parse(&p.rate, config->rate));
    if (config->size)
        ORA_TRY(ora_render_size_parse(&p.width, &p.height, config->size));
    p.n_samples = config->samples;
    p.n_supersample = config->supersample;
    p.clamp = config->clamp;
    p.codec = (ora_codec)config->codec;
    p.bits = config->bits;
    p.quality = config->quality;
    p.skip_existing = config->skip_existing;
    p.allow_empty = config->allow_empty;
    p.sound = config->sound;
    p.device = call->device;
    p.cpu_mask = ora_cpu_level_name(call->cpu_level);
    ORA_TRY(ora_field_render(&result, call->ctx, &p));
    st = report(call, &result);

done:
    return st;
}

const ora_verb ora_verb_render = {
    .name = "render",
    .summary = "make pictures of a person from a model and motion",
    .words = "MODEL",
    .text =
        "Renders a trained field: a model folder or its field.safetensors. The shot is as long as "
        "the motion, at the training clip's frame rate and size unless --rate and --size say "
        "otherwise; motion and poses are resampled by time. Any range of frames gives the same "
        "files as the whole. The width of --size decides the scale; another shape than the "
        "plate's takes --background none. Without a background movies and PNG have straight "
        "alpha and EXR premultiplied light.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(render_config),
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
