/*
 * import_plan.c - what the layouts share when they look at a foreign folder and list what to do.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy.h"
#include "subject/picture_header.h"
#include "subject/subject_import.h"

static orator_status add_item(ora_import *imp, ora_import_item item)
{
    /* grown by doubling: a capacity is the next power of two */
    if ((imp->n_items & (imp->n_items - 1)) == 0) {
        const size_t capacity = imp->n_items > 0 ? 2 * (size_t)imp->n_items : 1;
        ora_import_item *more = realloc(imp->items, capacity * sizeof *more);

        if (!more)
            return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        imp->items = more;
    }
    imp->items[imp->n_items++] = item;
    return ORATOR_OK;
}

orator_status ora_import_add(ora_import *imp, ora_import_act act, const char *from, const char *to)
{
    orator_status st;
    ora_import_item item = {.act = act};

    item.from = ora_text_copy(from);
    item.to = to ? ora_text_copy(to) : NULL;
    st = item.from && (item.to || !to)
             ? add_item(imp, item)
             : ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    if (st != ORATOR_OK) {
        free(item.from);
        free(item.to);
    }
    return st;
}

orator_status ora_import_add_array(ora_import *imp, const char *to, float *data, int32_t n_dims,
                                   const int64_t *shape)
{
    orator_status st;
    ora_import_item item = {.act = ORA_IMPORT_ARRAY, .data = data, .n_dims = n_dims};

    memcpy(item.shape, shape, (size_t)n_dims * sizeof *shape);
    item.to = ora_text_copy(to);
    st = item.to ? add_item(imp, item)
                 : ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    if (st != ORATOR_OK) {
        free(item.to);
        free(data);
    }
    return st;
}

bool ora_import_has(const char *src, const char *name)
{
    char *path = ora_path_join(src, name);
    const bool has = path && ora_file_exists(path);

    free(path);
    return has;
}

static int by_value(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

orator_status ora_import_list_ids(int64_t **ids, int64_t *n, const char *src, const char *folder,
                                  const char *pattern)
{
    orator_status st = ORATOR_OK;
    char *path = ora_path_join(src, folder);
    char **names = NULL;
    size_t n_names = 0;

    *ids = NULL;
    *n = 0;
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", src);
    if (!ora_file_is_folder(path))
        goto done;
    ORA_TRY(ora_folder_list(&names, &n_names, path));
    *ids = malloc((n_names + 1) * sizeof **ids);
    if (!*ids) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", src);
        goto done;
    }
    for (size_t i = 0; i < n_names; i++) {
        const int64_t id = ora_subject_match(pattern, names[i]);

        if (id >= 0)
            (*ids)[(*n)++] = id;
    }
    qsort(*ids, (size_t)*n, sizeof **ids, by_value);
    /* one stray huge number must not become a subject of millions of empty frames */
    if (*n > 0 && ((*ids)[*n - 1] >= ORA_SUBJECT_MAX_FRAMES || (*ids)[*n - 1] > 100 * *n + 1000)) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': number %" PRId64 " among %" PRId64 " files", path,
                      (*ids)[*n - 1], *n);
        free(*ids);
        *ids = NULL;
        *n = 0;
    }

done:
    ora_names_free(names, n_names);
    free(path);
    return st;
}

orator_status ora_import_features(ora_import *imp, const char *const *names, size_t n)
{
    orator_status st = ORATOR_OK;
    char *path = NULL, *to = NULL;

    for (size_t i = 0; i < n; i++) {
        ora_npy head = {0};

        if (!ora_import_has(imp->src, names[i]))
            continue;
        free(path);
        free(to);
        path = ora_path_join(imp->src, names[i]);
        to = ora_path_join("features", names[i]);
        if (!path || !to) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        if (strcmp(ora_path_extension(names[i]), ".npy") == 0) {
            st = ora_npy_peek(&head, path);
            ora_npy_clear(&head);
            if (st == ORATOR_E_UNSUPPORTED) {
                ora_log(imp->ctx, ORATOR_LOG_WARN, "left out: %s", orator_last_error());
                st = ORATOR_OK;
                continue;
            }
            ORA_TRY(st);
        }
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_COPY, names[i], to));
    }

done:
    free(path);
    free(to);
    return st;
}

orator_status ora_import_sound(ora_import *imp, const char *name)
{
    if (!ora_import_has(imp->src, name)) {
        ora_log(imp->ctx, ORATOR_LOG_WARN, "'%s' has no %s: the subject will have no sound",
                imp->src, name);
        return ORATOR_OK;
    }
    imp->subject->sound = ora_text_copy("sound.wav");
    if (!imp->subject->sound)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    return ora_import_add(imp, ORA_IMPORT_COPY, name, "sound.wav");
}

char *ora_import_id(const char *src)
{
    ora_text t = {0};
    size_t n = strlen(src);
    size_t first;

    while (n > 0 && src[n - 1] == '/')
        n--;
    first = n;
    while (first > 0 && src[first - 1] != '/')
        first--;
    for (size_t i = first; i < n; i++) {
        const char c = src[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                           (c == '.' && i > first);

        ora_text_add_bytes(&t, plain ? &c : "_", 1);
    }
    if (n == first || src[first] == '.')
        ora_text_add(&t, "subject");
    return ora_text_take(&t);
}

void ora_import_ignore(ora_import *imp, const char *name, const char *why)
{
    if (ora_import_has(imp->src, name))
        ora_log(imp->ctx, ORATOR_LOG_INFO, "'%s/%s' is not used: %s", imp->src, name, why);
}

orator_status ora_import_frames(ora_import *imp, const char *pattern, const int64_t *ids, int64_t n,
                                int64_t first)
{
    orator_status st = ORATOR_OK;
    orator_subject *s = imp->subject;
    char *from = NULL, *full = NULL, *to = NULL;

    s->frames = ora_text_format("frames/%%06d%s", ora_path_extension(pattern));
    if (!s->frames)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    for (int64_t i = 0; i < n; i++) {
        ora_picture_header head;

        free(from);
        free(full);
        free(to);
        from = ora_subject_expand(pattern, ids[i]);
        full = from ? ora_path_join(imp->src, from) : NULL;
        to = ora_subject_expand(s->frames, ids[i] - first);
        if (!from || !full || !to) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        ORA_TRY(ora_cancel_check(imp->ctx));
        ORA_TRY(ora_picture_header_read(&head, full));
        if (i == 0) {
            s->width = head.width;
            s->height = head.height;
        }
        if (head.width != s->width || head.height != s->height) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' is %dx%d, want %dx%d as the first picture", full,
                          head.width, head.height, s->width, s->height);
            goto done;
        }
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_COPY, from, to));
    }
    s->crop[2] = s->width;
    s->crop[3] = s->height;

done:
    free(from);
    free(full);
    free(to);
    return st;
}

void ora_import_clear(ora_import *imp)
{
    for (int32_t i = 0; i < imp->n_items; i++) {
        free(imp->items[i].from);
        free(imp->items[i].to);
        free(imp->items[i].data);
    }
    free(imp->items);
    imp->items = NULL;
    imp->n_items = 0;
    orator_subject_close(&imp->subject);
}
