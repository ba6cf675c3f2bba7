#include "engine_rig.h"

#include "support/work_share.h"

enum { STEPS = WORK_SHARE(20, 6) };

TEST(cpu_engine, threads_do_not_change_a_bit)
{
    rig *one = rig_open(1);

    train_all(&one->batch);
    for (int i = 1; i <= STEPS; i++)
        rig_step(one, i);
    for (int n = 2; n <= 3; n++) {
        rig *many = rig_open(n);

        train_all(&many->batch);
        for (int i = 1; i <= STEPS; i++)
            rig_step(many, i);
        check_same(one, many);
        check_same_notes(one, many);
        CHECK(one->result.loss == many->result.loss);
        CHECK(one->result.n_samples == many->result.n_samples);
        rig_close(many);
    }
    rig_close(one);
}

/* Three steps, the second after cells were dropped; few rays, for processors that are emulated. */
static rig *short_training(ora_cpu_level level)
{
    rig *r = rig_open_at(1, level);
    int64_t n_kept;

    train_all(&r->batch);
    r->batch.n_rays = 70;
    rig_step(r, 1);
    CHECK_OK(r->e->ops->prune(r->e, 0.05f, 0.5f, &n_kept));
    rig_step(r, 2);
    rig_step(r, 3);
    CHECK_I64(r->result.n_bad, 0);
    return r;
}

TEST(cpu_engine, every_instruction_set_takes_the_same_steps)
{
    const int best = (int)ora_cpu_level_detect();
    rig *want;

    if (best == ORA_CPU_SCALAR)
        SKIP("this processor has no AVX2 with FMA");
    want = short_training(ORA_CPU_SCALAR);
    for (int level = ORA_CPU_AVX2; level <= best; level++) {
        rig *have = short_training((ora_cpu_level)level);

        check_same(have, want);
        check_same_notes(have, want);
        CHECK(memcmp(&have->result.loss, &want->result.loss, sizeof want->result.loss) == 0);
        rig_close(have);
    }
    rig_close(want);
}

static void copy_state(const rig *to, const rig *from)
{
    for (ora_field_block i = 0; i < ORA_BLOCK_COUNT; i++)
        for (ora_field_which w = ORA_WHICH_VALUE; w <= ORA_WHICH_AVERAGE; w++) {
            float *x;

            if (!is_kept(i, w))
                continue;
            x = copy_of(from, i, w);
            CHECK_OK(to->e->ops->set(to->e, i, w, x));
            free(x);
        }
}

TEST(cpu_engine, goes_on_from_saved_blocks_with_the_same_bits)
{
    rig *whole = rig_open(2);
    rig *resumed = rig_open(1);
    const int64_t n = whole->params.n_occupancy;
    uint8_t *cells = calloc((size_t)(n * n * n), 1);
    int64_t n_kept;
    float *notes;

    CHECK(cells != NULL);
    train_all(&whole->batch);
    resumed->batch = whole->batch;
    for (int i = 1; i <= STEPS / 2; i++)
        rig_step(whole, i);
    CHECK_OK(whole->e->ops->prune(whole->e, 0.05f, 0.5f, &n_kept));
    copy_state(resumed, whole);
    notes = notes_of(whole);
    CHECK_OK(resumed->e->ops->set_weights(resumed->e, notes));
    CHECK_OK(whole->e->ops->get_occupancy(whole->e, cells));
    CHECK_OK(resumed->e->ops->set_occupancy(resumed->e, cells));
    for (int i = STEPS / 2 + 1; i <= STEPS; i++) {
        rig_step(whole, i);
        rig_step(resumed, i);
    }
    check_same(whole, resumed);
    check_same_notes(whole, resumed);
    free(notes);
    free(cells);
    rig_close(whole);
    rig_close(resumed);
}

