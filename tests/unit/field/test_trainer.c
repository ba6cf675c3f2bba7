#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "field/checkpoint.h"
#include "field/engine_open.h"
#include "field/trainer.h"
#include "support/make_training_set.h"

enum { SIZE = 48, FRAMES = 32, STEPS = 120 };

static void make(ora_training_set *set)
{
    const test_scene scene = {.size = SIZE, .n_frames = FRAMES, .n_hull = 32};

    test_training_set_make(set, &scene);
}

static ora_train_config config_of(int64_t n_steps)
{
    ora_train_config c = ora_train_config_default();

    c.budget_sec = 0;
    c.budget_steps = n_steps;
    c.grid_levels = 4;
    c.grid_coarse = 8;
    c.sampler.n_head_rays = 512;
    c.sampler.n_torso_rays = 128;
    c.sampler.n_frames = 4;
    c.patch_share = 0.2;
    return c;
}

static orator_status train(ora_train_report *report, const char *folder, const ora_train_config *c,
                           int n_threads, void (*change)(ora_training_set *))
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;
    ora_training_set set;
    orator_status st;

    p.n_threads = n_threads;
    CHECK_OK(orator_context_open(&ctx, &p));
    make(&set);
    if (change)
        change(&set);
    st = ora_field_train(report, ctx, &set, folder, c);
    ora_training_set_clear(&set);
    orator_context_close(&ctx);
    return st;
}

static char *file_of(const char *folder, const char *name)
{
    char *path = ora_path_join(test_path(folder), name);

    CHECK(path);
    return path;
}

static void check_same_file(const char *a, const char *b, const char *name)
{
    char *path_a = file_of(a, name), *path_b = file_of(b, name);
    unsigned char *x = NULL, *y = NULL;
    size_t n_x = 0, n_y = 0;

    CHECK_OK(ora_file_read_all(&x, &n_x, path_a, 1 << 26));
    CHECK_OK(ora_file_read_all(&y, &n_y, path_b, 1 << 26));
    CHECK(n_x == n_y && memcmp(x, y, n_x) == 0);
    free(x);
    free(y);
    free(path_a);
    free(path_b);
}

/* All tensors of two checkpoints but the seconds among the counters. */
static void check_same_state(const char *a, const char *b)
{
    char *path_a = file_of(a, "train.state.safetensors");
    char *path_b = file_of(b, "train.state.safetensors");
    ora_safetensors *x = NULL, *y = NULL;

    CHECK_OK(ora_safetensors_open(&x, path_a));
    CHECK_OK(ora_safetensors_open(&y, path_b));
    CHECK_I64(ora_safetensors_count(x), ora_safetensors_count(y));
    for (int32_t i = 0; i < ora_safetensors_count(x); i++) {
        const ora_tensor_entry *e = ora_safetensors_at(x, i);
        const ora_tensor_entry *f = ora_safetensors_find(y, e->name);
        unsigned char *p = calloc(e->n_bytes, 1), *q = calloc(e->n_bytes, 1);

        CHECK(p && q && f && f->n_bytes == e->n_bytes);
        CHECK_OK(ora_safetensors_read(x, e, p));
        CHECK_OK(ora_safetensors_read(y, f, q));
        if (strcmp(e->name, "counters") == 0)
            memset(p + 8 * ORA_COUNT_SECONDS, 0, 8), memset(q + 8 * ORA_COUNT_SECONDS, 0, 8);
        if (memcmp(p, q, e->n_bytes) != 0)
            test_fail(__FILE__, __LINE__, "tensor '%s' differs", e->name);
        free(p);
        free(q);
    }
    ora_safetensors_close(&x);
    ora_safetensors_close(&y);
    free(path_a);
    free(path_b);
}

TEST(trainer, learns_the_scene)
{
    const ora_train_config c = config_of(600);
    ora_train_report r;

    CHECK_OK(train(&r, test_path("learn"), &c, 2, NULL));
    CHECK_I64(r.n_steps, 600);
    CHECK(r.has_scores && r.tracked.n_frames == FRAMES / 8);
    CHECK(r.head_coverage > 0.9);
    /* beside a copy of the nearest frame, which the swaying torso does not beat in 600 steps */
    CHECK(r.tracked.head > r.floor.head + 1 && r.predicted.head > r.floor.head + 1);
    CHECK(r.tracked.mouth > r.floor.mouth + 8);
    CHECK(r.n_samples > 600 * 512 * 4);
}

