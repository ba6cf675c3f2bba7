#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"
#include "formats/curve_map.h"
#include "formats/landmark_file.h"
#include "support/alloc_fail.h"

static orator_status read_livelink(void *arg)
{
    ora_curves c = {0};
    int64_t n_filled;
    const orator_status st = ora_livelink_read(&c, &n_filled, arg);

    ora_curves_clear(&c);
    return st;
}

static orator_status read_audio2face(void *arg)
{
    ora_curves c = {0};
    const orator_status st = ora_audio2face_read(&c, arg);

    ora_curves_clear(&c);
    return st;
}

static orator_status read_track(void *arg)
{
    orator_status st;
    ora_curves c = {0};
    orator_motion_track *t = NULL;

    ORA_TRY(orator_motion_track_load(&t, arg));
    ORA_TRY(ora_track_to_curves(&c, t));
    orator_motion_track_destroy(&t);
    ORA_TRY(ora_curves_to_track(&t, &c));

done:
    ora_curves_clear(&c);
    orator_motion_track_destroy(&t);
    return st;
}

static orator_status read_landmarks(void *arg)
{
    float p[68][2];

    return ora_landmarks_read(p, arg);
}

/* Paths that the writers fill and the readers take. */
typedef struct written_files {
    char livelink[512], audio2face[512], track[512], pts[512], table[512];
} written_files;

static orator_status write_all(void *arg)
{
    orator_status st;
    static float p[68][2];
    const written_files *f = arg;
    ora_curves c = {0};
    orator_motion_track *t = NULL;

    ORA_TRY(ora_curves_shape(&c, ora_arkit_names, 20, 60, ora_rational_make(25, 1)));
    ORA_TRY(ora_livelink_write(&c, f->livelink));
    ORA_TRY(ora_audio2face_write(&c, "a.wav", f->audio2face));
    ORA_TRY(ora_curves_to_track(&t, &c));
    ORA_TRY(orator_motion_track_save(t, f->track));
    ORA_TRY(ora_landmarks_write((const float(*)[2])p, f->pts));

done:
    ora_curves_clear(&c);
    orator_motion_track_destroy(&t);
    return st;
}

static void write_table(const char *path)
{
    ora_text t = {0};

    ora_text_add(&t, "frame");
    for (int i = 0; i < 68; i++)
        ora_text_addf(&t, ", x_%d, y_%d", i, i);
    ora_text_add(&t, "\n1");
    for (int i = 0; i < 136; i++)
        ora_text_add(&t, ", 1");
    test_write(path, t.s, t.n);
    ora_text_clear(&t);
}

/* Writers get by where the folder cannot be synced; readers never get by. */
TEST(alloc, curve_track_and_landmark_files)
{
    static written_files f;

    (void)snprintf(f.livelink, sizeof f.livelink, "%s", test_path("take.csv"));
    (void)snprintf(f.audio2face, sizeof f.audio2face, "%s", test_path("a2f.json"));
    (void)snprintf(f.track, sizeof f.track, "%s", test_path("track.json"));
    (void)snprintf(f.pts, sizeof f.pts, "%s", test_path("a.pts"));
    (void)snprintf(f.table, sizeof f.table, "%s", test_path("table.csv"));
    write_table(f.table);
    CHECK(alloc_fail_each(write_all, &f, ALLOC_TOLERANT) > 40);
    CHECK(alloc_fail_each(read_livelink, f.livelink, ALLOC_STRICT) > 20);
    CHECK(alloc_fail_each(read_audio2face, f.audio2face, ALLOC_STRICT) > 5);
    CHECK(alloc_fail_each(read_track, f.track, ALLOC_STRICT) > 20);
    CHECK(alloc_fail_each(read_landmarks, f.pts, ALLOC_STRICT) >= 2);
    CHECK(alloc_fail_each(read_landmarks, f.table, ALLOC_STRICT) > 5);
}
