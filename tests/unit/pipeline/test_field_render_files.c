#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "formats/npy.h"
#include "media/video_reader.h"
#include "render_scene.h"
#include "support/make_clip.h"

/* The poses of the plate as a file, every row through `change` (NULL = as they are). */
static const char *pose_file(const char *name, int64_t n, void (*change)(float *row))
{
    const int64_t shape[3] = {n, 4, 4};
    ora_field_file f;
    float *rows = calloc((size_t)n, 16 * sizeof *rows);
    int64_t a, b;
    double w;

    CHECK(rows != NULL);
    CHECK_OK(ora_field_file_read(&f, model()));
    for (int64_t i = 0; i < n; i++) {
        CHECK(ora_pose_between(&a, &b, &w, f.pose, f.n_frames, (double)i));
        ora_pose_mix(rows + 16 * i, f.pose + 12 * a, f.pose + 12 * b, w);
        rows[16 * i + 15] = 1.0F;
    }
    if (change)
        change(rows + 16 * 3);
    CHECK_OK(ora_npy_write(place(name), ORA_DTYPE_F32, 3, shape, rows));
    free(rows);
    ora_field_file_clear(&f);
    return place(name);
}

static void set_nan(float *row)
{
    row[5] = NAN;
}

static void set_skew(float *row)
{
    row[5] *= 1.2F;
}

static void set_behind(float *row)
{
    row[11] = -row[11];
}

static void refuse_poses(ora_field_render_params *p, const char *file, orator_status want,
                         const char *part)
{
    ora_field_render_result r;

    p->pose = file;
    CHECK_STATUS(ora_field_render(&r, NULL, p), want);
    CHECK_ERROR_HAS(part);
    CHECK(!ora_file_exists(p->out));
}

TEST(field_render_files, poses_come_from_a_file)
{
    ora_field_render_params p = params_to(sequence("plate", ".png"));
    char want[65], got[65];

    p.torso = ORA_TORSO_PREDICTED;
    CHECK_I64(render(&p).n_bridged, 1);
    p.out = sequence("file", ".png");
    p.pose = pose_file("poses.npy", N_MOTION, NULL);
    CHECK_I64(render(&p).n_bridged, 0);
    folder_hash(want, place("plate"));
    folder_hash(got, place("file"));
    CHECK_TEXT(got, want);
    p.out = place("never.mkv");
    refuse_poses(&p, pose_file("nan.npy", N_MOTION, set_nan), ORATOR_E_FORMAT, "pose 3");
    refuse_poses(&p, pose_file("skew.npy", N_MOTION, set_skew), ORATOR_E_FORMAT, "pose 3");
    refuse_poses(&p, pose_file("behind.npy", N_MOTION, set_behind), ORATOR_E_FORMAT, "before");
    refuse_poses(&p, pose_file("short.npy", N_MOTION - 1, NULL), ORATOR_E_INVALID,
                 "the shot lasts 0.800 s, the poses given 0.760 s");
    refuse_poses(&p, place("m.npy"), ORATOR_E_FORMAT, "no poses");
    refuse_poses(&p, place("nothing.npy"), ORATOR_E_IO, "nothing.npy");
    p.torso = ORA_TORSO_PLATE;
    refuse_poses(&p, pose_file("poses.npy", N_MOTION, NULL), ORATOR_E_INVALID, "torso");
    refuse_poses(&p, "fixed", ORATOR_E_INVALID, "torso");
}