TEST(trainer, one_two_and_three_threads_make_the_same_model)
{
    const ora_train_config c = config_of(STEPS);
    ora_train_report r;

    CHECK_OK(train(&r, test_path("t1"), &c, 1, NULL));
    CHECK_OK(train(&r, test_path("t2"), &c, 2, NULL));
    CHECK_OK(train(&r, test_path("t3"), &c, 3, NULL));
    check_same_file("t1", "t2", "field.safetensors");
    check_same_file("t1", "t3", "field.safetensors");
    check_same_state("t1", "t2");
    check_same_state("t1", "t3");
}

/* A checkpoint of "whole" put in the latest one's place in `folder`: that run ends the same. */
static void check_goes_on(const ora_train_config *c, const char *checkpoint, const char *folder)
{
    char *kept = file_of("whole", checkpoint);
    char *latest = file_of(folder, "train.state.safetensors");
    unsigned char *bytes = NULL;
    size_t n = 0;
    ora_train_report r;

    CHECK_OK(ora_file_read_all(&bytes, &n, kept, 1 << 26));
    CHECK_OK(ora_folder_make(test_path(folder)));
    test_write(latest, bytes, n);
    CHECK_OK(train(&r, test_path(folder), c, 2, NULL));
    CHECK_I64(r.n_steps, STEPS);
    check_same_file("whole", folder, "field.safetensors");
    free(bytes);
    free(kept);
    free(latest);
}

TEST(trainer, half_a_run_and_its_resume_are_the_whole_run)
{
    ora_train_config c = config_of(STEPS);
    ora_train_report r;

    c.keep_every = STEPS / 2;
    CHECK_OK(train(&r, test_path("whole"), &c, 2, NULL));
    check_goes_on(&c, "train.000060.safetensors", "half");
    check_same_state("whole", "half");
    check_goes_on(&c, "train.best.safetensors", "best");
}

/* An engine that calls a step bad `n_bad_steps` times, from step `bad_from` on. */
static ora_field_engine_ops faulty_ops;
static const ora_field_engine_ops *true_ops;
static int64_t bad_from, n_bad_steps, n_tried;

static orator_status faulty_step(ora_field_engine *e, const ora_field_batch *b, ora_field_result *r)
{
    if (b->i_step >= bad_from && n_bad_steps > 0) {
        float *errors = r->ray_sq_error;

        n_bad_steps--;
        n_tried++;
        *r = (ora_field_result){.n_bad = 3, .ray_sq_error = errors};
        return ORATOR_OK;
    }
    return true_ops->step(e, b, r);
}

static orator_status open_faulty(ora_field_engine **out, orator_context *ctx, orator_device device,
                                 const char *cpu_mask, const ora_field_engine_params *params)
{
    CHECK_OK(ora_field_engine_open(out, ctx, device, cpu_mask, params));
    true_ops = (*out)->ops;
    faulty_ops = *true_ops;
    faulty_ops.step = faulty_step;
    (*out)->ops = &faulty_ops;
    return ORATOR_OK;
}

TEST(trainer, bad_values_roll_back_and_slow_down)
{
    ora_train_config c = config_of(40);
    ora_train_report r;

    c.open_engine = open_faulty;
    bad_from = 20;
    n_bad_steps = 3;
    n_tried = 0;
    CHECK_OK(train(&r, test_path("bad"), &c, 2, NULL));
    CHECK_I64(r.n_steps, 40);
    CHECK_I64(n_tried, 3);
    n_bad_steps = 100;
    n_tried = 0;
    CHECK_STATUS(train(&r, test_path("worse"), &c, 2, NULL), ORATOR_E_INTERNAL);
    CHECK_ERROR_HAS("not finite");
    CHECK_I64(n_tried, 6);
}

/* An engine that learns nothing and reports a loss that is high from step `bad_from` on. */
static int64_t last_step, back_from[8], back_to[8];
static int n_backs;

