#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "field/metrics_log.h"

static void add(ora_metrics *m, int64_t step, double held_out)
{
    const ora_metrics_row row = {.i_step = step,
                                 .seconds = 0.5,
                                 .n_samples = 3e9,
                                 .loss = 0.25,
                                 .train_db = 31.5,
                                 .held_out_db = held_out,
                                 .rate = 1};

    CHECK_OK(ora_metrics_add(m, &row));
}

static char *text_of(const char *path)
{
    unsigned char *bytes = NULL;
    size_t n = 0;

    CHECK_OK(ora_file_read_all(&bytes, &n, path, 1 << 20));
    return (char *)bytes;
}

static int lines(const char *s)
{
    int n = 0;

    for (; *s; s++)
        n += *s == '\n';
    return n;
}

TEST(metrics_log, rows_after_the_checkpoint_are_made_again)
{
    const char *path = test_path("metrics.csv");
    ora_metrics *m = NULL;
    char *text;

    CHECK_OK(ora_metrics_open(&m, path, 0));
    for (int64_t i = 1; i <= 5; i++)
        add(m, 100 * i, i == 3 ? 30.25 : 0);
    ora_metrics_close(&m);
    CHECK_OK(ora_metrics_open(&m, path, 300));
    add(m, 400, 0);
    ora_metrics_close(&m);
    text = text_of(path);
    CHECK_I64(lines(text), 5);
    CHECK(strncmp(text, "step,seconds,samples,loss,", 26) == 0);
    CHECK(strstr(text, "\n300,0.5,3000000000,0.25,0,0,0,0,0,31.5,30.25,1,0\n"));
    CHECK(strstr(text, "\n400,0.5,3000000000,0.25,0,0,0,0,0,31.5,,1,0\n"));
    CHECK(!strstr(text, "\n500,"));
    free(text);
}

TEST(metrics_log, a_foreign_or_cut_file_does_no_harm)
{
    const char *path = test_path("cut.csv");
    ora_metrics *m = NULL;
    char *text;

    test_write(path, "step;loss\n100;2\n", 16);
    CHECK_OK(ora_metrics_open(&m, path, 500));
    add(m, 100, 0);
    add(m, 200, 0);
    ora_metrics_close(&m);
    text = text_of(path);
    CHECK_I64(lines(text), 3);
    test_write(path, text, strlen(text) - 5); /* killed while writing the last row */
    free(text);
    CHECK_OK(ora_metrics_open(&m, path, 500));
    ora_metrics_close(&m);
    text = text_of(path);
    CHECK_I64(lines(text), 2);
    free(text);
}

TEST(metrics_log, losses_of_no_steps_are_empty_cells)
{
    const char *path = test_path("empty.csv");
    const ora_metrics_row row = {
        .i_step = 7, .loss = 3, .held_out_db = 24.5, .rate = 0.5, .has_no_loss = true};
    ora_metrics *m = NULL;
    char *text;

    CHECK_OK(ora_metrics_open(&m, path, 0));
    CHECK_OK(ora_metrics_add(m, &row));
    ora_metrics_close(&m);
    text = text_of(path);
    CHECK(strstr(text, "\n7,0,0,,,,,,,,24.5,0.5,0\n"));
    free(text);
}

TEST(metrics_log, a_folder_that_is_not_there_is_a_failed_write)
{
    ora_metrics *m = NULL;

    CHECK_STATUS(ora_metrics_open(&m, test_path("nowhere/metrics.csv"), 0), ORATOR_E_WRITE);
    CHECK(!m);
}
