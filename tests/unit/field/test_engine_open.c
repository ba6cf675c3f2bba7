#include "support/check.h"

#include <string.h>

#include "cpu/cpu_level.h"
#include "field/engine_open.h"
#include "support/synthetic_scene.h"

static char log_text[512];

static void keep_log(void *user, orator_log_level level, const char *text)
{
    (void)user;
    (void)level;
    (void)strncat(log_text, text, sizeof log_text - strlen(log_text) - 1);
}

TEST(engine_open, chooses_the_processor_and_says_so)
{
    orator_context_params cp = orator_context_params_default();
    orator_context *ctx = NULL;
    ora_field_engine *e = NULL;
    ora_field_engine_params p;
    synthetic_scene s;
    orator_device device = {.kind = ORATOR_DEVICE_AUTO};

    synthetic_scene_open(&s, 16, 2);
    p = synthetic_params(&s, 16, 64, 4);
    cp.on_log = keep_log;
    cp.n_threads = 2;
    CHECK_OK(orator_context_open(&ctx, &cp));
    CHECK_OK(ora_field_engine_open(&e, ctx, device, "scalar", &p));
    CHECK_TEXT(log_text, "field on the processor (scalar), 2 threads");
    CHECK_TEXT(e->ops->name, "cpu scalar");
    ora_field_engine_close(&e);
    CHECK(e == NULL);
    ora_field_engine_close(&e);
    device.kind = ORATOR_DEVICE_CPU;
    CHECK_OK(ora_field_engine_open(&e, NULL, device, "", &p));
    ora_field_engine_close(&e);
    CHECK_STATUS(ora_field_engine_open(&e, ctx, device, "sse9", &p), ORATOR_E_INVALID);
    CHECK(e == NULL);
    orator_context_close(&ctx);
    synthetic_scene_close(&s);
}

TEST(engine_open, never_takes_the_processor_for_cuda)
{
    ora_field_engine *e = NULL;
    ora_field_engine_params p;
    synthetic_scene s;

    synthetic_scene_open(&s, 16, 2);
    p = synthetic_params(&s, 16, 64, 4);
    CHECK_STATUS(
        ora_field_engine_open(&e, NULL, (orator_device){.kind = ORATOR_DEVICE_CUDA}, "", &p),
        ORATOR_E_DEVICE);
    CHECK_ERROR_HAS("cuda:0");
    CHECK(e == NULL);
    synthetic_scene_close(&s);
}