TEST(cpu_engine, takes_no_step_where_a_value_is_not_finite)
{
    rig *hurt = rig_open(2);
    rig *healthy = rig_open(2);

    train_all(&hurt->batch);
    healthy->batch = hurt->batch;
    for (int i = 1; i <= 3; i++) {
        rig_step(hurt, i);
        rig_step(healthy, i);
    }
    synthetic_draw(&hurt->batch, hurt->rays, hurt->frames, &hurt->scene, 4);
    hurt->rays[RAYS / 2].target[1] = NAN;
    CHECK_OK(hurt->e->ops->step(hurt->e, &hurt->batch, &hurt->result));
    CHECK(hurt->result.n_bad > 0);
    check_same(hurt, healthy);
    check_same_notes(hurt, healthy);
    hurt->rays[RAYS / 2].target[1] = 0;
    hurt->batch.is_grad_given = true;
    hurt->rays[7].grad[0] = INFINITY;
    CHECK_OK(hurt->e->ops->step(hurt->e, &hurt->batch, &hurt->result));
    CHECK(hurt->result.n_bad > 0);
    check_same(hurt, healthy);
    /* nothing of it is left behind either */
    hurt->batch.is_grad_given = false;
    for (int i = 4; i <= 6; i++) {
        rig_step(hurt, i);
        rig_step(healthy, i);
    }
    CHECK_I64(hurt->result.n_bad, 0);
    check_same(hurt, healthy);
    rig_close(hurt);
    rig_close(healthy);
}

TEST(cpu_engine, forward_sees_what_the_step_sees)
{
    rig *r = rig_open(2);
    float rgb[RAYS][3];
    float sq_error[RAYS];
    double sum = 0;

    r->result.ray_sq_error = sq_error;
    for (int i = 1; i <= 5; i++)
        rig_step(r, i);
    synthetic_draw(&r->batch, r->rays, r->frames, &r->scene, 6);
    CHECK_OK(r->e->ops->forward(r->e, &r->batch, rgb[0]));
    CHECK_OK(r->e->ops->step(r->e, &r->batch, &r->result));
    for (int i = 0; i < RAYS; i++) {
        double want = 0;

        for (int c = 0; c < 3; c++) {
            const double d = (double)rgb[i][c] - (double)r->rays[i].target[c];

            want += d * d / 3;
        }
        CHECK_NEAR(sq_error[i], want, 1e-6 * want + 1e-12);
        sum += want;
    }
    CHECK_NEAR(r->result.sq_error, sum, 1e-5 * sum);
    rig_close(r);
}

/* Gradients given by hand that are those of the loss take the very same step. */
TEST(cpu_engine, given_gradients_replace_the_colour_loss)
{
    rig *loss = rig_open(1);
    rig *given = rig_open(1);
    float rgb[RAYS][3];
    float *x;
    float *y;
    double worst = 0;

    synthetic_draw(&loss->batch, loss->rays, loss->frames, &loss->scene, 1);
    synthetic_draw(&given->batch, given->rays, given->frames, &given->scene, 1);
    CHECK_OK(given->e->ops->forward(given->e, &given->batch, rgb[0]));
    for (int i = 0; i < RAYS; i++)
        for (int c = 0; c < 3; c++)
            given->rays[i].grad[c] = 2 * (rgb[i][c] - given->rays[i].target[c]);
    given->batch.is_grad_given = true;
    CHECK_OK(loss->e->ops->step(loss->e, &loss->batch, &loss->result));
    CHECK_OK(given->e->ops->step(given->e, &given->batch, &given->result));
    CHECK(given->result.colour_loss == 0);
    CHECK(given->result.matte_loss == loss->result.matte_loss);
    x = copy_of(loss, ORA_BLOCK_THETA, ORA_WHICH_MOMENT1);
    y = copy_of(given, ORA_BLOCK_THETA, ORA_WHICH_MOMENT1);
    for (int64_t i = 0; i < length_of(loss, ORA_BLOCK_THETA, ORA_WHICH_MOMENT1); i++)
        worst = fmax(worst, fabs((double)x[i] - (double)y[i]));
    CHECK(worst < 1e-5);
    free(x);
    free(y);
    rig_close(loss);
    rig_close(given);
}

