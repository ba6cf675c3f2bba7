/*
 * sample.c - a program of somebody else's that uses an installed liborator; also read as C++.
 *
 *     sample TRACK.json [CLIP]
 *
 * Writes a motion track and reads it back; starts to examine CLIP and calls that off from the
 * progress callback.
 */
#include <orator/orator.h>

#include <stdio.h>
#include <string.h>

static bool stop(void *user, const orator_progress *p)
{
    (void)p;
    ++*(int *)user;
    return false;
}

static int fail(const char *what)
{
    (void)fprintf(stderr, "sample: %s: %s\n", what, orator_last_error());
    return 1;
}

static int track_survives_a_file(const char *path)
{
    orator_motion_track *t = NULL;
    orator_motion_track *back = NULL;
    int64_t num = 0;
    int64_t den = 0;
    int is_same;

    if (orator_motion_track_create(&t, 3, 30000, 1001) != ORATOR_OK)
        return fail("create");
    orator_motion_track_offsets(t)[5] = 1.5f;
    orator_motion_track_valid(t)[2] = 0;
    if (orator_motion_track_save(t, path) != ORATOR_OK)
        return fail("save");
    if (orator_motion_track_load(&back, path) != ORATOR_OK)
        return fail("load");
    orator_motion_track_rate(back, &num, &den);
    is_same = orator_motion_track_frames(back) == 3 && num == 30000 && den == 1001 &&
              orator_motion_track_offsets(back)[5] == 1.5f &&
              orator_motion_track_valid(back)[2] == 0;
    orator_motion_track_destroy(&t);
    orator_motion_track_destroy(&back);
    return is_same ? 0 : fail("the track has changed");
}

static int inspection_is_called_off(const char *clip)
{
    orator_context_params params = orator_context_params_default();
    orator_context *ctx = NULL;
    orator_status st;
    char *json = NULL;
    int n_calls = 0;

    params.on_progress = stop;
    params.user = &n_calls;
    if (orator_context_open(&ctx, &params) != ORATOR_OK)
        return fail("open");
    st = orator_inspect(&json, ctx, clip);
    orator_context_close(&ctx);
    orator_string_free(json);
    if (st != ORATOR_E_CANCELLED || n_calls == 0 || json)
        return fail("the callback did not cancel");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (strcmp(orator_version(), SAMPLE_WANTS_VERSION) != 0)
        return fail("another version");
    if (track_survives_a_file(argv[1]) != 0)
        return 1;
    return argc > 2 ? inspection_is_called_off(argv[2]) : 0;
}
