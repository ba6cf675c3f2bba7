#include "support/check.h"

#include "field/schedule.h"

static ora_train_config config_of(int64_t n_steps)
{
    ora_train_config c = ora_train_config_default();

    c.budget_sec = 0;
    c.budget_steps = n_steps;
    return c;
}

static ora_train_moment at(const ora_train_config *c, int64_t i_step)
{
    return ora_schedule_at(c, i_step, (double)(i_step - 1) / (double)c->budget_steps);
}

TEST(schedule, rates_warm_up_stay_and_drop_at_the_end)
{
    const ora_train_config c = config_of(10000);

    CHECK_NEAR(at(&c, 1).rate_factor, 0.02, 1e-9);
    CHECK_NEAR(at(&c, 50).rate_factor, 1, 1e-9);
    CHECK_NEAR(at(&c, 8000).rate_factor, 1, 1e-9);
    CHECK_NEAR(at(&c, 9001).rate_factor, 0.5 * (1 + c.drop_to), 1e-6);
    CHECK_NEAR(ora_schedule_at(&c, 20000, 1).rate_factor, c.drop_to, 1e-9);
    for (int64_t i = 51; i < 10000; i++)
        CHECK(at(&c, i + 1).rate_factor <= at(&c, i).rate_factor);
}

TEST(schedule, levels_unlock_over_the_first_tenth)
{
    const ora_train_config c = config_of(10000);

    CHECK_I64(at(&c, 1).n_levels, 4);
    CHECK_I64(at(&c, 1001).n_levels, 8);
    for (int64_t i = 1; i < 10000; i++)
        CHECK(at(&c, i + 1).n_levels >= at(&c, i).n_levels && at(&c, i).n_levels <= 8);
}

TEST(schedule, poses_move_in_the_middle_coarse_levels_first)
{
    ora_train_config c = config_of(10000);

    CHECK(at(&c, 999).pose_factor == 0 && at(&c, 999).n_pose_levels == 0);
    CHECK_NEAR(at(&c, 1001).pose_factor, 1, 1e-9);
    CHECK_I64(at(&c, 1001).n_pose_levels, 3);
    CHECK_I64(at(&c, 7000).n_pose_levels, 8);
    CHECK(at(&c, 8002).pose_factor == 0);
    c.pose_to = c.pose_from;
    for (int64_t i = 1; i < 10000; i += 13)
        CHECK(at(&c, i).pose_factor == 0);
}

TEST(schedule, the_hull_lasts_a_while_and_patches_come_last)
{
    const ora_train_config c = config_of(10000), tiny = config_of(60);
    int n_prunes = 0, n_patches = 0;

    CHECK(at(&c, 149).prune == ORA_PRUNE_NOT && at(&c, 150).prune == ORA_PRUNE_FORGET);
    CHECK(at(&c, 300).prune == ORA_PRUNE_CELLS && at(&c, 1050).prune == ORA_PRUNE_CELLS);
    CHECK(at(&c, 1201).prune == ORA_PRUNE_NOT && at(&c, 1200).prune == ORA_PRUNE_CELLS);
    for (int64_t i = 1; i <= 10000; i++) {
        n_prunes += at(&c, i).prune == ORA_PRUNE_CELLS;
        n_patches += at(&c, i).is_patch;
        CHECK(!at(&c, i).is_patch || i > 9000);
    }
    CHECK_I64(n_prunes, 59);
    CHECK_I64(n_patches, 500);
    CHECK(at(&tiny, 5).prune == ORA_PRUNE_FORGET && at(&tiny, 10).prune == ORA_PRUNE_CELLS);
}

TEST(schedule, the_average_reaches_back_a_twentieth)
{
    const ora_train_config c = config_of(16000);

    CHECK(at(&c, 7).average == 1);
    CHECK(at(&c, 8).average < 0.1);
    CHECK_NEAR(at(&c, 16000).average, 0.9900, 0.0005); /* (1 - 1/801)^8 */
}

TEST(schedule, rates_are_scaled_by_the_moment_and_by_roll_backs)
{
    const ora_train_config c = config_of(10000);
    const ora_train_moment m = at(&c, 9001);
    const ora_field_rates r = ora_schedule_rates(&c.rates, &m, 0.25);

    CHECK_NEAR(r.grid, 0.25 * m.rate_factor * (double)c.rates.grid, 1e-8);
    CHECK(r.pose_rotation == 0 && r.beta1 == c.rates.beta1);
}

TEST(schedule, the_dynamic_penalty_finds_its_target)
{
    double weight = 1e-4, measured = 0;

    /* a response that falls with the weight: 0.02 is met at 1e-3 */
    for (int i = 0; i < 20000; i++) {
        measured = 0.02 * 1e-3 / weight;
        weight = ora_dynamics_weight(weight, measured, 0.02);
    }
    CHECK_NEAR(weight, 1e-3, 1e-5);
    for (int i = 0; i < 100000; i++)
        weight = ora_dynamics_weight(weight, 0, 0.02);
    CHECK(weight >= 1e-6);
}

TEST(schedule, budgets_are_times_or_steps)
{
    static const char *const bad[] = {"", "3x", "0", "-5", "m", "3.5", "0s", "1001h", "2000000000"};
    double sec;
    int64_t steps;

    CHECK_OK(ora_budget_parse(&sec, &steps, "3m"));
    CHECK(sec == 180 && steps == 0);
    CHECK_OK(ora_budget_parse(&sec, &steps, "1h30m"));
    CHECK(sec == 5400 && steps == 0);
    CHECK_OK(ora_budget_parse(&sec, &steps, "5000"));
    CHECK(sec == 0 && steps == 5000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_STATUS(ora_budget_parse(&sec, &steps, bad[i]), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("3m");
}