TEST(cpu_engine, rates_of_zero_freeze_a_block)
{
    rig *r = rig_open(2);
    rig *still = rig_open(1);

    r->batch.rates = (ora_field_rates){.beta1 = 0.9f, .beta2 = 0.99f, .average = 0.5f};
    for (int i = 1; i <= 3; i++)
        rig_step(r, i);
    check_same(r, still);
    rig_close(r);
    rig_close(still);
}

/* Averages of numbers that no gradient reaches go on too: recomputed here from the values. */
TEST(cpu_engine, averages_follow_the_values)
{
    rig *r = rig_open(2);
    const int64_t n = ora_field_block_size(&r->params, ORA_BLOCK_GRID);
    double *want = calloc((size_t)n, sizeof *want);
    float *x;
    double worst = 0;

    CHECK(want != NULL);
    x = copy_of(r, ORA_BLOCK_GRID, ORA_WHICH_VALUE);
    for (int64_t i = 0; i < n; i++)
        want[i] = (double)x[i];
    free(x);
    for (int s = 1; s <= 8; s++) {
        r->batch.rates.average = s == 5 ? 1 : 0.8f;
        rig_step(r, s);
        x = copy_of(r, ORA_BLOCK_GRID, ORA_WHICH_VALUE);
        for (int64_t i = 0; s != 5 && i < n; i++)
            want[i] = (double)0.8f * want[i] + (1 - (double)0.8f) * (double)x[i];
        free(x);
    }
    x = copy_of(r, ORA_BLOCK_GRID, ORA_WHICH_AVERAGE);
    for (int64_t i = 0; i < n; i++)
        worst = fmax(worst, fabs((double)x[i] - want[i]));
    CHECK(worst < 1e-6);
    r->batch.rates.average = 0;
    rig_step(r, 9);
    free(x);
    x = copy_of(r, ORA_BLOCK_GRID, ORA_WHICH_AVERAGE);
    {
        float *y = copy_of(r, ORA_BLOCK_GRID, ORA_WHICH_VALUE);

        CHECK(memcmp(x, y, (size_t)n * sizeof *x) == 0);
        free(y);
    }
    free(x);
    free(want);
    rig_close(r);
}

TEST(cpu_engine, average_is_the_value_until_a_step)
{
    rig *r = rig_open(1);
    const int64_t n = r->params.model.n_theta;
    float *x = copy_of(r, ORA_BLOCK_THETA, ORA_WHICH_VALUE);
    float *y = copy_of(r, ORA_BLOCK_THETA, ORA_WHICH_AVERAGE);

    CHECK(memcmp(x, y, (size_t)n * sizeof *x) == 0);
    /* an average that has been set stays, whichever of the two comes first */
    for (int64_t i = 0; i < n; i++)
        y[i] += 1;
    CHECK_OK(r->e->ops->set(r->e, ORA_BLOCK_THETA, ORA_WHICH_AVERAGE, y));
    CHECK_OK(r->e->ops->set(r->e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, x));
    free(x);
    x = copy_of(r, ORA_BLOCK_THETA, ORA_WHICH_AVERAGE);
    CHECK(memcmp(x, y, (size_t)n * sizeof *x) == 0);
    free(x);
    free(y);
    rig_close(r);
}

static void check_refused(rig *r, const char *why)
{
    CHECK_STATUS(r->e->ops->step(r->e, &r->batch, &r->result), ORATOR_E_INVALID);
    CHECK_ERROR_HAS(why);
    synthetic_draw(&r->batch, r->rays, r->frames, &r->scene, 1);
}

TEST(cpu_engine, refuses_batches_it_was_not_opened_for)
{
    rig *r = rig_open(1);

    synthetic_draw(&r->batch, r->rays, r->frames, &r->scene, 1);
    r->batch.n_rays = RAYS + 1;
    check_refused(r, "1001 rays");
    r->batch.n_rays = RAYS;
    r->batch.n_samples = SAMPLES + 1;
    check_refused(r, "7 samples");
    r->batch.n_samples = SAMPLES;
    r->frames[2].id = FRAMES;
    check_refused(r, "frame 6, want 0..5");
    r->frames[2].id = 1;
    check_refused(r, "frame 1 twice");
    r->rays[5].frame = -1;
    check_refused(r, "ray 5");
    r->frames[3].cond[0][1] = NAN;
    check_refused(r, "frame 3, whose condition");
    r->batch.n_levels = 5;
    check_refused(r, "5 grid levels");
    r->batch.n_levels = 4;
    r->batch.i_step = 0;
    check_refused(r, "step number 0");
    CHECK_OK(r->e->ops->step(r->e, &r->batch, &r->result));
    rig_close(r);
}

