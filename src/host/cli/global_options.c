#include "cli/global_options.h"

#include "cpu/cpu_level.h"
#include "orator/device.h"

static orator_status check_device(const char *value)
{
    orator_device device;

    return orator_device_parse(&device, value);
}

static orator_status check_cpu_mask(const char *value)
{
    ora_cpu_level level;

    return ora_cpu_level_choose(&level, value);
}

#define AT(field) offsetof(ora_global_config, field)

const ora_option ora_global_options[] = {
    {"help", ORA_OPT_BOOL, AT(wants_help), .help = "show help and stop", .short_flag = 'h'},
    {"version", ORA_OPT_BOOL, AT(wants_version), .help = "show version and commit and stop",
     .short_flag = 'V'},
    {"quiet", ORA_OPT_BOOL, AT(is_quiet), .help = "warnings and errors only", .short_flag = 'q'},
    {"verbose", ORA_OPT_BOOL, AT(is_verbose), .help = "log details of the work too",
     .short_flag = 'v'},
    {"json", ORA_OPT_BOOL, AT(is_json), .help = "result as one JSON object on stdout"},
    {"config", ORA_OPT_PATH, AT(config_path), .unit = "FILE",
     .help = "read options from a YAML file; flags win over it"},
    {"print_config", ORA_OPT_BOOL, AT(prints_config),
     .help = "print the effective configuration as YAML and stop"},
    {0},
};

#undef AT
#define AT(field) offsetof(ora_run_config, field)

const ora_option ora_run_options[] = {
    {"threads", ORA_OPT_I32, AT(n_threads), 0, 0, 256, "threads",
     "processor threads, 0 = all that this process may use"},
    {"device", ORA_OPT_TEXT, AT(device), .unit = "auto|cpu|cuda[:N]",
     .help = "what to compute on; an explicit cuda that cannot be had is an error",
     .fallback_text = "auto", .check = check_device},
    {"cpu_mask", ORA_OPT_TEXT, AT(cpu_mask), .unit = "scalar|avx2|avx512|avx512bf16",
     .help = "instruction set of the kernels; left out, the best of this processor up to avx512",
     .check = check_cpu_mask},
    {"color", ORA_OPT_CHOICE, AT(colour), ORA_COLOUR_AUTO, .choices = "auto|always|never",
     .help = "coloured messages; auto = on a terminal unless NO_COLOR is set"},
    {"log_format", ORA_OPT_CHOICE, AT(log_format), ORA_LOG_TEXT, .choices = "text|jsonl",
     .help = "log and progress on stderr as text or as JSON lines"},
    {0},
};