TEST(field_render_files, a_shot_longer_than_the_plate_needs_other_poses)
{
    ora_field_render_params p = params_to(place("long.mkv"));
    ora_field_render_result r;

    p.motion = motion("long.json", N_PLATE + 1, 25);
    CHECK_STATUS(ora_field_render(&r, NULL, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("give --pose fixed");
    CHECK(!ora_file_exists(p.out));
    p.frames = "0-39"; /* the plate's own frames are enough for these */
    CHECK_I64(render(&p).n_frames, N_PLATE);
    p.frames = NULL;
    p.pose = "fixed";
    CHECK_I64(render(&p).n_frames, N_PLATE + 1);
}

static float tone(void *user, int64_t i, int channel)
{
    (void)user;
    (void)channel;
    return 0.5F * (float)sin(0.05 * (double)i + 1e-6 * (double)(i * i));
}

/* The PCM of a clip's sound as ffmpeg-free as it gets: packets of the first sound stream. */
static void raw_sound(const char *path, const char *out)
{
    char command[8192];

    (void)snprintf(command, sizeof command,
                   "ffmpeg -v error -y -i '%s' -map 0:a:0 -c copy -f s16le '%s'", path, out);
    if (system(command) != 0) /* NOLINT(cert-env33-c): a test */
        SKIP("no ffmpeg program");
}

TEST(field_render_files, sound_is_the_files_bit_for_bit)
{
    ora_field_render_params p = params_to(place("spoken.mkv"));
    make_clip_spec s = make_clip_spec_default();
    unsigned char *want = NULL, *got = NULL;
    size_t n_want, n_got;

    s.codec = NULL;
    s.audio_codec = "pcm_s16le";
    s.n_samples = 48000;
    s.sound = tone;
    make_clip(place("tone.wav"), &s);
    p.sound = place("tone.wav");
    CHECK(render(&p).has_sound);
    raw_sound(p.sound, place("want.raw"));
    raw_sound(p.out, place("got.raw"));
    CHECK_OK(ora_file_read_all(&want, &n_want, place("want.raw"), 1 << 20));
    CHECK_OK(ora_file_read_all(&got, &n_got, place("got.raw"), 1 << 20));
    CHECK_I64(n_got, 2 * 38400); /* 0.8 s at 48 kHz */
    CHECK(memcmp(got, want, n_got) == 0);
    free(got);
    p.frames = "5-14";
    CHECK(render(&p).has_sound);
    raw_sound(p.out, place("got.raw"));
    CHECK_OK(ora_file_read_all(&got, &n_got, place("got.raw"), 1 << 20));
    CHECK_I64(n_got, 2 * 19200);
    CHECK(memcmp(got, want + 2 * 9600, n_got) == 0); /* frame 5 is at 0.2 s */
    free(want);
    free(got);
}

TEST(field_render_files, deliverables_say_the_models_colours)
{
    static const char *const names[] = {"c.mp4", "c.mov", "c.mkv", "c.%04d.png"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ora_field_render_params p = params_to(place(names[i]));
        ora_video_reader_params rp = ora_video_reader_params_default();
        ora_video_reader *reader = NULL;
        ora_colour c;

        p.frames = "0-2";
        (void)render(&p);
        CHECK_OK(ora_video_reader_open(&reader, NULL, p.out, &rp));
        c = ora_video_reader_info(reader)->colour;
        CHECK_I64(c.primaries, 1);
        CHECK_I64(c.transfer, 13);
        if (i < 2)
            CHECK_I64(c.matrix, 6);
        ora_video_reader_close(&reader);
    }
}

static void refuse(const ora_field_render_params *p, orator_status want, const char *part)
{
    ora_field_render_result r;

    CHECK_STATUS(ora_field_render(&r, NULL, p), want);
    CHECK_ERROR_HAS(part);
    CHECK(!ora_file_exists(p->out));
}

TEST(field_render_files, what_does_not_go_is_said_in_a_line)
{
    ora_field_render_params p = params_to(place("never.mp4"));
    orator_motion_track *t = NULL;

    p.passes = ORA_PASS_COLOUR | ORA_PASS_DEPTH;
    refuse(&p, ORATOR_E_INVALID, "depth");
    p.passes = ORA_PASS_COLOUR | ORA_PASS_ALPHA;
    refuse(&p, ORATOR_E_INVALID, "alpha");
    p.background = "none";
    refuse(&p, ORATOR_E_INVALID, "h264 has no alpha");
    p.passes = ORA_PASS_ALPHA;
    refuse(&p, ORATOR_E_INVALID, "without colour");
    p = params_to(place("never.mp4"));
    p.frames = "100-200";
    refuse(&p, ORATOR_E_INVALID, "0-19");
    p.frames = NULL;
    p.model = place("m.json");
    refuse(&p, ORATOR_E_CHECKPOINT, "m.json");
    p.model = place("no-model");
    refuse(&p, ORATOR_E_IO, "no-model");
    p.model = model();
    p.motion = place("no.json");
    refuse(&p, ORATOR_E_IO, "no.json");
    CHECK_OK(orator_motion_track_create(&t, 0, 25, 1));
    CHECK_OK(orator_motion_track_save(t, place("empty.json")));
    orator_motion_track_destroy(&t);
    p.motion = place("empty.json");
    refuse(&p, ORATOR_E_FORMAT, "no frames");
    p = params_to(place("m.npy"));
    p.codec = ORA_CODEC_FFV1;
    CHECK_STATUS(ora_field_render(&(ora_field_render_result){0}, NULL, &p), ORATOR_E_INVALID);
}

/* A model of torso and plate alone would film an empty room, frame after frame. */
TEST(field_render_files, a_model_without_a_head_is_refused_unless_allowed)
{
    ora_field_render_params p = params_to(place("nobody.mkv"));
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;

    spec.n_frames = N_PLATE;
    spec.is_empty = true;
    CHECK_OK(make_field(&f, &spec));
    CHECK_OK(ora_field_file_write(&f, place("empty.safetensors")));
    ora_field_file_clear(&f);
    p.model = place("empty.safetensors");
    refuse(&p, ORATOR_E_CHECKPOINT, "shows no head: it covers 0.0 % of its box");
    p.allow_empty = true;
    CHECK_I64(render(&p).n_frames, N_MOTION);
}