TEST(cpu_engine, refuses_models_that_do_not_fit)
{
    rig *r = rig_open(1);
    ora_field_engine *e = NULL;
    ora_field_engine_params p = r->params;

    p.n_occupancy = 30;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    p = r->params;
    p.model.head.level[2].n_entries++;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("head grid: level 2");
    p = r->params;
    p.model.layer[ORA_LAYER_DEN2].weight += 16;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    p = r->params;
    p.model.head.n_planes = 1;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    p = r->params;
    p.max_samples = 17;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    p = r->params;
    p.box.size[1] = NAN;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    p = r->params;
    p.camera.height = 0;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("camera of 64x0");
    p = r->params;
    p.camera.focal = -1;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("focal");
    p = r->params;
    CHECK_STATUS(ora_cpu_engine_open(&e, NULL, (ora_cpu_level)4, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("instruction set 4");
    CHECK(e == NULL);
    rig_close(r);
}

static orator_status step_in_chunk(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                   int i_thread)
{
    rig *const *rigs = arg;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++) {
        rig_step(rigs[i], 1);
        CHECK(synthetic_psnr(rigs[i]->e, &rigs[i]->scene, 0, ORA_WHICH_VALUE) > 0);
    }
    return ORATOR_OK;
}

/* Each engine has one thread; the pool around them numbers its own from 0 to 3. */
TEST(cpu_engine, works_inside_a_chunk_of_a_larger_pool)
{
    enum { RIGS = WORK_SHARE(8, 4) };
    rig *rigs[RIGS];
    ora_pool *outer = NULL;

    for (int i = 0; i < RIGS; i++)
        rigs[i] = rig_open(1);
    CHECK_OK(ora_pool_open(&outer, 4));
    CHECK_OK(ora_pool_run(outer, RIGS, 1, step_in_chunk, rigs));
    ora_pool_close(&outer);
    for (int i = 1; i < RIGS; i++)
        check_same(rigs[0], rigs[i]);
    for (int i = 0; i < RIGS; i++)
        rig_close(rigs[i]);
}

TEST(cpu_engine, renders_without_memory_for_training)
{
    rig *r = rig_open(1);
    ora_field_engine_params p = r->params;
    ora_field_engine *e;
    float *theta = copy_of(r, ORA_BLOCK_THETA, ORA_WHICH_VALUE);

    p.n_frames = 0;
    p.max_rays = 0;
    CHECK_OK(ora_cpu_engine_open(&e, NULL, ora_cpu_level_detect(), &p));
    synthetic_init(e, &p, &r->scene, 3);
    CHECK_NEAR(synthetic_psnr(e, &r->scene, 1, ORA_WHICH_AVERAGE),
               synthetic_psnr(r->e, &r->scene, 1, ORA_WHICH_VALUE), 0);
    CHECK_STATUS(e->ops->set(e, ORA_BLOCK_THETA, ORA_WHICH_MOMENT1, theta), ORATOR_E_INVALID);
    synthetic_draw(&r->batch, r->rays, r->frames, &r->scene, 1);
    CHECK_STATUS(e->ops->step(e, &r->batch, &r->result), ORATOR_E_INVALID);
    CHECK_STATUS(e->ops->get_weights(e, theta), ORATOR_E_INVALID);
    CHECK_STATUS(r->e->ops->set(r->e, ORA_BLOCK_POSE, ORA_WHICH_AVERAGE, theta), ORATOR_E_INVALID);
    e->ops->close(e);
    free(theta);
    rig_close(r);
}
