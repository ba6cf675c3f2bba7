#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/frame_range.h"
#include "core/image.h"
#include "core/motion_track_impl.h"
#include "support/alloc_fail.h"

static orator_status use_image(void *arg)
{
    orator_status st;
    ora_image a = {0};
    ora_image b = {0};

    (void)arg;
    ORA_TRY(ora_image_shape(&a, 8, 6, 4, ORA_SAMPLE_U8));
    memset(a.data, 9, a.stride_bytes * 6);
    ORA_TRY(ora_image_copy(&b, &a));
    ORA_TRY(ora_image_convert_sample(&b, &a, ORA_SAMPLE_F32));
    ORA_TRY(ora_image_resize(&b, &a, 3, 9));

done:
    ora_image_clear(&a);
    ora_image_clear(&b);
    return st;
}

TEST(alloc, image)
{
    CHECK_I64(alloc_fail_each(use_image, NULL, ALLOC_STRICT), 9);
}

static orator_status use_track(void *arg)
{
    orator_status st;
    orator_motion_track *a = NULL;
    orator_motion_track *b = NULL;

    (void)arg;
    ORA_TRY(orator_motion_track_create(&a, 10, 25, 1));
    ORA_TRY(ora_motion_track_resample(&b, a, 0.0, (ora_rational){50, 1}, 20));

done:
    orator_motion_track_destroy(&a);
    orator_motion_track_destroy(&b);
    return st;
}

TEST(alloc, motion_track)
{
    CHECK_I64(alloc_fail_each(use_track, NULL, ALLOC_STRICT), 8);
}

static orator_status use_range(void *arg)
{
    orator_status st;
    ora_frame_range r = {0};
    int64_t *frames = NULL;
    int64_t n;
    int64_t n_trimmed;

    ORA_TRY(ora_frame_range_parse(&r, arg));
    ORA_TRY(ora_frame_range_expand(&frames, &n, &n_trimmed, &r, 0, 100));

done:
    free(frames);
    ora_frame_range_clear(&r);
    return st;
}

static orator_status use_pattern(void *arg)
{
    ora_frame_pattern p;
    orator_status st = ora_frame_pattern_parse(&p, arg);
    char *path = NULL;

    if (st != ORATOR_OK)
        return st;
    path = ora_frame_pattern_path(&p, 7);
    if (!path)
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a path");
    free(path);
    ora_frame_pattern_clear(&p);
    return st;
}

TEST(alloc, frame_range_and_pattern)
{
    char range[] = "1-5,7,9-20x3,30,31,32,33,34,35,36,37,38,39";
    char pattern[] = "a/n.%04d.png";

    CHECK_I64(alloc_fail_each(use_range, range, ALLOC_STRICT), 4);
    CHECK(alloc_fail_each(use_pattern, pattern, ALLOC_STRICT) >= 3);
}