static orator_status diverging_step(ora_field_engine *e, const ora_field_batch *b,
                                    ora_field_result *r)
{
    (void)e;
    if (b->i_step <= last_step && n_backs < 8) {
        back_from[n_backs] = last_step;
        back_to[n_backs++] = b->i_step - 1;
    }
    last_step = b->i_step;
    r->n_weighted = 1000;
    r->sq_error = b->i_step >= bad_from ? 100 : 1;
    return ORATOR_OK;
}

static orator_status open_diverging(ora_field_engine **out, orator_context *ctx,
                                    orator_device device, const char *cpu_mask,
                                    const ora_field_engine_params *params)
{
    CHECK_OK(open_faulty(out, ctx, device, cpu_mask, params));
    faulty_ops.step = diverging_step;
    return ORATOR_OK;
}

/* Neither the state amid high losses (step 1000) nor a kept checkpoint (700) is gone back to. */
TEST(trainer, a_growing_loss_leads_back_to_before_it_grew)
{
    ora_train_config c = config_of(1300);
    ora_train_report r;

    c.open_engine = open_diverging;
    c.allow_empty = true;
    c.patch_share = 0;
    c.keep_every = 700;
    c.sampler.n_head_rays = 256;
    c.sampler.n_torso_rays = 0;
    bad_from = 950;
    last_step = n_backs = 0;
    CHECK_OK(train(&r, test_path("diverged"), &c, 2, NULL));
    CHECK_I64(r.n_steps, 1300);
    CHECK_I64(n_backs, ORA_MAX_DIVERGED);
    for (int i = 0; i < n_backs; i++) {
        CHECK_I64(back_to[i], 500);
        CHECK(back_from[i] >= 1149 && back_from[i] < 1200);
    }
}

static void poison(ora_training_set *set)
{
    for (int i = 0; i < 3 * SIZE * SIZE; i += 17)
        set->background[i] = NAN;
}

TEST(trainer, a_poisoned_plate_is_an_error_and_not_a_model)
{
    const ora_train_config c = config_of(40);
    char *path = file_of("poison", "field.safetensors");
    ora_train_report r;

    CHECK_STATUS(train(&r, test_path("poison"), &c, 2, poison), ORATOR_E_INTERNAL);
    CHECK(!ora_file_exists(path));
    free(path);
}

static orator_context *to_cancel;

static orator_status open_cancelling(ora_field_engine **out, orator_context *ctx,
                                     orator_device device, const char *cpu_mask,
                                     const ora_field_engine_params *params)
{
    to_cancel = ctx;
    return open_faulty(out, ctx, device, cpu_mask, params);
}

static orator_status cancelling_step(ora_field_engine *e, const ora_field_batch *b,
                                     ora_field_result *r)
{
    if (b->i_step == STEPS / 3)
        orator_context_cancel(to_cancel);
    return true_ops->step(e, b, r);
}

static orator_status open_stopping(ora_field_engine **out, orator_context *ctx,
                                   orator_device device, const char *cpu_mask,
                                   const ora_field_engine_params *params)
{
    CHECK_OK(open_cancelling(out, ctx, device, cpu_mask, params));
    faulty_ops.step = cancelling_step;
    return ORATOR_OK;
}

TEST(trainer, a_stopped_run_is_saved_and_ends_as_if_it_had_not_been)
{
    ora_train_config c = config_of(STEPS);
    char *path = file_of("stop", "train.state.safetensors");
    ora_train_report r;

    c.open_engine = open_stopping;
    CHECK_STATUS(train(&r, test_path("stop"), &c, 2, NULL), ORATOR_E_CANCELLED);
    CHECK(ora_file_exists(path));
    free(path);
    c.open_engine = NULL;
    CHECK_OK(train(&r, test_path("stop"), &c, 2, NULL));
    CHECK_I64(r.n_steps, STEPS);
    CHECK_OK(train(&r, test_path("unstopped"), &c, 2, NULL));
    check_same_file("stop", "unstopped", "field.safetensors");
    check_same_state("stop", "unstopped");
}

static void change_subject(ora_training_set *set)
{
    set->subject_id[0] = 'w';
}

