/*
 * engine_open.h - picks the back end of a field.
 */
#ifndef ORA_ENGINE_OPEN_H
#define ORA_ENGINE_OPEN_H

#include "core/field_engine.h"
#include "orator/context.h"
#include "orator/device.h"

/*
 * `device` auto and cpu: the processor with the context's threads and the best instruction set that
 * `cpu_mask` ("" = all; "scalar", "avx2", "avx512", "avx512bf16": that one or lower) allows; logs
 * the choice. On failure *out is NULL.
 *   ORATOR_E_INVALID  unknown mask, limits out of range
 *   ORATOR_E_DEVICE   a device that has no field in this build
 *   ORATOR_E_NOMEM
 */
orator_status ora_field_engine_open(ora_field_engine **out, orator_context *ctx,
                                    orator_device device, const char *cpu_mask,
                                    const ora_field_engine_params *params);
void ora_field_engine_close(ora_field_engine **e);

#endif /* ORA_ENGINE_OPEN_H */
