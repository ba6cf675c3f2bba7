#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "cli/json_output.h"
#include "cli/verb_list.h"
#include "field/schedule.h"
#include "formats/yaml_config.h"
#include "pipeline/field_train.h"

typedef struct train_config {
    char *out, *budget, *ram; /* owned */
    int32_t size, samples;
    int64_t seed, keep;
    double preview, pose_noise;
    bool allow_empty, restart, pose_refine, gaze;
    int32_t grid_levels, grid_features, grid_coarse, grid_fine, grid_hash, grid_hull;
    int32_t head_rays, torso_rays, frames, fit_visits;
    double patch_share, drop_share, landmark_noise;
} train_config;

static orator_status check_budget(const char *text)
{
    double sec;
    int64_t steps;

    return ora_budget_parse(&sec, &steps, text);
}

static orator_status check_ram(const char *text)
{
    uint64_t bytes;

    return ora_ram_parse(&bytes, text);
}

#define FIELD(name) offsetof(train_config, name)

static const ora_option options[] = {
    {.name = "out",
     .type = ORA_OPT_PATH,
     .offset = FIELD(out),
     .unit = "MODEL",
     .help = "model folder to write",
     .short_flag = 'o'},
    {.name = "budget",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(budget),
     .unit = "TIME|STEPS",
     .help = "how long to train: 3m, 1h, or a number of steps",
     .fallback_text = "3m",
     .check = check_budget},
    {.name = "size",
     .type = ORA_OPT_I32,
     .offset = FIELD(size),
     .fallback = 0,
     .min = 0,
     .max = 4096,
     .unit = "pixels",
     .help = "width of the training pictures, 0 for the subject's own"},
    {.name = "ram",
     .type = ORA_OPT_TEXT,
     .offset = FIELD(ram),
     .unit = "SIZE",
     .help = "memory of training apart from the model itself: 2G, 512M",
     .fallback_text = "2G",
     .check = check_ram},
    {.name = "samples",
     .type = ORA_OPT_I32,
     .offset = FIELD(samples),
     .fallback = 8,
     .min = 1,
     .max = ORA_FIELD_MAX_STEPS,
     .unit = "per ray",
     .help = "samples of a ray in training"},
    {.name = "seed",
     .type = ORA_OPT_I64,
     .offset = FIELD(seed),
     .fallback = 1,
     .min = 0,
     .max = 9007199254740991.0,
     .unit = "number",
     .help = "the same seed gives the same model for a budget in steps"},
    {.name = "keep",
     .type = ORA_OPT_I64,
     .offset = FIELD(keep),
     .fallback = 0,
     .min = 0,
     .max = 1e9,
     .unit = "steps",
     .help = "keep a checkpoint every so many steps, 0 for latest and best alone"},
    {.name = "preview",
     .type = ORA_OPT_SECONDS,
     .offset = FIELD(preview),
     .fallback = 60,
     .min = 1,
     .max = 86400,
     .unit = "time",
     .help = "between preview sheets"},
    {.name = "allow_empty",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(allow_empty),
     .help = "keep a model that shows no head"},
    {.name = "restart",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(restart),
     .help = "begin anew where a checkpoint is there"},
    {.name = "pose_refine",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(pose_refine),
     .fallback = 1,
     .help = "leave the head poses as they are"},
    {.name = "pose_noise",
     .type = ORA_OPT_F64,
     .offset = FIELD(pose_noise),
     .fallback = 0,
     .min = 0,
     .max = 20,
     .unit = "degrees",
     .help = "add an error to every head pose, for experiments"},
    {.name = "gaze",
     .type = ORA_OPT_BOOL,
     .offset = FIELD(gaze),
     .fallback = 1,
     .help = "leave the direction of the eyes out"},
    {.name = "grid_levels",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_levels),
     .fallback = 8,
     .min = 1,
     .max = ORA_GRID_MAX_LEVELS,
     .unit = "levels",
     .help = "resolutions of the head's feature planes"},
    {.name = "grid_features",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_features),
     .fallback = 4,
     .min = 1,
     .max = ORA_GRID_MAX_FEATURES,
     .unit = "numbers",
     .help = "features of a vertex: 1, 2 or 4"},
    {.name = "grid_coarse",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_coarse),
     .fallback = 32,
     .min = 1,
     .max = 4096,
     .unit = "cells",
     .help = "per axis of the coarsest level"},
    {.name = "grid_fine",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_fine),
     .fallback = 0,
     .min = 0,
     .max = 4096,
     .unit = "cells",
     .help = "per axis of the finest level, 0 for one per pixel"},
    {.name = "grid_hash",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_hash),
     .fallback = 0,
     .min = 0,
     .max = 1 << 24,
     .unit = "entries",
     .help = "of a hashed level, a power of two; 0 for dense levels"},
    {.name = "hull",
     .type = ORA_OPT_I32,
     .offset = FIELD(grid_hull),
     .fallback = 96,
     .min = 16,
     .max = 256,
     .unit = "cells",
     .help = "per axis of the occupied space, a multiple of 4"},
    {.name = "head_rays",
     .type = ORA_OPT_I32,
     .offset = FIELD(head_rays),
     .fallback = 1024,
     .min = 64,
     .max = 1 << 20,
     .unit = "rays",
     .help = "of a step, through the head"},
    {.name = "torso_rays",
     .type = ORA_OPT_I32,
     .offset = FIELD(torso_rays),
     .fallback = 384,
     .min = 0,
     .max = 1 << 20,
     .unit = "rays",
     .help = "of a step, through torso and background"},
    {.name = "frames",
     .type = ORA_OPT_I32,
     .offset = FIELD(frames),
     .fallback = 16,
     .min = 1,
     .max = 256,
     .unit = "frames",
     .help = "that the rays of a step come from"},
    {.name = "fit_held_out",
     .type = ORA_OPT_I32,
     .offset = FIELD(fit_visits),
     .fallback = 0,
     .min = 0,
     .max = 10000,
     .unit = "steps a frame",
     .help = "also score held-out frames after fitting their poses, for experiments"},
    {.name = "patch_share",
     .type = ORA_OPT_F64,
     .offset = FIELD(patch_share),
     .fallback = 0.1,
     .min = 0,
     .max = 1,
     .unit = "share",
     .help = "last part of the run, with patches"},
    {.name = "drop_share",
     .type = ORA_OPT_F64,
     .offset = FIELD(drop_share),
     .fallback = 0.8,
     .min = 0,
     .max = 1,
     .unit = "share",
     .help = "of the run after which the learning rates fall"},
    {.name = "landmark_noise",
     .type = ORA_OPT_F64,
     .offset = FIELD(landmark_noise),
     .fallback = 0.05,
     .min = 0,
     .max = 10,
     .unit = "mm",
     .help = "rms of noise on the landmarks in training"},
    {0},
};

