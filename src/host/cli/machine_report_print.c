/*
 * machine_report_print.c - the machine report as lines and as JSON.
 */
#include <stdio.h>

#include "cli/json_output.h"
#include "cli/machine_report.h"
#include "orator/version.h"

enum { SIZE_BYTES = 32, VERSION_BYTES = 32 };

/* "13.2 GiB" */
static const char *size_text(char out[SIZE_BYTES], int64_t bytes)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double v = (double)bytes;
    size_t i = 0;

    for (; v >= 1024.0 && i + 1 < sizeof unit / sizeof unit[0]; i++)
        v /= 1024.0;
    (void)snprintf(out, SIZE_BYTES, i ? "%.1f %s" : "%.0f %s", v, unit[i]);
    return out;
}

/* 13000 -> "13.0" */
static const char *driver_text(char out[VERSION_BYTES], int32_t driver)
{
    (void)snprintf(out, VERSION_BYTES, "%d.%d", driver / 1000, driver % 1000 / 10);
    return out;
}

static void device_text(char out[SIZE_BYTES], orator_device device)
{
    if (device.kind == ORATOR_DEVICE_CUDA)
        (void)snprintf(out, SIZE_BYTES, "cuda:%d", device.index);
    else
        (void)snprintf(out, SIZE_BYTES, "cpu");
}

static void print_machine(const ora_machine_report *r)
{
    char a[SIZE_BYTES];
    char b[SIZE_BYTES];
    const orator_device_info *cpu = &r->devices[0];

    (void)printf("orator   %s (%s), built with %s\n", orator_version(), orator_version_commit(),
                 r->compiler);
    (void)printf("cpu      %s; %s\n", cpu->name, *cpu->features ? cpu->features : "no extensions");
    (void)printf("kernels ");
    for (int i = 0; i <= (int)r->best_level; i++)
        (void)printf(" %s", ora_cpu_level_name((ora_cpu_level)i));
    (void)printf("; %s in use\n", ora_cpu_level_name(r->chosen_level));
    (void)printf("threads  %d usable of %d\n", r->threads_usable, r->threads_online);
    (void)printf("memory   %s free of %s", size_text(a, cpu->memory_free_bytes),
                 size_text(b, cpu->memory_bytes));
    if (r->memory_limit_bytes > 0)
        (void)printf(", limited to %s", size_text(a, r->memory_limit_bytes));
    (void)printf("\n");
    if (r->disk_free_bytes >= 0)
        (void)printf("disk     %s free of %s in the current folder\n",
                     size_text(a, r->disk_free_bytes), size_text(b, r->disk_bytes));
    else
        (void)printf("disk     free space of the current folder is unknown\n");
}

static void print_devices(const ora_machine_report *r)
{
    char name[SIZE_BYTES];
    char a[SIZE_BYTES];
    char b[SIZE_BYTES];

    if (r->is_cuda_built)
        (void)printf("cuda     built for %s; ", r->cuda_archs);
    else
        (void)printf("cuda     not built in");
    if (r->is_cuda_built && r->cuda_driver == 0)
        (void)printf("no driver installed");
    else if (r->is_cuda_built)
        (void)printf("driver for CUDA %s", driver_text(a, r->cuda_driver));
    (void)printf("\n");
    for (size_t i = 1; i < r->n_devices; i++) {
        const orator_device_info *d = &r->devices[i];

        device_text(name, d->device);
        (void)printf("%-8s %s; %s; %s free of %s\n", name, d->name, d->features,
                     size_text(a, d->memory_free_bytes), size_text(b, d->memory_bytes));
    }
}

static void print_media(const ora_machine_report *r)
{
    static const ora_codec_kind kinds[] = {ORA_CODEC_DEMUXER, ORA_CODEC_DECODER, ORA_CODEC_ENCODER,
                                           ORA_CODEC_MUXER};

    if (!r->is_media_built) {
        (void)printf("media    not built in: no video, sound or picture files\n");
        return;
    }
    (void)printf("media   ");
    for (size_t i = 0; i < r->n_libraries; i++)
        (void)printf(" %s %s%s", r->libraries[i].name, r->libraries[i].version,
                     i + 1 < r->n_libraries ? "," : "\n");
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        (void)printf("%ss", ora_codec_kind_name(kinds[k]));
        for (size_t i = 0; i < r->n_codecs; i++)
            if (r->codecs[i].kind == kinds[k] && r->codecs[i].is_there)
                (void)printf(" %s", r->codecs[i].name);
        (void)printf("\n");
    }
}

