#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/safetensors.h"
#include "numerics/half.h"

/* safetensors.numpy.save({b: [0, 1, 2] f4, a: [[1, 2]] u1, e: empty [0, 2] f8}, {k: v, a: 1}) */
static const char golden[] =
    "\xc8\x00\x00\x00\x00\x00\x00\x00{\"__metadata__\":{\"a\":\"1\",\"k\":\"v\"},"
    "\"e\":{\"dtype\":\"F64\",\"shape\":[0,2],\"data_offsets\":[0,0]},"
    "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
    "\"a\":{\"dtype\":\"U8\",\"shape\":[1,2],\"data_offsets\":[12,14]}} "
    "\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x01\x02";
enum { N_GOLDEN = sizeof golden - 1 };

/* A file of this header and n bytes of zeros, owned. */
static unsigned char *build(size_t *n_out, const char *header, size_t n)
{
    const size_t n_header = strlen(header);
    unsigned char *b = calloc(1, 8 + n_header + n);

    CHECK(b != NULL);
    b[0] = (unsigned char)(n_header & 0xff);
    b[1] = (unsigned char)(n_header >> 8);
    memcpy(b + 8, header, n_header);
    *n_out = 8 + n_header + n;
    return b;
}

static void refuse(const char *header, size_t n_data, const char *part)
{
    ora_safetensors *s = NULL;
    size_t n;
    unsigned char *b = build(&n, header, n_data);

    CHECK_STATUS(ora_safetensors_open_memory(&s, b, n, "w.safetensors"), ORATOR_E_CHECKPOINT);
    CHECK(s == NULL);
    CHECK_ERROR_HAS("w.safetensors");
    CHECK_ERROR_HAS(part);
    free(b);
}

static void refuse_tensor(const char *body, size_t n_data, const char *part)
{
    char header[512];

    (void)snprintf(header, sizeof header, "{\"t\":{%s}}", body);
    refuse(header, n_data, part);
}

