#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pool.h"
#include "cli/machine_report.h"
#include "formats/json_file.h"
#include "support/json_schema.h"

/* A machine with two GPUs and an FFmpeg without libx264. */
static ora_machine_report made_up(void)
{
    ora_machine_report r = {
        .compiler = "gcc 1.2.3",
        .threads_usable = 2,
        .threads_online = 4,
        .memory_limit_bytes = 1 << 30,
        .disk_free_bytes = -1,
        .disk_bytes = -1,
        .is_cuda_built = true,
        .cuda_archs = "sm_80 sm_90 ptx_90",
        .cuda_driver = 12080,
        .n_devices = 3,
        .is_media_built = true,
        .n_codecs = 2,
        .n_missing = 1,
    };

    r.devices[0].device.kind = ORATOR_DEVICE_CPU;
    for (int i = 1; i < 3; i++) {
        r.devices[i].device = (orator_device){ORATOR_DEVICE_CUDA, i - 1};
        (void)snprintf(r.devices[i].name, sizeof r.devices[i].name, "GPU %d", i);
        (void)snprintf(r.devices[i].features, sizeof r.devices[i].features, "sm_90");
        r.devices[i].memory_bytes = (int64_t)80 << 30;
    }
    r.codecs[0] = (ora_codec_support){ORA_CODEC_ENCODER, "libx264", "clips", "install it", false};
    r.codecs[1] = (ora_codec_support){ORA_CODEC_DECODER, "h264", "clips", "install it", true};
    return r;
}

static void check_schema(const cJSON *json)
{
    cJSON *schema = NULL;
    char why[256];

    CHECK_OK(ora_json_read(&schema, test_source("data/schemas/doctor.schema.json")));
    if (!json_schema_holds(schema, json, why, sizeof why))
        test_fail(__FILE__, __LINE__, "%s", why);
    cJSON_Delete(schema);
}

static const cJSON *at(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    if (!v)
        test_fail(__FILE__, __LINE__, "no member '%s'", key);
    return v;
}

TEST(machine_report, json_names_devices_and_what_is_missing)
{
    ora_machine_report r = made_up();
    cJSON *json;

    r.models_folder = strdup("m");
    json = ora_machine_report_json(&r);
    check_schema(json);
    CHECK(cJSON_IsFalse(at(json, "is_ok")));
    CHECK_I64(cJSON_GetArraySize(at(json, "missing")), 1);
    CHECK_TEXT(at(cJSON_GetArrayItem(at(json, "missing"), 0), "name")->valuestring, "libx264");
    CHECK_TEXT(at(cJSON_GetArrayItem(at(json, "devices"), 2), "device")->valuestring, "cuda:1");
    CHECK_TEXT(at(at(json, "cuda"), "driver")->valuestring, "12.8");
    CHECK_I64(cJSON_GetArraySize(at(at(json, "cuda"), "archs")), 3);
    CHECK(cJSON_IsNull(at(at(json, "disk"), "free_bytes")));
    cJSON_Delete(json);
    ora_machine_report_clear(&r);
}

TEST(machine_report, gathering_finds_this_machine)
{
    ora_machine_report r;
    cJSON *json;

    CHECK_OK(ora_machine_report_gather(&r, test_folder()));
    CHECK_I64(r.threads_usable, ora_pool_default_threads());
    CHECK_I64(r.threads_online, sysconf(_SC_NPROCESSORS_ONLN));
    CHECK(r.disk_free_bytes >= 0 && r.disk_bytes >= r.disk_free_bytes);
    CHECK(r.n_devices >= 1 && r.devices[0].device.kind == ORATOR_DEVICE_CPU);
    CHECK(r.devices[0].memory_bytes > 0);
    json = ora_machine_report_json(&r);
    check_schema(json);
    cJSON_Delete(json);
    ora_machine_report_clear(&r);
}

TEST(machine_report, model_files_are_sorted_and_folders_are_not_files)
{
    ora_machine_report r;

    CHECK_OK(ora_folder_make(test_path("models")));
    test_write(test_path("models/b.safetensors"), "12345", 5);
    test_write(test_path("models/a.task"), "1", 1);
    CHECK_OK(ora_folder_make(test_path("models/folder")));
    CHECK_OK(ora_machine_report_gather(&r, test_path("models")));
    CHECK_I64(r.n_models, 2);
    CHECK_TEXT(r.models[0].name, "a.task");
    CHECK_I64(r.models[1].size_bytes, 5);
    ora_machine_report_clear(&r);
    CHECK_STATUS(ora_machine_report_gather(&r, test_path("nowhere")), ORATOR_E_IO);
    CHECK_ERROR_HAS("nowhere");
    ora_machine_report_clear(&r);
}
