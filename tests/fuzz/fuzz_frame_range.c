/*
 * fuzz_frame_range.c - frame ranges and frame patterns from text.
 */
#include <stdlib.h>
#include <string.h>

#include "core/frame_range.h"
#include "support/fuzz_target.h"

static bool is_in_a_piece(const ora_frame_range *r, int64_t frame)
{
    for (int32_t i = 0; i < r->n_pieces; i++) {
        const ora_frame_piece *p = &r->pieces[i];

        if (frame >= p->first && frame <= p->last &&
            ((uint64_t)frame - (uint64_t)p->first) % (uint64_t)p->step == 0)
            return true;
    }
    return false;
}

static void expand(const ora_frame_range *r, int64_t first, int64_t last)
{
    int64_t *frames;
    int64_t n;
    int64_t n_trimmed;

    if (ora_frame_range_expand(&frames, &n, &n_trimmed, r, first, last) != ORATOR_OK)
        return;
    if (n < 1 || n_trimmed < 0)
        abort();
    for (int64_t i = 0; i < n; i++)
        if (frames[i] < first || frames[i] > last || (i > 0 && frames[i - 1] >= frames[i]) ||
            (n <= 200 && !is_in_a_piece(r, frames[i])))
            abort();
    free(frames);
}

static void check_pattern(const char *text, int64_t frame)
{
    ora_frame_pattern p;
    char *path;
    int64_t back;

    if (ora_frame_pattern_parse(&p, text) != ORATOR_OK)
        return;
    path = ora_frame_pattern_path(&p, frame);
    if (!path || !ora_frame_pattern_match(&back, &p, path) || back != frame)
        abort();
    (void)ora_frame_pattern_match(&back, &p, text);
    free(path);
    ora_frame_pattern_clear(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = malloc(n + 1);
    ora_frame_range r;

    if (!text)
        return 0;
    if (n > 0)
        memcpy(text, data, n);
    text[n] = 0;
    if (ora_frame_range_parse(&r, text) == ORATOR_OK) {
        expand(&r, 1001, 1200);
        expand(&r, INT64_MIN, INT64_MIN + 100);
        expand(&r, INT64_MAX - 100, INT64_MAX);
        if (r.n_pieces < 4)
            expand(&r, -500, 500);
        ora_frame_range_clear(&r);
    }
    if (ora_frame_pattern_is(text)) {
        check_pattern(text, 0);
        check_pattern(text, 123456);
        check_pattern(text, INT64_MIN);
    }
    free(text);
    return 0;
}
