#include "pipeline/field_train.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/png_file.h"

static orator_status write_png(const char *path, const ora_image *img)
{
    return ora_png_write(path, img, NULL, 0);
}

static orator_status prepare_folder(const ora_field_train_params *p)
{
    orator_status st;

    ORA_TRY(ora_folder_make(p->model));
    st = ora_folder_sweep(p->model);

done:
    return st;
}

orator_status ora_field_train_subject(ora_train_report *out, orator_context *ctx,
                                      const ora_field_train_params *params)
{
    ora_train_config config = params->train;
    ora_field_data_params data = params->data;
    ora_training_set set = {0};
    orator_status st;

    *out = (ora_train_report){0};
    config.write_picture = write_png;
    config.run_yaml = params->run_yaml;
    data.train = &config;
    if (ora_file_is_same(params->subject, params->model))
        return ora_fail(ORATOR_E_WRITE, "'%s' is the subject, want another folder for the model",
                        params->model);
    ORA_TRY(ora_field_data_open(&set, ctx, params->subject, &data));
    ORA_TRY(prepare_folder(params));
    st = ora_field_train(out, ctx, &set, params->model, &config);

done:
    ora_training_set_clear(&set);
    return st;
}

orator_status ora_ram_parse(uint64_t *bytes, const char *text)
{
    static const char units[] = "MG";
    const size_t n = strlen(text);
    const char *unit = n > 0 ? strchr(units, text[n - 1]) : NULL;
    char number[24] = "";
    double v = 0, mb = 0;

    *bytes = 0;
    if (n > 0 && n < sizeof number)
        memcpy(number, text, n - (unit != NULL));
    if (ora_text_to_f64(&v, number))
        mb = unit && *unit == 'G' ? 1024.0 * v : v;
    if (!(mb >= 64.0 && mb <= 1048576.0))
        return ora_fail(ORATOR_E_INVALID, "memory '%s': want a size such as 2G or 512M, 64M..1024G",
                        text);
    *bytes = (uint64_t)(mb * 1048576.0);
    return ORATOR_OK;
}