static const ora_example examples[] = {
    {"orator train field data/demo -o models/demo", "three minutes, the default"},
    {"orator train field subjects/may -o models/may --budget 1h --ram 8G", "as good as it gets"},
    {"orator train field data/demo -o models/small --size 128 --budget 2000", "2000 steps"},
    {0},
};

static void fill_train(ora_train_config *t, const ora_call *call)
{
    const train_config *c = call->config;

    *t = ora_train_config_default();
    t->n_samples = c->samples;
    t->grid_levels = c->grid_levels;
    t->grid_features = c->grid_features;
    t->grid_coarse = c->grid_coarse;
    t->grid_fine = c->grid_fine;
    t->grid_hash = c->grid_hash;
    t->patch_share = c->patch_share;
    t->drop_share = c->drop_share;
    if (!c->pose_refine)
        t->pose_to = t->pose_from;
    t->sampler.n_head_rays = c->head_rays;
    t->sampler.n_torso_rays = c->torso_rays;
    t->sampler.n_frames = c->frames;
    t->fit_visits = c->fit_visits;
    t->sampler.noise_mm = c->landmark_noise;
    t->keep_every = c->keep;
    t->preview_sec = c->preview;
    t->allow_empty = c->allow_empty;
    t->restart = c->restart;
    t->seed = (uint64_t)c->seed;
    t->cpu_mask = ora_cpu_level_name(call->cpu_level);
    t->device = call->device;
}

