#include <stdlib.h>

#include "base/checked.h"
#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/clip_timing_impl.h"
#include "media/video_reader_impl.h"

enum { FIRST_CAPACITY = 1024 };

static orator_status append(ora_clip_timing *t, int64_t *capacity, ora_rational time_sec)
{
    if (t->n_frames == *capacity) {
        const int64_t more = *capacity > 0 ? *capacity * 2 : FIRST_CAPACITY;
        ora_rational *times = NULL;
        size_t n_bytes;

        if (ora_mul_size(&n_bytes, (size_t)more, sizeof *times))
            times = realloc(t->time_sec, n_bytes);
        if (!times)
            return ora_fail(ORATOR_E_NOMEM, "no memory for the times of %lld frames",
                            (long long)more);
        t->time_sec = times;
        *capacity = more;
    }
    t->time_sec[t->n_frames++] = time_sec;
    return ORATOR_OK;
}

orator_status ora_clip_timing_stamps(ora_clip_timing *out, orator_context *ctx, ora_video_reader *r)
{
    const AVFrame *frame = NULL;
    ora_video_frame f = {0};
    ora_progress progress;
    orator_status st;
    int64_t capacity = 0;
    bool got = true;

    *out = (ora_clip_timing){0};
    ora_progress_begin(&progress, ctx, "time stamps", ora_video_reader_info(r)->n_frames);
    for (;;) {
        ORA_TRY(ora_video_reader_next_raw(r, &f, &frame, &got));
        if (!got)
            break;
        ORA_TRY(append(out, &capacity, f.time_sec));
        out->n_damaged += f.is_damaged;
        ORA_TRY(ora_progress_step(&progress, out->n_frames, ""));
    }
    ora_progress_end(&progress, out->n_frames, "");
    out->n_distinct = out->n_frames;
    out->is_repeat = calloc((size_t)out->n_frames + 1, sizeof *out->is_repeat);
    if (!out->is_repeat) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %lld frames", (long long)out->n_frames);
        goto done;
    }
    ORA_TRY(ora_clip_rate_fit(out, ora_video_reader_info(r)->rate));
    ORA_TRY(ora_video_reader_rewind(r));

done:
    if (st != ORATOR_OK)
        ora_clip_timing_clear(out);
    return st;
}