static void check_golden(ora_safetensors *s)
{
    const ora_tensor_entry *e;
    const char *key, *value;
    float f[3];

    CHECK_I64(ora_safetensors_count(s), 3);
    CHECK_TEXT(ora_safetensors_at(s, 0)->name, "e");
    CHECK_TEXT(ora_safetensors_at(s, 1)->name, "b");
    CHECK_TEXT(ora_safetensors_at(s, 2)->name, "a");
    CHECK(ora_safetensors_find(s, "zz") == NULL && ora_safetensors_find(s, "") == NULL);
    e = ora_safetensors_find(s, "b");
    CHECK(e == ora_safetensors_at(s, 1) && e->n_dims == 1 && e->shape[0] == 3);
    CHECK_OK(ora_safetensors_read_f32(s, e, f));
    CHECK(f[0] == 0.0F && f[1] == 1.0F && f[2] == 2.0F);
    e = ora_safetensors_find(s, "a");
    CHECK(e->dtype == ORA_DTYPE_U8 && e->n_elements == 2 && e->offset == 12);
    CHECK_OK(ora_safetensors_read(s, e, f));
    CHECK(memcmp(f, "\x01\x02", 2) == 0);
    CHECK_STATUS(ora_safetensors_read_f32(s, e, f), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("'a' has dtype u8");
    CHECK_OK(ora_safetensors_read_f32(s, ora_safetensors_find(s, "e"), f));
    CHECK_TEXT(ora_safetensors_meta(s, "k"), "v");
    CHECK(ora_safetensors_meta(s, "q") == NULL);
    CHECK_I64(ora_safetensors_meta_count(s), 2);
    ora_safetensors_meta_at(s, 0, &key, &value);
    CHECK_TEXT(key, "a");
    CHECK_TEXT(value, "1");
}

TEST(safetensors, reference_bytes_are_read_from_memory_and_file)
{
    const char *path = test_path("golden.safetensors");
    ora_safetensors *s;

    CHECK_OK(ora_safetensors_open_memory(&s, golden, N_GOLDEN, "g"));
    check_golden(s);
    ora_safetensors_close(&s);
    CHECK(s == NULL);
    test_write(path, golden, N_GOLDEN);
    CHECK_OK(ora_safetensors_open(&s, path));
    check_golden(s);
    ora_safetensors_close(&s);
    ora_safetensors_close(&s);
}

TEST(safetensors, written_bytes_are_those_of_the_reference)
{
    const char *path = test_path("written.safetensors");
    const float f[] = {0.0F, 1.0F, 2.0F};
    ora_safetensors_writer *w;
    unsigned char *b;
    size_t n;

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_OK(ora_safetensors_writer_declare(w, "e", ORA_DTYPE_F64, 2, (const int64_t[]){0, 2}));
    CHECK_OK(ora_safetensors_writer_declare(w, "b", ORA_DTYPE_F32, 1, (const int64_t[]){3}));
    CHECK_OK(ora_safetensors_writer_meta(w, "a", "1"));
    CHECK_OK(ora_safetensors_writer_declare(w, "a", ORA_DTYPE_U8, 2, (const int64_t[]){1, 2}));
    CHECK_OK(ora_safetensors_writer_meta(w, "k", "v"));
    CHECK_OK(ora_safetensors_writer_begin(w, path));
    CHECK_OK(ora_safetensors_writer_put(w, f, 5)); /* pieces of any size */
    CHECK_OK(ora_safetensors_writer_put(w, (const char *)f + 5, 7));
    CHECK_OK(ora_safetensors_writer_put(w, "\x01\x02", 2));
    CHECK(!ora_file_exists(path));
    CHECK_OK(ora_safetensors_writer_commit(w));
    ora_safetensors_writer_destroy(&w);
    CHECK_OK(ora_file_read_all(&b, &n, path, 4096));
    CHECK_I64(n, N_GOLDEN);
    CHECK(memcmp(b, golden, N_GOLDEN) == 0);
    free(b);
}

TEST(safetensors, writer_refuses_what_does_not_add_up)
{
    const char *path = test_path("refused.safetensors");
    const int64_t two[] = {2};
    const int64_t huge[] = {INT64_MAX, 3};
    ora_safetensors_writer *w;

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_STATUS(ora_safetensors_writer_put(w, "", 0), ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_commit(w), ORATOR_E_INVALID);
    CHECK_OK(ora_safetensors_writer_declare(w, "x", ORA_DTYPE_U8, 1, two));
    CHECK_STATUS(ora_safetensors_writer_declare(w, "x", ORA_DTYPE_U8, 1, two), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("twice");
    CHECK_STATUS(ora_safetensors_writer_declare(w, "__metadata__", ORA_DTYPE_U8, 1, two),
                 ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_declare(w, "h", ORA_DTYPE_U8, 2, huge), ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_declare(w, "d", ORA_DTYPE_U8, 9, huge), ORATOR_E_INVALID);
    CHECK_OK(ora_safetensors_writer_meta(w, "k", "v"));
    CHECK_STATUS(ora_safetensors_writer_meta(w, "k", "v"), ORATOR_E_INVALID);
    CHECK_OK(ora_safetensors_writer_begin(w, path));
    CHECK_STATUS(ora_safetensors_writer_begin(w, path), ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_declare(w, "y", ORA_DTYPE_U8, 1, two), ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_meta(w, "l", "v"), ORATOR_E_INVALID);
    CHECK_STATUS(ora_safetensors_writer_put(w, "abc", 3), ORATOR_E_INVALID);
    CHECK_OK(ora_safetensors_writer_put(w, "a", 1));
    CHECK_STATUS(ora_safetensors_writer_commit(w), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("1 bytes of data, 2 were declared");
    ora_safetensors_writer_destroy(&w);
    CHECK(!ora_file_exists(path));

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_OK(ora_safetensors_writer_meta(w, "k", "\xff"));
    CHECK_STATUS(ora_safetensors_writer_begin(w, path), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("UTF-8");
    ora_safetensors_writer_destroy(&w);

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_STATUS(ora_safetensors_writer_begin(w, test_path("no/such")), ORATOR_E_WRITE);
    ora_safetensors_writer_destroy(&w);
}

TEST(safetensors, damaged_headers_are_refused)
{
    refuse("", 0, "does not start with '{'");
    refuse(" {}", 0, "does not start with '{'");
    refuse("[]", 0, "does not start with '{'");
    refuse("{\"a\":", 0, "line 1");
    refuse("{}", 1, "1 bytes after the last tensor");
    refuse("{\"t\":1}", 0, "'t' is no tensor");
    refuse("{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a' is no text");
    refuse("{\"__metadata__\":[]}", 0, "is no object");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
           "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
           2, "'a' stands twice");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
           "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
           3, "'a' and 'b' overlap");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
           "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}",
           3, "1 bytes before tensor 'b'");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
           "\"e\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]}}",
           2, "overlap");
}

