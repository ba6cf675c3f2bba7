#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "formats/json_file.h"
#include "formats/safetensors.h"
#include "formats/yaml_config.h"
#include "support/alloc_fail.h"

typedef struct config {
    double near;
    char *note;
    char *file;
} config;

static const ora_option rows[] = {
    {.name = "near",
     .type = ORA_OPT_F64,
     .offset = offsetof(config, near),
     .max = 10.0,
     .help = "start"},
    {.name = "note", .type = ORA_OPT_TEXT, .offset = offsetof(config, note), .help = "note"},
    {.name = "file", .type = ORA_OPT_PATH, .offset = offsetof(config, file), .help = "file"},
    {.name = NULL},
};

static orator_status json_there_and_back(void *arg)
{
    const char *path = arg;
    cJSON *json = NULL;
    orator_status st;

    ORA_TRY(ora_json_read(&json, path));
    ORA_TRY(ora_json_write(json, path));

done:
    cJSON_Delete(json);
    return st;
}

static orator_status npy_there_and_back(void *arg)
{
    const char *const *paths = arg;
    ora_npy a = {.dtype = ORA_DTYPE_F32};
    orator_status st;

    ORA_TRY(ora_npy_peek(&a, paths[0]));
    ORA_TRY(ora_npy_read(&a, paths[0], 4096));
    ORA_TRY(ora_npy_to_f32(&a));
    ORA_TRY(ora_npy_write(paths[1], a.dtype, a.n_dims, a.shape, a.data));

done:
    ora_npy_clear(&a);
    return st;
}

static orator_status tensors_out(void *arg)
{
    ora_safetensors_writer *w = NULL;
    const int64_t shape[] = {2, 2};
    const float f[4] = {1.0F, 2.0F, 3.0F, 4.0F};
    orator_status st;

    ORA_TRY(ora_safetensors_writer_create(&w));
    ORA_TRY(ora_safetensors_writer_meta(w, "key", "value"));
    ORA_TRY(ora_safetensors_writer_declare(w, "a", ORA_DTYPE_F32, 2, shape));
    ORA_TRY(ora_safetensors_writer_declare(w, "b", ORA_DTYPE_F16, 1, shape));
    ORA_TRY(ora_safetensors_writer_begin(w, arg));
    ORA_TRY(ora_safetensors_writer_put(w, f, sizeof f));
    ORA_TRY(ora_safetensors_writer_put(w, f, 4));
    ORA_TRY(ora_safetensors_writer_commit(w));

done:
    ora_safetensors_writer_destroy(&w);
    return st;
}

static orator_status tensors_in(void *arg)
{
    ora_safetensors *s = NULL;
    orator_status st;
    float f[2];

    ORA_TRY(ora_safetensors_open(&s, arg));
    ORA_TRY(ora_safetensors_read_f32(s, ora_safetensors_find(s, "b"), f));

done:
    ora_safetensors_close(&s);
    return st;
}

static orator_status configuration(void *arg)
{
    config c = {.near = 0.0};
    const ora_option_set set = {.section = "field", .options = rows, .config = &c};
    char *text = NULL;
    orator_status st;

    ORA_TRY(ora_options_init(&set));
    ORA_TRY(ora_yaml_config_apply(&set, 1, NULL, arg));
    ORA_TRY(ora_yaml_config_print(&text, &set, 1));

done:
    free(text);
    ora_options_clear(&set);
    return st;
}

/* Nothing with a temporary name is left. */
static void check_no_temporaries(void)
{
    char **names;
    size_t n;

    CHECK_OK(ora_folder_list(&names, &n, test_folder()));
    for (size_t i = 0; i < n; i++)
        CHECK(!strstr(names[i], ".tmp-"));
    ora_names_free(names, n);
}

TEST(formats, json_survives_failed_allocations)
{
    static const char text[] = "{\"a\": [1, 2], \"b\": {\"c\": \"d\", \"e\": null}}";
    char path[512];

    (void)snprintf(path, sizeof path, "%s", test_path("a.json"));
    test_write(path, text, sizeof text - 1);
    CHECK(alloc_fail_each(json_there_and_back, path, ALLOC_STRICT) > 4);
    check_no_temporaries();
}

TEST(formats, npy_survives_failed_allocations)
{
    static const char array[] =
        "\x93NUMPY\x01\x00\x3a\x00{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }"
        "\0\0\0\1\0\2\0\3\0\4\0\5";
    const char *paths[] = {test_path("in.npy"), test_path("out.npy")};

    test_write(paths[0], array, sizeof array - 1);
    CHECK(alloc_fail_each(npy_there_and_back, paths, ALLOC_STRICT) > 6);
    check_no_temporaries();
}

TEST(formats, tensors_survive_failed_allocations)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s", test_path("a.safetensors"));
    CHECK(alloc_fail_each(tensors_out, path, ALLOC_STRICT) > 6);
    CHECK(alloc_fail_each(tensors_in, path, ALLOC_STRICT) > 4);
    check_no_temporaries();
}

TEST(formats, configuration_survives_failed_allocations)
{
    static const char top[] = "include: base.yaml\nfield:\n  note: \"a b\"\n  file: x.bin\n";
    static const char base[] = "field:\n  near: 2\n";
    char path[512];

    (void)snprintf(path, sizeof path, "%s", test_path("top.yaml"));
    test_write(path, top, sizeof top - 1);
    test_write(test_path("base.yaml"), base, sizeof base - 1);
    CHECK(alloc_fail_each(configuration, path, ALLOC_STRICT) > 20);
}
