/*
 * test_main.c - runs the cases that TEST() registered, in the order of their names in the file.
 */
#include "support/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/backend.h"

enum { MAX_CASES = 512, N_PATHS = 16, PATH_BYTES = 4096 };

static test_case *first_case, *last_case;
static char folder[256];
static bool has_folder;
static int n_run, n_skipped;

void test_register(test_case *c)
{
    if (last_case)
        last_case->next = c;
    else
        first_case = c;
    last_case = c;
}

void test_skip(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fprintf(stderr, "skipped: ");
    (void)vfprintf(stderr, format, args);
    (void)fprintf(stderr, "\n");
    va_end(args);
    n_skipped++;
    skip();
    abort(); /* skip() does not return */
}

void test_fail(const char *file, int line, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    print_error("%s:%d: %s\n", file, line, text);
    _fail(file, line);
    abort(); /* _fail() does not return */
}

void test_error_has(const char *file, int line, const char *part)
{
    if (!strstr(orator_last_error(), part))
        test_fail(file, line, "error is \"%s\", want it to contain \"%s\"", orator_last_error(),
                  part);
}

void test_text_is(const char *file, int line, const char *what, const char *got, const char *want)
{
    if (!got || strcmp(got, want) != 0)
        test_fail(file, line, "%s is \"%s\", want \"%s\"", what, got ? got : "(null)", want);
}

void test_i64_is(const char *file, int line, const char *what, int64_t got, int64_t want)
{
    if (got != want)
        test_fail(file, line, "%s is %" PRId64 ", want %" PRId64, what, got, want);
}

void test_near(const char *file, int line, const char *what, double got, double want, double tol)
{
    if (!(fabs(got - want) <= tol))
        test_fail(file, line, "%s is %.9g, want %.9g within %.3g", what, got, want, tol);
}

uint64_t test_seed(void)
{
    const char *text = getenv("ORATOR_TEST_SEED");
    int64_t seed = 20261;

    if (text && !ora_text_to_i64(&seed, text))
        (void)fprintf(stderr, "ORATOR_TEST_SEED '%s' is not a number\n", text);
    return (uint64_t)seed;
}

const char *test_folder(void)
{
    if (!has_folder) {
        const char *base = getenv("TMPDIR");

        (void)snprintf(folder, sizeof folder, "%s/orator-test-XXXXXX", base ? base : "/tmp");
        if (!mkdtemp(folder))
            test_fail(__FILE__, __LINE__, "cannot make a folder '%s'", folder);
        has_folder = true;
    }
    return folder;
}

static const char *join(const char *a, const char *b)
{
    static char paths[N_PATHS][PATH_BYTES];
    static int next;
    char *out = paths[next++ % N_PATHS];

    (void)snprintf(out, PATH_BYTES, "%s/%s", a, b);
    return out;
}

const char *test_path(const char *name)
{
    return join(test_folder(), name);
}

static const char *need_env(const char *name)
{
    const char *v = getenv(name);

    if (!v)
        test_fail(__FILE__, __LINE__, "%s is not set; run through ctest", name);
    return v;
}

const char *test_source(const char *relative)
{
    return join(need_env("ORATOR_TEST_SOURCE"), relative);
}

const char *test_program(void)
{
    return need_env("ORATOR_TEST_PROGRAM");
}

const char *test_data(void)
{
    const char *v = getenv("ORATOR_TEST_DATA");

    if (!v)
        v = test_source("../shared/data");
    return ora_file_is_folder(v) ? v : NULL;
}

void test_needs_cuda(void)
{
    const char *is_required = getenv("ORATOR_REQUIRE_CUDA");
    int32_t n = 0;

    CHECK_OK(ora_backend_cuda_list(NULL, 0, &n));
    if (n > 0)
        return;
    if (is_required && strcmp(is_required, "1") == 0)
        test_fail(__FILE__, __LINE__, "ORATOR_REQUIRE_CUDA is 1 and there is no CUDA device");
    SKIP("no CUDA device");
}

void test_write(const char *path, const void *bytes, size_t n)
{
    CHECK_OK(ora_file_write_all(path, bytes, n));
}

static int count_run(void **state)
{
    (void)state;
    n_run++;
    return 0;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[MAX_CASES];
    size_t n = 0;
    int n_failed;

    for (test_case *c = first_case; c; c = c->next) {
        if (argc > 1 && !strstr(c->name, argv[1]))
            continue;
        if (n == MAX_CASES) {
            (void)fprintf(stderr, "more than %d cases in one program\n", MAX_CASES);
            return 1;
        }
        tests[n++] =
            (struct CMUnitTest){.name = c->name, .test_func = c->fn, .setup_func = count_run};
    }
    (void)fprintf(stderr, "seed %" PRIu64 "\n", test_seed());
    n_failed = _cmocka_run_group_tests(argv[0], tests, n, NULL, NULL);
    if (n_failed == 0 && has_folder && ora_folder_remove(folder) != ORATOR_OK)
        (void)fprintf(stderr, "%s\n", orator_last_error());
    if (n_failed == 0 && n_run > 0 && n_run == n_skipped)
        return 77;
    return n_failed == 0 && n > 0 ? 0 : 1;
}
