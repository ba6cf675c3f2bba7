/*
 * machine_report.h - what this machine and this build offer, gathered once for doctor.
 */
#ifndef ORA_MACHINE_REPORT_H
#define ORA_MACHINE_REPORT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/cpu_level.h"
#include "media/codec_support.h"
#include "orator/device.h"

enum { ORA_REPORT_DEVICES = 32, ORA_REPORT_CODECS = 64, ORA_REPORT_LIBRARIES = 16 };

typedef struct ora_model_file {
    char *name; /* owned */
    int64_t size_bytes;
} ora_model_file;

typedef struct ora_machine_report {
    char compiler[64];          /* "gcc 12.2.0" */
    ora_cpu_level best_level;   /* of kernels that this processor runs            */
    ora_cpu_level chosen_level; /* what they run at; --cpu-mask is for the caller */
    int threads_usable;         /* affinity and cgroup quota counted in */
    int threads_online;
    int64_t memory_limit_bytes; /* of the cgroup; 0 = none */
    int64_t disk_free_bytes;    /* of the current folder; -1 = unknown */
    int64_t disk_bytes;
    bool is_cuda_built;
    const char *cuda_archs;                         /* static */
    int32_t cuda_driver;                            /* 13000 = 13.0; 0 = none installed */
    orator_device_info devices[ORA_REPORT_DEVICES]; /* the CPU first */
    size_t n_devices;
    bool is_media_built;
    ora_library_version libraries[ORA_REPORT_LIBRARIES];
    size_t n_libraries;
    ora_codec_support codecs[ORA_REPORT_CODECS];
    size_t n_codecs;
    char *models_folder;    /* owned */
    ora_model_file *models; /* owned [n_models], sorted by name */
    size_t n_models;
    size_t n_missing; /* needed things that are not there */
} ora_machine_report;

/*
 * `models_folder` NULL = $XDG_DATA_HOME/orator/models or ~/.local/share/orator/models, which need
 * not exist. Clear *out in any case.
 *   ORATOR_E_IO     a folder was given and cannot be read
 *   ORATOR_E_NOMEM, ORATOR_E_DEVICE
 */
orator_status ora_machine_report_gather(ora_machine_report *out, const char *models_folder);
void ora_machine_report_clear(ora_machine_report *r);

/* Lines for people on stdout. */
void ora_machine_report_print(const ora_machine_report *r);

/* As data/schemas/doctor.schema.json describes; owned, NULL = no memory. */
cJSON *ora_machine_report_json(const ora_machine_report *r);

#endif /* ORA_MACHINE_REPORT_H */
