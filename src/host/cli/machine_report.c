#include "cli/machine_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pool.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/backend.h"

static void read_compiler(ora_machine_report *r)
{
#if defined(__clang__)
    (void)snprintf(r->compiler, sizeof r->compiler, "clang %d.%d.%d", __clang_major__,
                   __clang_minor__, __clang_patchlevel__);
#else
    (void)snprintf(r->compiler, sizeof r->compiler, "gcc %d.%d.%d", __GNUC__, __GNUC_MINOR__,
                   __GNUC_PATCHLEVEL__);
#endif
}

/* Limit of the control group (version 2, as a container sees it), 0 where there is none. */
static int64_t memory_limit(void)
{
    FILE *f = fopen("/sys/fs/cgroup/memory.max", "r");
    char line[64] = "";
    int64_t bytes = 0;

    if (!f)
        return 0;
    if (!fgets(line, (int)sizeof line, f))
        line[0] = 0;
    (void)fclose(f);
    line[strcspn(line, "\n")] = 0;
    /* "max" is no number and means no limit */
    return ora_text_to_i64(&bytes, line) && bytes > 0 ? bytes : 0;
}

static void read_machine(ora_machine_report *r)
{
    struct statvfs fs;

    r->threads_usable = ora_pool_default_threads();
    r->threads_online = (int)sysconf(_SC_NPROCESSORS_ONLN);
    r->memory_limit_bytes = memory_limit();
    r->disk_free_bytes = -1;
    r->disk_bytes = -1;
    if (statvfs(".", &fs) == 0) {
        r->disk_free_bytes = (int64_t)(fs.f_bavail * fs.f_frsize);
        r->disk_bytes = (int64_t)(fs.f_blocks * fs.f_frsize);
    }
}

static orator_status read_devices(ora_machine_report *r)
{
    int32_t n = 0;
    const orator_status st = orator_device_list(r->devices, ORA_REPORT_DEVICES, &n);

    r->is_cuda_built = ora_backend_cuda_built();
    r->cuda_archs = ora_backend_cuda_archs();
    r->cuda_driver = ora_backend_cuda_driver();
    r->n_devices = (size_t)(n < ORA_REPORT_DEVICES ? n : ORA_REPORT_DEVICES);
    return st;
}

static void read_media(ora_machine_report *r)
{
    r->is_media_built = ora_media_built();
    r->n_libraries = ora_media_libraries(r->libraries, ORA_REPORT_LIBRARIES);
    r->n_codecs = ora_codec_support_list(r->codecs, ORA_REPORT_CODECS);
    for (size_t i = 0; i < r->n_codecs; i++)
        r->n_missing += r->codecs[i].is_there ? 0 : 1;
}

static char *default_models_folder(void)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    if (data && *data == '/')
        return ora_path_join(data, "orator/models");
    return ora_path_join(home ? home : "/", ".local/share/orator/models");
}

static orator_status read_models(ora_machine_report *r)
{
    orator_status st;
    char **names = NULL;
    char *path = NULL;
    size_t n = 0;

    ORA_TRY(ora_folder_list(&names, &n, r->models_folder));
    r->models = calloc(n + 1, sizeof *r->models);
    if (!r->models) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %zu model files", n);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        ora_model_file *model = &r->models[r->n_models];
        struct stat info;

        free(path);
        path = ora_path_join(r->models_folder, names[i]);
        if (!path || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        model->name = ora_text_copy(names[i]);
        model->size_bytes = info.st_size;
        if (model->name)
            r->n_models++;
    }

done:
    free(path);
    ora_names_free(names, n);
    return st;
}

orator_status ora_machine_report_gather(ora_machine_report *out, const char *models_folder)
{
    orator_status st;

    *out = (ora_machine_report){.cuda_archs = ""};
    out->models_folder = models_folder ? ora_text_copy(models_folder) : default_models_folder();
    if (!out->models_folder)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the report");
    read_compiler(out);
    read_machine(out);
    read_media(out);
    out->best_level = ora_cpu_level_detect();
    ORA_TRY(ora_cpu_level_choose(&out->chosen_level, NULL));
    ORA_TRY(read_devices(out));
    if (models_folder || ora_file_is_folder(out->models_folder))
        ORA_TRY(ora_while(read_models(out), "models"));

done:
    return st;
}

void ora_machine_report_clear(ora_machine_report *r)
{
    for (size_t i = 0; i < r->n_models; i++)
        free(r->models[i].name);
    free(r->models);
    free(r->models_folder);
    *r = (ora_machine_report){.cuda_archs = ""};
}
