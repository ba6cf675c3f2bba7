#include "cli/json_output.h"
#include "cli/machine_report.h"
#include "cli/verb_list.h"

#include "base/context_impl.h"
#include "base/status_impl.h"

typedef struct doctor_config {
    char *models;
} doctor_config;

static const ora_option options[] = {
    {"models", ORA_OPT_PATH, offsetof(doctor_config, models), .unit = "DIR",
     .help = "folder of model files; left out, $XDG_DATA_HOME/orator/models or "
             "~/.local/share/orator/models"},
    {0},
};

static const ora_example examples[] = {
    {"orator doctor", "what this machine and this build can do, and what is missing"},
    {"orator doctor --json", "the same as one JSON object (data/schemas/doctor.schema.json)"},
    {"orator doctor --device cuda", "fail with exit code 6 where no CUDA device is usable"},
    {0},
};

static orator_status run(ora_call *call)
{
    const doctor_config *config = call->config;
    ora_machine_report report;
    orator_device device;
    orator_status st;

    ORA_TRY(ora_machine_report_gather(&report, config->models));
    report.chosen_level = call->cpu_level;
    if (call->is_json) {
        cJSON *json = ora_machine_report_json(&report);

        ORA_TRY(ora_json_output_print(&json));
    } else {
        ora_machine_report_print(&report);
    }
    ORA_TRY(orator_device_resolve(&device, call->device));
    if (report.n_missing > 0) {
        ora_log(call->ctx, ORATOR_LOG_WARN, "%zu needed things are missing", report.n_missing);
        call->exit_code = 1;
    }

done:
    ora_machine_report_clear(&report);
    return st;
}

const ora_verb ora_verb_doctor = {
    .name = "doctor",
    .summary = "check this machine and this build",
    .words = "",
    .text =
        "Reports compiler, processor, instruction sets of the kernels and the one in use, threads, memory, disk, CUDA devices, the codecs that "
        "FFmpeg brings and the model files at hand. Each missing thing is one line that says "
        "how to get it. Exits with 1 when something needed is missing, with 6 when the device "
        "asked for is not usable. Needs no network and changes nothing.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(doctor_config),
    .run = run,
};
