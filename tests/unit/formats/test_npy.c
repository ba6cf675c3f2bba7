#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/npy.h"

/* Version 1 file with the given dict, unpadded, and n bytes of data; owned by the caller. */
static unsigned char *build(size_t *n_out, const char *dict, const void *data, size_t n)
{
    const size_t n_dict = strlen(dict);
    unsigned char *b = malloc(10 + n_dict + n);

    CHECK(b != NULL);
    memcpy(b, "\x93NUMPY\x01\x00", 8);
    b[8] = (unsigned char)(n_dict & 0xff);
    b[9] = (unsigned char)(n_dict >> 8);
    memcpy(b + 10, dict, n_dict);
    memcpy(b + 10 + n_dict, data, n);
    *n_out = 10 + n_dict + n;
    return b;
}

static orator_status parse(ora_npy *a, const char *dict, const void *data, size_t n)
{
    size_t n_file;
    unsigned char *b = build(&n_file, dict, data, n);
    const orator_status st = ora_npy_parse(a, b, n_file, "t.npy");

    free(b);
    return st;
}

static void refuse(const char *dict, size_t n_data, orator_status want, const char *part)
{
    static const unsigned char data[64];
    ora_npy a;

    CHECK_STATUS(parse(&a, dict, data, n_data), want);
    CHECK(a.data == NULL);
    CHECK_ERROR_HAS("t.npy");
    CHECK_ERROR_HAS(part);
}

#define DICT(descr, order, shape)                                                                  \
    "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }\n"

/* numpy.save(..., numpy.array([[0, 1, 2]], '<f4')) of NumPy 2 */
static const char golden_f4[] =
    "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
    "                                                          \n"
    "\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@";
/* numpy.array(7, 'u1') */
static const char golden_0d[] =
    "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (), }"
    "                                                              \n\x07";
/* numpy.array([True, False]) */
static const char golden_bool[] =
    "\x93NUMPY\x01\x00v\x00{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }"
    "                                                            \n\x01\x00";

static void check_written(const char *golden, size_t n_golden, ora_dtype t, int32_t n_dims,
                          const int64_t *shape, const void *data)
{
    const char *path = test_path("written.npy");
    unsigned char *b;
    size_t n;

    CHECK_OK(ora_npy_write(path, t, n_dims, shape, data));
    CHECK_OK(ora_file_read_all(&b, &n, path, 4096));
    CHECK_I64(n, n_golden);
    CHECK(memcmp(b, golden, n) == 0);
    free(b);
}

TEST(npy, written_bytes_are_those_of_numpy)
{
    const float f[] = {0.0F, 1.0F, 2.0F};
    const unsigned char seven = 7;
    const bool truth[] = {true, false};

    check_written(golden_f4, sizeof golden_f4 - 1, ORA_DTYPE_F32, 2, (const int64_t[]){1, 3}, f);
    check_written(golden_0d, sizeof golden_0d - 1, ORA_DTYPE_U8, 0, NULL, &seven);
    check_written(golden_bool, sizeof golden_bool - 1, ORA_DTYPE_BOOL, 1, (const int64_t[]){2},
                  truth);
}

/* A header that NumPy's room for growth just pushes over a border of 64 bytes: 192, not 128. */
TEST(npy, room_for_growth_is_as_wide_as_that_of_numpy)
{
    const int64_t shape[] = {1, 0, 1000000, 1000000, 1000000, 100, 1, 1};
    const char *path = test_path("grown.npy");
    unsigned char *b;
    size_t n;

    CHECK_OK(ora_npy_write(path, ORA_DTYPE_F32, 8, shape, ""));
    CHECK_OK(ora_file_read_all(&b, &n, path, 4096));
    CHECK_I64(n, 192);
    free(b);
}

TEST(npy, numpy_bytes_are_read)
{
    ora_npy a;

    CHECK_OK(ora_npy_parse(&a, golden_f4, sizeof golden_f4 - 1, "g"));
    CHECK(a.dtype == ORA_DTYPE_F32 && a.n_dims == 2 && a.shape[0] == 1 && a.shape[1] == 3);
    CHECK(a.n_elements == 3 && ((float *)a.data)[2] == 2.0F);
    ora_npy_clear(&a);
    CHECK_OK(ora_npy_parse(&a, golden_0d, sizeof golden_0d - 1, "g"));
    CHECK(a.dtype == ORA_DTYPE_U8 && a.n_dims == 0 && a.n_elements == 1);
    CHECK(*(unsigned char *)a.data == 7);
    ora_npy_clear(&a);
}