TEST(safetensors, damaged_tensors_are_named)
{
    refuse_tensor("\"shape\":[1],\"data_offsets\":[0,1]", 1, "'t' has dtype '(no text)'");
    refuse_tensor("\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]", 1, "F8_E4M3");
    refuse_tensor("\"dtype\":\"U8\",\"data_offsets\":[0,1]", 1, "damaged shape");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]", 1, "damaged shape");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,1]", 1, "damaged shape");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1e300],\"data_offsets\":[0,1]", 1, "damaged shape");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]", 1,
                  "at most 8");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1]", 1, "damaged data_offsets");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]", 1, "damaged data_offsets");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]", 1,
                  "damaged data_offsets");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]", 1, "file has 1");
    refuse_tensor("\"dtype\":\"U8\",\"shape\":[1152921504606846976],"
                  "\"data_offsets\":[0,1152921504606846976]",
                  1, "damaged shape");
    refuse_tensor("\"dtype\":\"F64\",\"shape\":[4503599627370496,4503599627370496],"
                  "\"data_offsets\":[0,1]",
                  1, "want 0");
    refuse_tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,3]", 3,
                  "has 3 bytes, its shape and dtype want 4");
}

TEST(safetensors, foreign_bytes_and_every_truncation_are_refused)
{
    unsigned char ones[64];
    ora_safetensors *s = NULL;
    unsigned char huge[8 + 2] = {0, 0, 0, 0, 0, 0, 0, 0x10, '{', '}'};

    memset(ones, 0xff, sizeof ones);
    CHECK_STATUS(ora_safetensors_open_memory(&s, ones, sizeof ones, "w"), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("claims a header of 18446744073709551615");
    CHECK_STATUS(ora_safetensors_open_memory(&s, huge, sizeof huge, "w"), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("claims a header of 1152921504606846976");
    for (size_t n = 0; n < N_GOLDEN; n++) {
        unsigned char *b = malloc(n ? n : 1); /* exact, so that overreads show */

        CHECK(b != NULL);
        memcpy(b, golden, n);
        CHECK_STATUS(ora_safetensors_open_memory(&s, b, n, "w"), ORATOR_E_CHECKPOINT);
        free(b);
    }
    CHECK_STATUS(ora_safetensors_open(&s, test_path("absent.safetensors")), ORATOR_E_IO);
    CHECK_STATUS(ora_safetensors_open(&s, test_folder()), ORATOR_E_IO);
}

TEST(safetensors, half_floats_of_more_than_one_chunk_convert)
{
    enum { N = 20011 };
    const char *path = test_path("half.safetensors");
    uint16_t *half = malloc(N * sizeof *half);
    float *f = malloc(N * sizeof *f);
    ora_safetensors_writer *w;
    unsigned char *file;
    ora_safetensors *s;
    size_t n_file;

    CHECK(half && f);
    for (int i = 0; i < N; i++)
        half[i] = (uint16_t)i;
    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_OK(ora_safetensors_writer_declare(w, "half", ORA_DTYPE_F16, 1, (const int64_t[]){N}));
    CHECK_OK(ora_safetensors_writer_declare(w, "b", ORA_DTYPE_BF16, 1, (const int64_t[]){N}));
    CHECK_OK(ora_safetensors_writer_begin(w, path));
    CHECK_OK(ora_safetensors_writer_put(w, half, N * sizeof *half));
    CHECK_OK(ora_safetensors_writer_put(w, half, N * sizeof *half));
    CHECK_OK(ora_safetensors_writer_commit(w));
    ora_safetensors_writer_destroy(&w);
    CHECK_OK(ora_safetensors_open(&s, path));
    CHECK_OK(ora_file_read_all(&file, &n_file, path, 1 << 20));
    CHECK_I64(file[0], 136); /* 131 bytes of JSON, padded to a multiple of 8 */
    free(file);
    CHECK_OK(ora_safetensors_read_f32(s, ora_safetensors_find(s, "half"), f));
    for (int i = 0; i < N; i++)
        CHECK(f[i] == ora_f32_from_half((uint16_t)i));
    CHECK_OK(ora_safetensors_read_f32(s, ora_safetensors_find(s, "b"), f));
    for (int i = 0; i < N; i++)
        CHECK(f[i] == ora_f32_from_bf16((uint16_t)i));
    ora_safetensors_close(&s);
    free(f);
    free(half);
}

/* The reference package reads ours, compares, and writes one that we read. */
static const char script[] =
    "import sys, numpy as np\n"
    "from safetensors import safe_open\n"
    "from safetensors.numpy import save_file\n"
    "d = sys.argv[1]\n"
    "types = 'f8 i8 u8 f4 i4 u4 f2 i2 u2 i1 u1 ?'.split()\n"
    "with safe_open(d + '/ours.safetensors', 'np') as f:\n"
    "    assert f.metadata() == {'k\\u00e9\"\\n': 'v\\\\'}, f.metadata()\n"
    "    t = {k: f.get_tensor(k) for k in f.keys()}\n"
    "assert len(t) == len(types)\n"
    "for n, k in enumerate(types):\n"
    "    a = t[f't{n}']\n"
    "    assert a.dtype == np.dtype(k) and a.shape == (2, 3), k\n"
    "    want = np.array([[0, 1, 2], [3, 4, 5]]) if k not in 'f8f4f2' else np.zeros((2, 3))\n"
    "    assert k == '?' or (a == want).all(), (k, a)\n"
    "t['gr\\u00f6\\u00dfe'] = np.arange(7, dtype='f4')\n"
    "t['none'] = np.zeros((3, 0), 'f2')\n"
    "save_file(t, d + '/theirs.safetensors', metadata={'\\u00e9': '\\U0001f600'})\n";

static void write_ours(const char *path)
{
    static const ora_dtype types[] = {
        ORA_DTYPE_F64, ORA_DTYPE_I64, ORA_DTYPE_U64, ORA_DTYPE_F32, ORA_DTYPE_I32, ORA_DTYPE_U32,
        ORA_DTYPE_F16, ORA_DTYPE_I16, ORA_DTYPE_U16, ORA_DTYPE_I8,  ORA_DTYPE_U8,  ORA_DTYPE_BOOL,
    };
    const int n_types = (int)(sizeof types / sizeof types[0]);
    ora_safetensors_writer *w;

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_OK(ora_safetensors_writer_meta(w, "k\xc3\xa9\"\n", "v\\"));
    for (int i = 0; i < n_types; i++) {
        char name[8];

        (void)snprintf(name, sizeof name, "t%d", i);
        CHECK_OK(ora_safetensors_writer_declare(w, name, types[i], 2, (const int64_t[]){2, 3}));
    }
    CHECK_OK(ora_safetensors_writer_begin(w, path));
    for (int i = 0; i < n_types; i++) {
        const bool is_plain = types[i] >= ORA_DTYPE_I8 && types[i] != ORA_DTYPE_BOOL;
        const size_t size = ora_dtype_bytes(types[i]);

        for (unsigned char k = 0; k < 6; k++) {
            unsigned char element[8] = {0};

            element[0] = is_plain ? k : 0;
            CHECK_OK(ora_safetensors_writer_put(w, element, size));
        }
    }
    CHECK_OK(ora_safetensors_writer_commit(w));
    ora_safetensors_writer_destroy(&w);
}

TEST(safetensors, reference_package_reads_ours_and_we_read_its)
{
    const char *python = getenv("ORATOR_TEST_PYTHON");
    const ora_tensor_entry *e;
    ora_safetensors *s;
    char *command;
    float f[7];

    if (!python)
        SKIP("ORATOR_TEST_PYTHON names no Python with safetensors");
    write_ours(test_path("ours.safetensors"));
    test_write(test_path("judge.py"), script, sizeof script - 1);
    command = ora_text_format("'%s' '%s' '%s'", python, test_path("judge.py"), test_folder());
    CHECK_I64(system(command), 0);
    free(command);
    CHECK_OK(ora_safetensors_open(&s, test_path("theirs.safetensors")));
    CHECK_I64(ora_safetensors_count(s), 14);
    e = ora_safetensors_find(s, "gr\xc3\xb6\xc3\x9f"
                                "e");
    CHECK(e && e->n_elements == 7);
    CHECK_OK(ora_safetensors_read_f32(s, e, f));
    CHECK(f[6] == 6.0F);
    CHECK_TEXT(ora_safetensors_meta(s, "\xc3\xa9"), "\xf0\x9f\x98\x80");
    e = ora_safetensors_find(s, "none");
    CHECK(e && e->n_dims == 2 && e->shape[0] == 3 && e->n_bytes == 0);
    ora_safetensors_close(&s);
}
