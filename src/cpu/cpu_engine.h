/*
 * cpu_engine.h - the field on the processor.
 */
#ifndef ORA_CPU_ENGINE_H
#define ORA_CPU_ENGINE_H

#include "base/pool.h"
#include "core/field_engine.h"
#include "cpu/cpu_level.h"

/* `pool` is borrowed until close; NULL runs on the calling thread. ORATOR_E_INVALID, _NOMEM. */
orator_status ora_cpu_engine_open(ora_field_engine **out, ora_pool *pool, ora_cpu_level level,
                                  const ora_field_engine_params *params);

#endif /* ORA_CPU_ENGINE_H */
