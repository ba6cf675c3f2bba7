#include "base/status_impl.h"
#include "field/engine_open.h"
#include "field/field_file.h"

orator_status ora_field_file_engine(ora_field_engine **out, orator_context *ctx,
                                    orator_device device, const char *cpu_mask,
                                    const ora_field_file *f)
{
    const ora_field_engine_params params = {.model = f->model,
                                            .box = f->box,
                                            .camera = f->camera,
                                            .n_occupancy = f->n_occupancy,
                                            .max_rays = 1,
                                            .max_batch_frames = 1,
                                            .max_samples = ORA_FIELD_MAX_STEPS};
    ora_field_engine *e = NULL;
    orator_status st;

    *out = NULL;
    ORA_TRY(ora_field_engine_open(&e, ctx, device, cpu_mask, &params));
    ORA_TRY(e->ops->set(e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, f->theta));
    ORA_TRY(e->ops->set(e, ORA_BLOCK_GRID, ORA_WHICH_VALUE, f->grid));
    ORA_TRY(e->ops->set(e, ORA_BLOCK_TORSO_GRID, ORA_WHICH_VALUE, f->torso_grid));
    ORA_TRY(e->ops->set_occupancy(e, f->occupancy));
    *out = e;
    e = NULL;

done:
    ora_field_engine_close(&e);
    return st;
}