TEST(trainer, a_checkpoint_of_someone_else_is_refused_unless_told_to_begin_anew)
{
    ora_train_config c = config_of(10);
    ora_train_report r;

    c.allow_empty = true;
    CHECK_OK(train(&r, test_path("mine"), &c, 2, NULL));
    CHECK_STATUS(train(&r, test_path("mine"), &c, 2, change_subject), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("subject_id");
    c.restart = true;
    CHECK_OK(train(&r, test_path("mine"), &c, 2, change_subject));
}

static void change_pose(ora_training_set *set)
{
    set->pose[3] += 0.01f;
}

static void change_condition(ora_training_set *set)
{
    set->cond.side_scale[0] += 1.0f;
}

TEST(trainer, a_checkpoint_of_other_data_is_refused_and_touches_nothing)
{
    ora_train_config c = config_of(10);
    char *yaml = file_of("data", "run.yaml");
    unsigned char *text = NULL;
    ora_train_report r;
    size_t n = 0;

    c.allow_empty = true;
    c.run_yaml = "first\n";
    CHECK_OK(train(&r, test_path("data"), &c, 2, NULL));
    c.run_yaml = "second\n";
    CHECK_STATUS(train(&r, test_path("data"), &c, 2, change_pose), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("--restart");
    CHECK_STATUS(train(&r, test_path("data"), &c, 2, change_condition), ORATOR_E_CHECKPOINT);
    CHECK_OK(ora_file_read_all(&text, &n, yaml, 100));
    CHECK(n == 6 && memcmp(text, "first\n", 6) == 0);
    free(text);
    free(yaml);
}

TEST(trainer, beginning_anew_leaves_nothing_of_the_run_before)
{
    static const char *const ours[] = {"field.safetensors", "train.best.safetensors",
                                       "train.000007.safetensors", "previews/000007.png"};
    static const char *const theirs[] = {"train.mine.safetensors", "notes.txt", "previews/a.png"};
    ora_train_config c = config_of(10);
    ora_train_report r;

    CHECK_OK(ora_folder_make(test_path("anew/previews")));
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        char *path = file_of("anew", ours[i]);

        test_write(path, "x", 1);
        free(path);
    }
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        char *path = file_of("anew", theirs[i]);

        test_write(path, "x", 1);
        free(path);
    }
    CHECK_STATUS(train(&r, test_path("anew"), &c, 2, poison), ORATOR_E_INTERNAL);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        char *path = file_of("anew", ours[i]);

        CHECK(!ora_file_exists(path));
        free(path);
    }
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        char *path = file_of("anew", theirs[i]);

        CHECK(ora_file_exists(path));
        free(path);
    }
}

/* A budget that is over before it began is still a step, and a field that can be rendered. */
TEST(trainer, the_smallest_budget_is_one_step)
{
    ora_train_config c = config_of(0);
    ora_train_report r;

    c.budget_sec = 1e-6;
    c.allow_empty = true;
    CHECK_OK(train(&r, test_path("moment"), &c, 2, NULL));
    CHECK_I64(r.n_steps, 1);
}

static void empty_hull(ora_training_set *set)
{
    memset(set->hull, 0, (size_t)set->n_hull * (size_t)set->n_hull * (size_t)set->n_hull);
}

TEST(trainer, a_field_without_a_head_is_refused_unless_allowed)
{
    ora_train_config c = config_of(30);
    char *path = file_of("empty", "field.safetensors");
    ora_train_report r;

    CHECK_STATUS(train(&r, test_path("empty"), &c, 2, empty_hull), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("shows no head");
    CHECK(!ora_file_exists(path));
    c.allow_empty = true;
    CHECK_OK(train(&r, test_path("empty"), &c, 2, empty_hull));
    CHECK(ora_file_exists(path));
    free(path);
}

TEST(trainer, odd_settings_are_refused)
{
    ora_train_config c = config_of(30);
    ora_train_report r;

    c.n_samples = 17;
    CHECK_STATUS(train(&r, test_path("odd"), &c, 1, NULL), ORATOR_E_INVALID);
    c = config_of(30);
    c.grid_levels = 12;
    CHECK_STATUS(train(&r, test_path("odd"), &c, 1, NULL), ORATOR_E_INVALID);
    c = config_of(30);
    c.budget_steps = 0;
    CHECK_STATUS(train(&r, test_path("odd"), &c, 1, NULL), ORATOR_E_INVALID);
}