/* A path as one line: control characters become '?'. */
static void put_path(const char *s)
{
    for (; *s; s++)
        (void)putchar((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
}

static void print_models(const ora_machine_report *r)
{
    char size[SIZE_BYTES];

    if (r->n_models == 0) {
        (void)fputs("models   no files in ", stdout);
        put_path(r->models_folder);
        (void)fputs("; none is needed\n", stdout);
    }
    for (size_t i = 0; i < r->n_models; i++) {
        (void)fputs("model    ", stdout);
        put_path(r->models_folder);
        (void)putchar('/');
        put_path(r->models[i].name);
        (void)printf(", %s\n", size_text(size, r->models[i].size_bytes));
    }
}

void ora_machine_report_print(const ora_machine_report *r)
{
    print_machine(r);
    print_devices(r);
    print_media(r);
    print_models(r);
    for (size_t i = 0; i < r->n_codecs; i++)
        if (!r->codecs[i].is_there)
            (void)printf("missing  %s %s (%s): %s\n", ora_codec_kind_name(r->codecs[i].kind),
                         r->codecs[i].name, r->codecs[i].purpose, r->codecs[i].remedy);
    if (r->n_missing == 0)
        (void)printf("verdict  everything needed is here\n");
    else
        (void)printf("verdict  %zu needed things are missing\n", r->n_missing);
}

static void add_number(cJSON *o, const char *key, int64_t v)
{
    (void)cJSON_AddNumberToObject(o, key, (double)v);
}

/* As a number where it is known. */
static void add_known(cJSON *o, const char *key, int64_t v, bool is_known)
{
    if (is_known)
        add_number(o, key, v);
    else
        (void)cJSON_AddNullToObject(o, key);
}

static cJSON *add_to_array(cJSON *array)
{
    cJSON *o = cJSON_CreateObject();

    (void)cJSON_AddItemToArray(array, o);
    return o;
}

static void add_devices(cJSON *json, const ora_machine_report *r)
{
    cJSON *array = cJSON_AddArrayToObject(json, "devices");

    for (size_t i = 0; i < r->n_devices; i++) {
        const orator_device_info *d = &r->devices[i];
        cJSON *o = add_to_array(array);
        char name[SIZE_BYTES];

        device_text(name, d->device);
        ora_json_add_text(o, "device", name);
        ora_json_add_text(o, "name", d->name);
        ora_json_add_words(o, "features", d->features);
        add_number(o, "memory_bytes", d->memory_bytes);
        add_number(o, "memory_free_bytes", d->memory_free_bytes);
    }
}

static void add_kernels(cJSON *json, const ora_machine_report *r)
{
    cJSON *o = cJSON_AddObjectToObject(json, "kernels");
    cJSON *levels = cJSON_AddArrayToObject(o, "levels");

    for (int i = 0; i <= (int)r->best_level; i++)
        (void)cJSON_AddItemToArray(levels,
                                   cJSON_CreateString(ora_cpu_level_name((ora_cpu_level)i)));
    ora_json_add_text(o, "chosen", ora_cpu_level_name(r->chosen_level));
}

static void add_cuda(cJSON *json, const ora_machine_report *r)
{
    cJSON *o = cJSON_AddObjectToObject(json, "cuda");
    char text[VERSION_BYTES];

    (void)cJSON_AddBoolToObject(o, "is_built", r->is_cuda_built);
    ora_json_add_words(o, "archs", r->cuda_archs);
    if (r->cuda_driver > 0)
        ora_json_add_text(o, "driver", driver_text(text, r->cuda_driver));
    else
        (void)cJSON_AddNullToObject(o, "driver");
}

static void add_media(cJSON *json, const ora_machine_report *r)
{
    cJSON *media = cJSON_AddObjectToObject(json, "media");
    cJSON *libraries;
    cJSON *codecs;

    (void)cJSON_AddBoolToObject(media, "is_built", r->is_media_built);
    libraries = cJSON_AddArrayToObject(media, "libraries");
    for (size_t i = 0; i < r->n_libraries; i++) {
        cJSON *o = add_to_array(libraries);

        ora_json_add_text(o, "name", r->libraries[i].name);
        ora_json_add_text(o, "version", r->libraries[i].version);
    }
    codecs = cJSON_AddArrayToObject(media, "codecs");
    for (size_t i = 0; i < r->n_codecs; i++) {
        cJSON *o = add_to_array(codecs);

        ora_json_add_text(o, "kind", ora_codec_kind_name(r->codecs[i].kind));
        ora_json_add_text(o, "name", r->codecs[i].name);
        ora_json_add_text(o, "purpose", r->codecs[i].purpose);
        (void)cJSON_AddBoolToObject(o, "is_there", r->codecs[i].is_there);
    }
}

static void add_models(cJSON *json, const ora_machine_report *r)
{
    cJSON *models = cJSON_AddObjectToObject(json, "models");
    cJSON *files;

    ora_json_add_text(models, "folder", r->models_folder);
    files = cJSON_AddArrayToObject(models, "files");
    for (size_t i = 0; i < r->n_models; i++) {
        cJSON *o = add_to_array(files);

        ora_json_add_text(o, "name", r->models[i].name);
        add_number(o, "size_bytes", r->models[i].size_bytes);
    }
}

static void add_missing(cJSON *json, const ora_machine_report *r)
{
    cJSON *missing = cJSON_AddArrayToObject(json, "missing");

    for (size_t i = 0; i < r->n_codecs; i++)
        if (!r->codecs[i].is_there) {
            cJSON *o = add_to_array(missing);

            ora_json_add_text(o, "kind", ora_codec_kind_name(r->codecs[i].kind));
            ora_json_add_text(o, "name", r->codecs[i].name);
            ora_json_add_text(o, "remedy", r->codecs[i].remedy);
        }
    (void)cJSON_AddBoolToObject(json, "is_ok", r->n_missing == 0);
}

cJSON *ora_machine_report_json(const ora_machine_report *r)
{
    cJSON *json = ora_json_output_new("doctor", 1);
    cJSON *o;

    ora_json_add_text(json, "version", orator_version());
    ora_json_add_text(json, "commit", orator_version_commit());
    ora_json_add_text(json, "compiler", r->compiler);
    add_kernels(json, r);
    o = cJSON_AddObjectToObject(json, "threads");
    add_number(o, "usable", r->threads_usable);
    add_number(o, "online", r->threads_online);
    add_known(json, "memory_limit_bytes", r->memory_limit_bytes, r->memory_limit_bytes > 0);
    o = cJSON_AddObjectToObject(json, "disk");
    add_known(o, "free_bytes", r->disk_free_bytes, r->disk_free_bytes >= 0);
    add_known(o, "total_bytes", r->disk_bytes, r->disk_bytes >= 0);
    add_devices(json, r);
    add_cuda(json, r);
    add_media(json, r);
    add_models(json, r);
    add_missing(json, r);
    return json;
}