TEST(npy, fortran_order_and_big_endian_are_converted)
{
    /* [2][3][2] with the first index fastest: element (i, j, k) holds 100 i + 10 j + k */
    unsigned char data[24];
    ora_npy a;
    size_t n = 0;

    for (int k = 0; k < 2; k++)
        for (int j = 0; j < 3; j++)
            for (int i = 0; i < 2; i++) {
                data[n++] = 0;
                data[n++] = (unsigned char)(100 * i + 10 * j + k);
            }
    CHECK_OK(parse(&a, DICT(">i2", "True", "(2, 3, 2)"), data, sizeof data));
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 2; k++)
                CHECK_I64(((int16_t *)a.data)[(i * 3 + j) * 2 + k], 100 * i + 10 * j + k);
    ora_npy_clear(&a);
}

TEST(npy, empty_and_boolean_arrays_are_read)
{
    ora_npy a;

    CHECK_OK(parse(&a, DICT("<f8", "True", "(0, 3)"), "", 0));
    CHECK(a.n_elements == 0 && a.data != NULL && a.shape[1] == 3);
    CHECK_OK(ora_npy_to_f32(&a));
    CHECK(a.dtype == ORA_DTYPE_F32 && a.data != NULL);
    ora_npy_clear(&a);
    CHECK_OK(parse(&a, DICT("|b1", "False", "(3,)"), "\x00\x01\xff", 3));
    CHECK(memcmp(a.data, "\x00\x01\x01", 3) == 0);
    ora_npy_clear(&a);
}