static void add_score(cJSON *json, const char *key, const ora_eval_score *s)
{
    cJSON *o = cJSON_AddObjectToObject(json, key);

    (void)cJSON_AddNumberToObject(o, "full_db", s->full);
    (void)cJSON_AddNumberToObject(o, "head_db", s->head);
    (void)cJSON_AddNumberToObject(o, "mouth_db", s->mouth);
    (void)cJSON_AddNumberToObject(o, "mouth_worst_tenth_db", s->mouth_worst_tenth);
    (void)cJSON_AddNumberToObject(o, "eyes_db", s->eyes);
    (void)cJSON_AddNumberToObject(o, "face_db", s->face);
    (void)cJSON_AddNumberToObject(o, "frames", s->n_frames);
}

static orator_status report(const ora_call *call, const ora_train_report *r)
{
    const train_config *config = call->config;
    cJSON *json;

    if (!call->is_json) {
        (void)printf("%s: %" PRId64 " steps in %.1f s", config->out, r->n_steps, r->train_sec);
        if (r->has_scores)
            (void)printf("; %d held-out frames: full %.2f dB, head %.2f, mouth %.2f, eyes %.2f",
                         r->tracked.n_frames, r->tracked.full, r->tracked.head, r->tracked.mouth,
                         r->tracked.eyes);
        (void)putchar('\n');
        return ORATOR_OK;
    }
    json = ora_json_output_new("train", 1);
    ora_json_add_text(json, "kind", "field");
    ora_json_add_text(json, "out", config->out);
    (void)cJSON_AddNumberToObject(json, "steps", (double)r->n_steps);
    (void)cJSON_AddNumberToObject(json, "train_sec", r->train_sec);
    (void)cJSON_AddNumberToObject(json, "samples", (double)r->n_samples);
    (void)cJSON_AddNumberToObject(json, "head_coverage", r->head_coverage);
    if (r->has_scores) {
        add_score(json, "torso_tracked", &r->tracked);
        add_score(json, "torso_predicted", &r->predicted);
        add_score(json, "nearest_frame", &r->floor);
        if (r->fitted.n_frames > 0)
            add_score(json, "poses_fitted", &r->fitted);
    }
    return ora_json_output_print(&json);
}

static orator_status run(ora_call *call)
{
    const train_config *c = call->config;
    ora_field_train_params p = {.subject = call->words[1], .model = c->out};
    ora_train_report result;
    char *yaml = NULL;
    orator_status st;

    if (strcmp(call->words[0], "field") != 0)
        return ora_fail(ORATOR_E_INVALID, "train '%s': want 'field'", call->words[0]);
    if (!c->out)
        return ora_fail(ORATOR_E_INVALID, "train field '%s': where to? give --out", p.subject);
    fill_train(&p.train, call);
    ORA_TRY(ora_budget_parse(&p.train.budget_sec, &p.train.budget_steps, c->budget));
    p.data.size = c->size;
    p.data.n_hull = c->grid_hull;
    p.data.seed = p.train.seed;
    p.data.pose_noise_deg = c->pose_noise;
    p.data.is_gaze_off = !c->gaze;
    ORA_TRY(ora_ram_parse(&p.data.ram_bytes, c->ram));
    ORA_TRY(ora_yaml_config_print(&yaml, call->sets, call->n_sets));
    p.run_yaml = yaml;
    ORA_TRY(ora_field_train_subject(&result, call->ctx, &p));
    st = report(call, &result);

done:
    free(yaml);
    return st;
}

const ora_verb ora_verb_train = {
    .name = "train",
    .summary = "make a model of one person",
    .words = "field SUBJECT",
    .text = "Trains the picture model of the person in a subject folder: head, torso and the way "
            "both move, from the frames that are not held out, within the time given. The model "
            "folder gets field.safetensors, which is all that rendering needs, a checkpoint, "
            "metrics.csv, previews and the effective configuration. A run that was stopped or "
            "killed goes on from its checkpoint when it is started again. A budget in time counts "
            "steps and previews, not the reading of the clip nor the scores at the end.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(train_config),
    .min_words = 2,
    .max_words = 2,
    .run = run,
};
