/*
 * field_train.h - from a subject folder to a model folder with a trained field.
 */
#ifndef ORA_FIELD_TRAIN_H
#define ORA_FIELD_TRAIN_H

#include "field/trainer.h"
#include "pipeline/field_data.h"

typedef struct ora_field_train_params {
    const char *subject, *model; /* folders, borrowed                                    */
    ora_field_data_params data;
    ora_train_config train; /* write_picture is filled in here                           */
    const char *run_yaml;   /* text of run.yaml, the effective configuration; NULL = none */
} ora_field_train_params;

/*
 * Prepare the subject's pictures and train. Previews are PNG.
 *   ORATOR_E_WRITE  the model folder cannot be made, or it is the subject
 *   errors of ora_field_data_open() and ora_field_train()
 */
orator_status ora_field_train_subject(ora_train_report *out, orator_context *ctx,
                                      const ora_field_train_params *params);

/*
 * An amount of memory: "2G", "512M", a bare number counts MB; 64 MB to 1 TB. ORATOR_E_INVALID.
 */
orator_status ora_ram_parse(uint64_t *bytes, const char *text);

#endif /* ORA_FIELD_TRAIN_H */
