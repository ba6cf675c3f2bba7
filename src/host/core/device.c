#include "orator/device.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/status_impl.h"
#include "base/text.h"
#include "core/backend.h"

orator_status orator_device_parse(orator_device *out, const char *text)
{
    int64_t index = 0;

    *out = (orator_device){.kind = ORATOR_DEVICE_AUTO};
    if (strcmp(text, "auto") == 0)
        return ORATOR_OK;
    if (strcmp(text, "cpu") == 0) {
        out->kind = ORATOR_DEVICE_CPU;
        return ORATOR_OK;
    }
    if (strcmp(text, "cuda") == 0) {
        out->kind = ORATOR_DEVICE_CUDA;
        return ORATOR_OK;
    }
    if (strncmp(text, "cuda:", 5) == 0 && ora_text_to_i64(&index, text + 5) && index >= 0 &&
        index < 1024) {
        *out = (orator_device){.kind = ORATOR_DEVICE_CUDA, .index = (int32_t)index};
        return ORATOR_OK;
    }
    return ora_fail(ORATOR_E_INVALID, "device '%s', want auto, cpu, cuda or cuda:N", text);
}

orator_status orator_device_resolve(orator_device *out, orator_device wish)
{
    orator_status st;
    int32_t n_cuda = 0;

    *out = (orator_device){.kind = ORATOR_DEVICE_CPU};
    if (wish.kind == ORATOR_DEVICE_CPU)
        return ORATOR_OK;
    st = ora_backend_cuda_list(NULL, 0, &n_cuda);
    if (wish.kind == ORATOR_DEVICE_AUTO) {
        if (st == ORATOR_OK && n_cuda > 0)
            out->kind = ORATOR_DEVICE_CUDA;
        return ORATOR_OK;
    }
    if (!ora_backend_cuda_built())
        return ora_fail(ORATOR_E_DEVICE, "device cuda:%d: this build has no CUDA back end",
                        wish.index);
    if (st != ORATOR_OK)
        return ora_while(st, "device cuda:%d", wish.index);
    if (wish.index < 0 || wish.index >= n_cuda)
        return ora_fail(ORATOR_E_DEVICE, "device cuda:%d: found %d usable CUDA devices%s",
                        wish.index, n_cuda,
                        ora_backend_cuda_driver() == 0 ? " (no driver installed)" : "");
    *out = wish;
    return ORATOR_OK;
}

/* The line "model name : ..." of /proc/cpuinfo; architectures without it get their family's name. */
static void cpu_name(char *out, size_t n)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[512];

    (void)snprintf(out, n, "CPU");
    while (f && fgets(line, (int)sizeof line, f)) {
        const char *colon = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = 0;
        (void)snprintf(out, n, "%s", colon + 1 + strspn(colon + 1, " "));
        break;
    }
    if (f)
        (void)fclose(f);
}

static void cpu_features(char *out, size_t n)
{
    out[0] = 0;
#if defined(__x86_64__)
    const struct {
        const char *name;
        bool is_there;
    } feature[] = {
        {"sse4.2", __builtin_cpu_supports("sse4.2")},
        {"avx2", __builtin_cpu_supports("avx2")},
        {"fma", __builtin_cpu_supports("fma")},
        {"avx512f", __builtin_cpu_supports("avx512f")},
        {"avx512bw", __builtin_cpu_supports("avx512bw")},
        {"avx512vl", __builtin_cpu_supports("avx512vl")},
        {"avx512bf16", __builtin_cpu_supports("avx512bf16")},
    };

    for (size_t i = 0; i < sizeof feature / sizeof feature[0]; i++) {
        const size_t used = strlen(out);

        if (feature[i].is_there)
            (void)snprintf(out + used, n - used, "%s%s", used ? " " : "", feature[i].name);
    }
#endif
}

/* Value of a /proc/meminfo line in bytes, 0 where it is missing. */
static int64_t meminfo_bytes(const char *key)
{
    FILE *f = fopen("/proc/meminfo", "r");
    char line[256];
    int64_t kib = 0;

    while (f && fgets(line, (int)sizeof line, f)) {
        const size_t n = strlen(key);
        char *end;

        if (strncmp(line, key, n) != 0 || line[n] != ':')
            continue;
        end = line + n + 1 + strspn(line + n + 1, " ");
        end[strspn(end, "0123456789")] = 0;
        if (!ora_text_to_i64(&kib, end))
            kib = 0;
        break;
    }
    if (f)
        (void)fclose(f);
    return kib * 1024;
}

orator_status orator_device_list(orator_device_info *out, int32_t capacity, int32_t *n)
{
    orator_status st;
    int32_t n_cuda = 0;

    *n = 1;
    if (capacity > 0) {
        out[0] = (orator_device_info){.device = {.kind = ORATOR_DEVICE_CPU}};
        cpu_name(out[0].name, sizeof out[0].name);
        cpu_features(out[0].features, sizeof out[0].features);
        out[0].memory_bytes = meminfo_bytes("MemTotal");
        out[0].memory_free_bytes = meminfo_bytes("MemAvailable");
    }
    st = ora_backend_cuda_list(capacity > 1 ? out + 1 : NULL, capacity > 1 ? capacity - 1 : 0,
                               &n_cuda);
    if (st == ORATOR_OK)
        *n += n_cuda;
    return st;
}
