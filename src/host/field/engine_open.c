#include "field/engine_open.h"

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "cpu/cpu_engine.h"

orator_status ora_field_engine_open(ora_field_engine **out, orator_context *ctx,
                                    orator_device device, const char *cpu_mask,
                                    const ora_field_engine_params *params)
{
    ora_pool *pool = ora_context_pool(ctx);
    orator_status st;
    ora_cpu_level level;

    *out = NULL;
    if (device.kind == ORATOR_DEVICE_CUDA) {
        ORA_TRY(orator_device_resolve(&device, device));
        return ora_fail(ORATOR_E_DEVICE,
                        "device cuda:%d: the CUDA back end of this build has no field, use cpu",
                        device.index);
    }
    ORA_TRY(ora_cpu_level_choose(&level, cpu_mask));
    ORA_TRY(ora_cpu_engine_open(out, pool, level, params));
    ora_log(ctx, ORATOR_LOG_INFO, "field on the processor (%s), %d threads",
            ora_cpu_level_name(level), ora_pool_threads(pool));

done:
    return st;
}

void ora_field_engine_close(ora_field_engine **e)
{
    if (*e)
        (*e)->ops->close(*e);
    *e = NULL;
}
