#include "pipeline/inspect_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "field/engine_open.h"
#include "field/field_coverage.h"
#include "field/field_file_impl.h"
#include "formats/json_file.h"
#include "pipeline/json_members.h"

bool ora_inspect_field_is(const char *path)
{
    ora_safetensors *s = NULL;
    const char *format;
    bool is_field;

    if (ora_file_is_folder(path)) {
        char *inside = ora_path_join(path, "field.safetensors");

        is_field = inside && ora_file_exists(inside);
        free(inside);
        return is_field;
    }
    if (!ora_text_same_nocase(ora_path_extension(path), ".safetensors") ||
        ora_safetensors_open(&s, path) != ORATOR_OK)
        return false;
    format = ora_safetensors_meta(s, ORA_FIELD_META_FORMAT);
    is_field = format && strcmp(format, ORA_FIELD_FORMAT) == 0;
    ora_safetensors_close(&s);
    return is_field;
}

/* The shortest number that is this float: 10.8, not 10.800000190734863. */
static double shortest(ora_real v)
{
    double out = (double)v;
    char text[32];

    ora_text_from_f32(text, v);
    (void)ora_text_to_f64(&out, text);
    return out;
}

static void add_numbers(cJSON *o, const char *key, const ora_real *v, int n)
{
    cJSON *array = cJSON_AddArrayToObject(o, key);

    for (int i = 0; i < n; i++)
        (void)cJSON_AddItemToArray(array, cJSON_CreateNumber(shortest(v[i])));
}

/* null where nobody measured. */
static void add_psnr(cJSON *o, const char *key, double db)
{
    if (db > 0.0)
        ora_member_f64(o, key, round(100.0 * db) / 100.0);
    else
        (void)cJSON_AddNullToObject(o, key);
}

static void add_grid(cJSON *o, const char *key, const ora_grid *g)
{
    const ora_field_grid_spec s = ora_field_grid_spec_of(g);
    cJSON *grid = cJSON_AddObjectToObject(o, key);

    ora_member_i64(grid, "planes", g->n_planes);
    ora_member_i64(grid, "levels", s.levels);
    ora_member_i64(grid, "features", s.features);
    ora_member_i64(grid, "coarse_cells", s.coarse);
    ora_member_i64(grid, "fine_cells", s.fine);
    ora_member_known_i64(grid, "hash_entries", s.hash);
    ora_member_i64(grid, "numbers", ora_grid_floats(g));
}

static void add_size(cJSON *o, const ora_field_file *f)
{
    const int64_t n_cells = (int64_t)f->n_occupancy * f->n_occupancy * f->n_occupancy;
    int64_t n_occupied = 0;

    for (int64_t i = 0; i < n_cells; i++)
        n_occupied += f->occupancy[i];
    add_grid(o, "head_grid", &f->model.head);
    add_grid(o, "torso_grid", &f->model.torso);
    ora_member_i64(o, "layer_numbers", f->model.n_theta);
    ora_member_i64(o, "occupancy_cells", f->n_occupancy);
    ora_member_f64(o, "occupied_share", round(1e4 * (double)n_occupied / (double)n_cells) / 1e4);
}

static void add_clip(cJSON *o, const ora_field_file *f)
{
    int64_t n_posed = 0;

    for (int64_t i = 0; i < f->n_frames; i++)
        n_posed += !ora_pose_is_none(f->pose + 12 * i);
    ora_member_rational(o, "rate", f->rate);
    ora_member_i64(o, "frames", f->n_frames);
    ora_member_i64(o, "posed_frames", n_posed);
    ora_member_i64(o, "width", f->camera.width);
    ora_member_i64(o, "height", f->camera.height);
    ora_member_f64(o, "focal_px", shortest(f->camera.focal));
    add_numbers(o, "centre_px", f->camera.centre, 2);
    ora_member_colour(o, "colour", f->colour);
}

/* How much of a head it shows, which only rendering tells: too little work for more threads. */
static orator_status add_coverage(cJSON *o, const ora_field_file *f)
{
    ora_field_engine *e = NULL;
    double coverage;
    orator_status st;

    ORA_TRY(ora_field_file_engine(&e, NULL, (orator_device){.kind = ORATOR_DEVICE_CPU}, "", f));
    ORA_TRY(ora_field_coverage(&coverage, e, f));
    ora_member_f64(o, "head_coverage", round(1e3 * coverage) / 1e3);

done:
    ora_field_engine_close(&e);
    return st;
}

orator_status ora_inspect_field(cJSON *o, orator_context *ctx, const char *path)
{
    char condition[65];
    ora_field_file f = {0};
    char *file = NULL;
    cJSON *psnr;
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_field_file_find(&file, path));
    ORA_TRY(ora_field_file_read(&f, file));
    ora_field_condition_id(condition, &f.cond);
    ora_json_add_text(o, "subject_id", f.subject_id);
    ora_json_add_text(o, "clip_sha256", f.clip_hash);
    ora_json_add_text(o, "condition_sha256", condition);
    ora_json_add_text(o, "tool_version", f.tool_version);
    ora_member_i64(o, "steps", f.i_step);
    psnr = cJSON_AddObjectToObject(o, "psnr_db");
    add_psnr(psnr, "full", f.psnr_full);
    add_psnr(psnr, "head", f.psnr_head);
    add_psnr(psnr, "mouth", f.psnr_mouth);
    add_clip(o, &f);
    add_numbers(o, "box_min_mm", f.box.min, 3);
    add_numbers(o, "box_size_mm", f.box.size, 3);
    add_size(o, &f);
    st = add_coverage(o, &f);

done:
    ora_field_file_clear(&f);
    free(file);
    return st;
}