TEST(npy, later_versions_and_other_spellings_are_read)
{
    static const char dict[] = "{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"<f2\"}";
    unsigned char b[12 + sizeof dict - 1 + 4] = "\x93NUMPY\x02\x00";
    ora_npy a;

    b[8] = sizeof dict - 1;
    memcpy(b + 12, dict, sizeof dict - 1);
    memcpy(b + 12 + sizeof dict - 1, "\x00\x3c\x00\xc0", 4);
    for (unsigned char version = 2; version <= 3; version++) {
        b[6] = version;
        CHECK_OK(ora_npy_parse(&a, b, sizeof b, "t.npy"));
        CHECK(a.dtype == ORA_DTYPE_F16);
        CHECK_OK(ora_npy_to_f32(&a));
        CHECK(((float *)a.data)[0] == 1.0F && ((float *)a.data)[1] == -2.0F);
        ora_npy_clear(&a);
    }
    b[6] = 4;
    CHECK_STATUS(ora_npy_parse(&a, b, sizeof b, "t.npy"), ORATOR_E_UNSUPPORTED);
    b[6] = 2;
    b[11] = 0x7f;
    CHECK_STATUS(ora_npy_parse(&a, b, sizeof b, "t.npy"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("claims a header of");
}

TEST(npy, pickles_are_refused_with_an_explanation)
{
    ora_npy a;

    refuse(DICT("|O", "False", "(1,)"), 8, ORATOR_E_UNSUPPORTED, "would run code");
    CHECK_ERROR_HAS("allow_pickle=False");
    CHECK_STATUS(ora_npy_parse(&a, "\x80\x04\x95", 3, "t.npy"), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("would run code");
    CHECK_STATUS(ora_npy_parse(&a, "PK\x03\x04xx", 6, "t.npy"), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS(".npz");
}

TEST(npy, other_dtypes_are_unsupported)
{
    refuse(DICT("<c8", "False", "(1,)"), 8, ORATOR_E_UNSUPPORTED, "'<c8'");
    refuse(DICT("<U1", "False", "(1,)"), 4, ORATOR_E_UNSUPPORTED, "'<U1'");
    refuse(DICT("<M8[s]", "False", "(1,)"), 8, ORATOR_E_UNSUPPORTED, "'<M8[s]'");
    refuse(DICT("|f4", "False", "(1,)"), 4, ORATOR_E_UNSUPPORTED, "'|f4'");
    refuse(DICT("", "False", "(1,)"), 4, ORATOR_E_UNSUPPORTED, "''");
    refuse("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4,
           ORATOR_E_UNSUPPORTED, "structured");
    refuse(DICT("<f4", "False", "(1,1,1,1,1,1,1,1,1)"), 4, ORATOR_E_UNSUPPORTED, "8 dimensions");
}

TEST(npy, damaged_headers_are_refused)
{
    refuse("", 0, ORATOR_E_FORMAT, "want '{'");
    refuse("{}", 0, ORATOR_E_FORMAT, "lacks 'descr'");
    refuse("{'descr': '<f4'}", 0, ORATOR_E_FORMAT, "lacks 'fortran_order'");
    refuse("{'descr': '<f4', 'descr': '<f4'}", 0, ORATOR_E_FORMAT, "twice");
    refuse("{'descr': '<f4', 'extra': 1}", 0, ORATOR_E_FORMAT, "unknown key 'extra'");
    refuse("{'descr': '<f4' 'shape': ()}", 0, ORATOR_E_FORMAT, "want ',' or '}'");
    refuse("{'descr': '<f4", 0, ORATOR_E_FORMAT, "want a dtype");
    refuse("{'descr': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}", 0, ORATOR_E_FORMAT,
           "want a dtype");
    refuse("{'de\\x73cr': '<f4'}", 0, ORATOR_E_FORMAT, "want 'descr'");
    refuse("{descr: '<f4'}", 0, ORATOR_E_FORMAT, "want 'descr'");
    refuse(DICT("<f4", "false", "(1,)"), 4, ORATOR_E_FORMAT, "want True or False");
    refuse(DICT("<f4", "False", "(3)"), 12, ORATOR_E_FORMAT, "tuple");
    refuse(DICT("<f4", "False", "3"), 12, ORATOR_E_FORMAT, "want a shape");
    refuse(DICT("<f4", "False", "(-1,)"), 4, ORATOR_E_FORMAT, "want a size");
    refuse(DICT("<f4", "False", "(,)"), 4, ORATOR_E_FORMAT, "want a size");
    refuse(DICT("<f4", "False", "(1 2)"), 8, ORATOR_E_FORMAT, "want ',' or ')'");
    refuse(DICT("<f4", "False", "(1,)") "x", 4, ORATOR_E_FORMAT, "want the end");
    refuse(DICT("<f4", "False", "(99999999999999999999,)"), 4, ORATOR_E_FORMAT, "64 bits");
    refuse(DICT("<f4", "False", "(4294967296, 4294967296)"), 4, ORATOR_E_FORMAT, "64 bits");
    refuse(DICT("<f4", "False", "(1152921504606846976,)"), 4, ORATOR_E_FORMAT, "claims");
    refuse(DICT("<f4", "False", "(3,)"), 11, ORATOR_E_FORMAT, "12 bytes of data, file has 11");
    refuse(DICT("<f4", "False", "(3,)"), 13, ORATOR_E_FORMAT, "12 bytes of data, file has 13");
}

TEST(npy, every_truncation_of_a_file_is_refused)
{
    unsigned char all_ones[256];
    ora_npy a;

    for (size_t n = 0; n + 1 < sizeof golden_f4; n++) {
        unsigned char *b = malloc(n ? n : 1); /* exact, so that overreads show */

        CHECK(b != NULL);
        memcpy(b, golden_f4, n);
        CHECK_STATUS(ora_npy_parse(&a, b, n, "t.npy"), ORATOR_E_FORMAT);
        free(b);
    }
    memset(all_ones, 0xff, sizeof all_ones);
    CHECK_STATUS(ora_npy_parse(&a, all_ones, sizeof all_ones, "t.npy"), ORATOR_E_FORMAT);
}

TEST(npy, files_are_read_within_the_limit_or_only_peeked_at)
{
    const char *path = test_path("array.npy");
    const int64_t any[] = {-1, 3};
    const int64_t other[] = {2, 3};
    ora_npy a;

    test_write(path, golden_f4, sizeof golden_f4 - 1);
    CHECK_OK(ora_npy_read(&a, path, 12));
    CHECK(((float *)a.data)[1] == 1.0F);
    CHECK_OK(ora_npy_expect(&a, 2, any, path));
    CHECK_STATUS(ora_npy_expect(&a, 2, other, "array.npy"), ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "'array.npy' has shape [1][3], want [2][3]");
    CHECK_STATUS(ora_npy_expect(&a, 1, any, "array.npy"), ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "'array.npy' has shape [1][3], want [*]");
    ora_npy_clear(&a);
    CHECK_STATUS(ora_npy_read(&a, path, 11), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("at most 11");
    CHECK_OK(ora_npy_peek(&a, path));
    CHECK(a.data == NULL && a.n_elements == 3);
    CHECK_STATUS(ora_npy_read(&a, test_path("absent.npy"), 11), ORATOR_E_IO);
    CHECK_STATUS(ora_npy_read(&a, test_folder(), 11), ORATOR_E_IO);
    CHECK_I64(mkfifo(test_path("pipe.npy"), 0600), 0);
    CHECK_STATUS(ora_npy_peek(&a, test_path("pipe.npy")), ORATOR_E_IO);
}

TEST(npy, what_numpy_cannot_hold_is_not_written)
{
    const char *path = test_path("never.npy");
    const int64_t negative[] = {-1};
    const int64_t large[] = {INT64_MAX, 2};

    CHECK_STATUS(ora_npy_write(path, ORA_DTYPE_BF16, 0, NULL, ""), ORATOR_E_INVALID);
    CHECK_STATUS(ora_npy_write(path, ORA_DTYPE_F32, 1, negative, ""), ORATOR_E_INVALID);
    CHECK_STATUS(ora_npy_write(path, ORA_DTYPE_F32, 2, large, ""), ORATOR_E_INVALID);
    CHECK_STATUS(ora_npy_write(path, ORA_DTYPE_F32, 9, large, ""), ORATOR_E_INVALID);
    CHECK(!ora_file_exists(path));
    CHECK_STATUS(ora_npy_write(test_path("no/such.npy"), ORA_DTYPE_F32, 0, NULL, "1234"),
                 ORATOR_E_WRITE);
}

/* NumPy saves each array, reads ours, and compares the files. */
static const char script[] =
    "import sys, numpy as np\n"
    "d = sys.argv[1]\n"
    "for t in 'f4 f8 f2 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split():\n"
    "    for k, s in enumerate([(), (0,), (5,), (2, 3), (12345, 0, 7), (2, 1, 3, 2)]):\n"
    "        n = int(np.prod(s))\n"
    "        a = (np.arange(n) % 2 + 1 - (t == 'b1')).astype(t).reshape(s)\n"
    "        p = f'{d}/np-{t}-{k}.npy'\n"
    "        if sys.argv[2] == 'save':\n"
    "            np.save(p, a)\n"
    "            np.save(p.replace('np-', 'npF-'), np.asarray(a.astype('>' + t), order='F'))\n"
    "        else:\n"
    "            for f in ('our-', 'ourF-'):\n"
    "                q = p.replace('np-', f)\n"
    "                b = np.load(q, allow_pickle=False)\n"
    "                assert b.dtype == a.dtype and b.shape == a.shape and (a == b).all(), q\n"
    "                assert open(p, 'rb').read() == open(q, 'rb').read(), q\n";

static int run_python(const char *mode)
{
    char *command = ora_text_format("'%s' '%s' '%s' %s", getenv("ORATOR_TEST_PYTHON"),
                                    test_path("judge.py"), test_folder(), mode);
    const int rc = system(command);

    free(command);
    return rc;
}

static void copy_array(const char *from, const char *to)
{
    ora_npy a;

    CHECK_OK(ora_npy_read(&a, test_path(from), 4096));
    CHECK_OK(ora_npy_write(test_path(to), a.dtype, a.n_dims, a.shape, a.data));
    ora_npy_clear(&a);
}

TEST(npy, numpy_itself_agrees_on_every_dtype_and_shape)
{
    static const char *const types[] = {"f4", "f8", "f2", "i1", "i2", "i4",
                                        "i8", "u1", "u2", "u4", "u8", "b1"};

    if (!getenv("ORATOR_TEST_PYTHON"))
        SKIP("ORATOR_TEST_PYTHON names no Python with numpy");
    test_write(test_path("judge.py"), script, sizeof script - 1);
    CHECK_I64(run_python("save"), 0);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (int k = 0; k < 6; k++) {
            char from[32], to[32];

            (void)snprintf(from, sizeof from, "np-%s-%d.npy", types[t], k);
            (void)snprintf(to, sizeof to, "our-%s-%d.npy", types[t], k);
            copy_array(from, to);
            (void)snprintf(from, sizeof from, "npF-%s-%d.npy", types[t], k);
            (void)snprintf(to, sizeof to, "ourF-%s-%d.npy", types[t], k);
            copy_array(from, to);
        }
    }
    CHECK_I64(run_python("load"), 0);
}
