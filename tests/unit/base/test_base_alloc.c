#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "support/alloc_fail.h"

static orator_status leak_one(void *arg)
{
    void **kept = arg;
    void *p = malloc(10);

    if (!p)
        return ora_fail(ORATOR_E_NOMEM, "no memory");
    free(*kept);
    *kept = p;
    return ORATOR_OK;
}

TEST(alloc, the_harness_counts_calls_and_stops)
{
    void *kept = NULL;

    CHECK_I64(alloc_fail_each(leak_one, &kept, ALLOC_STRICT), 1);
    free(kept);
}

static orator_status use_context(void *arg)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;
    orator_status st;

    (void)arg;
    p.n_threads = 3;
    st = orator_context_open(&ctx, &p);
    ora_log(ctx, ORATOR_LOG_WARN, "line");
    orator_context_close(&ctx);
    return st;
}

TEST(alloc, context)
{
    /* context, pool, workers, two threads */
    CHECK_I64(alloc_fail_each(use_context, NULL, ALLOC_STRICT), 5);
}

static orator_status default_context(void *arg)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;
    orator_status st = orator_context_open(&ctx, &p);

    (void)arg;
    orator_context_close(&ctx);
    return st;
}

TEST(alloc, context_without_a_readable_quota)
{
    CHECK(alloc_fail_each(default_context, NULL, ALLOC_TOLERANT) >= 4);
}

static orator_status read_file(void *arg)
{
    unsigned char *bytes = NULL;
    size_t n;
    orator_status st = ora_file_read_all(&bytes, &n, arg, 100);

    free(bytes);
    return st;
}

static orator_status write_file(void *arg)
{
    orator_status st;
    ora_file_writer *w = NULL;

    ORA_TRY(ora_file_writer_open(&w, arg));
    ORA_TRY(ora_file_writer_put(w, "content", 7));
    ORA_TRY(ora_file_writer_patch(w, 0, "C", 1));
    ORA_TRY(ora_file_writer_commit(&w));
    (void)unlink(arg);

done:
    ora_file_writer_close(&w);
    if (st != ORATOR_OK && ora_file_exists(arg))
        st = ora_fail(ORATOR_E_INTERNAL, "failed and left the final file");
    return st;
}

static orator_status publish_file(void *arg)
{
    char *temp = ora_file_temp_name(arg);
    orator_status st;

    if (!temp)
        return ora_fail(ORATOR_E_NOMEM, "no memory");
    ORA_TRY(ora_file_write_all(temp, "x", 1));
    ORA_TRY(ora_file_publish(temp, arg));
    (void)unlink(arg);

done:
    free(temp);
    return st;
}

static void check_empty(const char *folder)
{
    char **names = NULL;
    size_t n = 0;

    CHECK_OK(ora_folder_list(&names, &n, folder));
    ora_names_free(names, n);
    CHECK_I64(n, 0);
}

TEST(alloc, files)
{
    char path[4096];

    CHECK_OK(ora_folder_make(test_path("w")));
    (void)snprintf(path, sizeof path, "%s", test_path("read.txt"));
    test_write(path, "x", 1);
    CHECK_I64(alloc_fail_each(read_file, path, ALLOC_STRICT), 2);
    (void)snprintf(path, sizeof path, "%s", test_path("w/x.bin"));
    CHECK(alloc_fail_each(write_file, path, ALLOC_STRICT) >= 5);
    check_empty(test_path("w"));
    CHECK(alloc_fail_each(publish_file, path, ALLOC_STRICT) >= 7);
    check_empty(test_path("w"));
}

static orator_status use_folders(void *arg)
{
    const char *folder = arg;
    char *inner = ora_path_join(folder, "a/b");
    char **names = NULL;
    size_t n = 0;
    orator_status st;

    if (!inner)
        return ora_fail(ORATOR_E_NOMEM, "no memory");
    ORA_TRY(ora_folder_make(inner));
    ORA_TRY(ora_folder_list(&names, &n, folder));
    ORA_TRY(ora_folder_sweep(folder));
    ORA_TRY(ora_folder_remove(inner));

done:
    ora_names_free(names, n);
    free(inner);
    return st;
}

TEST(alloc, folders)
{
    char folder[4096];

    (void)snprintf(folder, sizeof folder, "%s", test_path("f"));
    CHECK(alloc_fail_each(use_folders, folder, ALLOC_STRICT) >= 6);
}

static orator_status use_text(void *arg)
{
    ora_text t = {0};
    char *s;

    for (int i = 0; i < 100; i++)
        ora_text_addf(&t, "%d %s,", i, (const char *)arg);
    s = ora_text_take(&t);
    if (!s)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a text");
    free(s);
    return ORATOR_OK;
}

static orator_status use_arena(void *arg)
{
    ora_arena *a = NULL;
    orator_status st = ora_arena_open(&a, arg, 1000);

    ora_arena_close(&a);
    return st;
}

TEST(alloc, text_and_arena)
{
    char name[] = "name";

    CHECK(alloc_fail_each(use_text, name, ALLOC_STRICT) >= 3);
    CHECK_I64(alloc_fail_each(use_arena, name, ALLOC_STRICT), 2);
}
