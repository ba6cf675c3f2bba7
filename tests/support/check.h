/*
 * check.h - test cases that register themselves, and the checks they share.
 *
 *     TEST(npy, pickled_array_is_refused_with_an_explanation)
 *     {
 *         CHECK_STATUS(ora_npy_read(&a, path, 1 << 20), ORATOR_E_UNSUPPORTED);
 *         CHECK_ERROR_HAS("pickle");
 *     }
 *
 * Each program links test_main.c, which runs the registered cases under cmocka. A case that cannot
 * run here calls SKIP("why"); a program whose cases were all skipped exits with 77.
 */
#ifndef ORA_CHECK_H
#define ORA_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "orator/status.h"

typedef struct test_case {
    const char *name;
    void (*fn)(void **state);
    struct test_case *next;
} test_case;

void test_register(test_case *c);

#define TEST(suite, statement)                                                                     \
    static void suite##__##statement(void **state);                                                \
    static test_case suite##__##statement##_case = {#suite ": " #statement, suite##__##statement,  \
                                                    NULL};                                         \
    __attribute__((constructor)) static void suite##__##statement##_register(void)                 \
    {                                                                                              \
        test_register(&suite##__##statement##_case);                                               \
    }                                                                                              \
    static void suite##__##statement(void **state __attribute__((unused)))

/* Say why and skip the running case. */
#define SKIP(...) test_skip(__VA_ARGS__)
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                       \
    } while (0)

/* Succeeds; otherwise shows the library's message. */
#define CHECK_OK(expr)                                                                             \
    do {                                                                                           \
        const orator_status check_st = (expr);                                                     \
        if (check_st != ORATOR_OK)                                                                 \
            test_fail(__FILE__, __LINE__, "%s: %s: %s", #expr, orator_status_name(check_st),       \
                      orator_last_error());                                                        \
    } while (0)

#define CHECK_STATUS(expr, want)                                                                   \
    do {                                                                                           \
        const orator_status check_st = (expr);                                                     \
        if (check_st != (want))                                                                    \
            test_fail(__FILE__, __LINE__, "%s gave '%s', want '%s' (%s)", #expr,                   \
                      orator_status_name(check_st), orator_status_name(want),                      \
                      orator_last_error());                                                        \
    } while (0)

/* The last error text contains `part`. */
#define CHECK_ERROR_HAS(part) test_error_has(__FILE__, __LINE__, part)

#define CHECK_TEXT(got, want) test_text_is(__FILE__, __LINE__, #got, got, want)
#define CHECK_I64(got, want)  test_i64_is(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_NEAR(got, want, tol)                                                                 \
    test_near(__FILE__, __LINE__, #got, (double)(got), (double)(want), (double)(tol))

void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void test_error_has(const char *file, int line, const char *part);
void test_text_is(const char *file, int line, const char *what, const char *got, const char *want);
void test_i64_is(const char *file, int line, const char *what, int64_t got, int64_t want);
void test_near(const char *file, int line, const char *what, double got, double want, double tol);

/* Seed of random cases: ORATOR_TEST_SEED, else fixed; printed at the start of the program. */
uint64_t test_seed(void);

/*
 * A fresh folder for this program, removed when it ends with success; borrowed. test_path() gives
 * "<folder>/<name>" in one of 16 static buffers.
 */
const char *test_folder(void);
const char *test_path(const char *name);

/* Path of a file in the source tree, in one of 16 static buffers. */
const char *test_source(const char *relative);

/* The orator program under test; borrowed. */
const char *test_program(void);

/*
 * Folder of private test data beside the checkout ("../shared/data", or ORATOR_TEST_DATA); NULL
 * where it is absent, and then the case that needs it skips.
 */
const char *test_data(void);

/*
 * Skip the running case on a machine without a CUDA device; fail it there when ORATOR_REQUIRE_CUDA
 * is 1, which is how machines with a GPU make sure that nothing was left out.
 */
void test_needs_cuda(void);

/* Write a file, failing the case when that fails. */
void test_write(const char *path, const void *bytes, size_t n);

#endif /* ORA_CHECK_H */
