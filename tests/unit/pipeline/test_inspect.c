#include "support/check.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "formats/json_file.h"
#include "media/png_file.h"
#include "orator/inspect.h"
#include "orator/subject.h"
#include "support/json_schema.h"
#include "support/make_clip.h"
#include "support/make_kind.h"

/* What orator says of `path`, which must be what the published schema describes. */
static cJSON *inspect(const char *path)
{
    cJSON *schema = NULL;
    cJSON *o = NULL;
    char *json = NULL;
    char why[512];

    CHECK_OK(orator_inspect(&json, NULL, path));
    CHECK_OK(ora_json_parse(&o, json, strlen(json), path));
    CHECK_OK(ora_json_read(&schema, test_source("data/schemas/info.schema.json")));
    if (!json_schema_holds(schema, o, why, sizeof why))
        test_fail(__FILE__, __LINE__, "%s%s: %s", path, why, json);
    cJSON_Delete(schema);
    orator_string_free(json);
    return o;
}

/* A file of the kind, made and looked at. */
static cJSON *inspect_made(const char *maker, const char *name)
{
    const char *path = test_path(name);

    CHECK(make_kind(maker, path));
    return inspect(path);
}

static const cJSON *member(const cJSON *o, const char *key)
{
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, key);

    if (!m)
        test_fail(__FILE__, __LINE__, "no member '%s'", key);
    return m;
}

static const char *text(const cJSON *o, const char *key)
{
    const cJSON *m = member(o, key);

    return cJSON_IsString(m) ? m->valuestring : "null";
}

static double number(const cJSON *o, const char *key)
{
    const cJSON *m = member(o, key);

    CHECK(cJSON_IsNumber(m));
    return m->valuedouble;
}

static void check_array(const cJSON *o, const char *key, const char *want)
{
    char *got = cJSON_PrintUnformatted(member(o, key));

    CHECK_TEXT(got, want);
    free(got);
}

TEST(inspect, clip)
{
    cJSON *o = inspect_made("clip", "clip.mkv");
    const cJSON *sound = member(o, "sounds")->child;

    CHECK_TEXT(text(o, "kind"), "clip");
    CHECK_TEXT(text(o, "codec"), "ffv1");
    CHECK_TEXT(text(o, "pixel_format"), "yuv420p");
    CHECK_I64(number(o, "width"), 64);
    CHECK_I64(number(o, "height"), 48);
    CHECK_TEXT(text(o, "declared_rate"), "25");
    CHECK_TEXT(text(o, "rate"), "25");
    CHECK_TEXT(text(o, "true_rate"), "25");
    CHECK_TEXT(text(o, "work_rate"), "25");
    CHECK_I64(number(o, "frames"), 10);
    CHECK_I64(number(o, "distinct_frames"), 10);
    CHECK_NEAR(number(o, "duration_sec_value"), 0.4, 1e-3);
    check_array(o, "cuts", "[]");
    CHECK_TEXT(text(sound, "codec"), "pcm_s16le");
    CHECK_I64(number(sound, "rate_hz"), 48000);
    CHECK_I64(number(sound, "channels"), 1);
    CHECK_I64(number(sound, "bits"), 16);
    cJSON_Delete(o);
}

/* Grey ramps that move, another picture from frame 12 on, and every sixth frame the one before. */
static int paint_traps(void *user, int64_t frame, int component, int x, int y)
{
    const int64_t shown = frame - frame / 6; /* frames 6, 12, 18 ... repeat the one before */
    const bool is_second = frame >= 31;

    (void)user;
    if (component > 0)
        return 128;
    return 30 + (int)((shown * 7 + (is_second ? 200 - y * 4 : x * 3)) % 180);
}

TEST(inspect, clip_with_traps)
{
    make_clip_spec s = make_clip_spec_default();
    cJSON *o;

    s.rate = ora_rational_make(30, 1);
    s.n_frames = 60;
    s.paint = paint_traps;
    s.start_sec = ora_rational_make(1, 10);
    s.rotation_deg = 90;
    s.codec = "mpeg4";
    s.options = "g=1:qmin=1:qmax=1";
    s.colour = (ora_colour){1, 1, 1, ORA_RANGE_LIMITED};
    make_clip(test_path("traps.mov"), &s);
    o = inspect(test_path("traps.mov"));
    CHECK_I64(number(o, "width"), 48);
    CHECK_I64(number(o, "height"), 64);
    CHECK_I64(number(o, "coded_width"), 64);
    CHECK_I64(number(o, "rotation_deg"), 90);
    CHECK_TEXT(text(o, "rate"), "30");
    CHECK_TEXT(text(o, "true_rate"), "25");
    CHECK_TEXT(text(o, "work_rate"), "30");
    CHECK_TEXT(text(o, "start_sec"), "1/10");
    CHECK_I64(number(o, "repeated_frames"), 9);
    CHECK_TEXT(text(member(o, "colour"), "matrix"), "bt709");
    CHECK_TEXT(text(member(o, "colour_used"), "range"), "tv");
    cJSON_Delete(o);
}

TEST(inspect, sequence_and_still)
{
    cJSON *o;
    char path[512];

    for (int i = 1001; i <= 1003; i++) {
        (void)snprintf(path, sizeof path, "%s/f.%d.png", test_folder(), i);
        CHECK(make_kind("picture", path));
    }
    o = inspect(test_path("f.%04d.png"));
    CHECK_TEXT(text(o, "kind"), "clip");
    CHECK_I64(number(o, "first_number"), 1001);
    CHECK_I64(number(o, "frames"), 3);
    CHECK(cJSON_IsTrue(member(o, "has_alpha")));
    CHECK_I64(number(o, "bits"), 16);
    cJSON_Delete(o);
    o = inspect(path);
    CHECK_TEXT(text(o, "kind"), "picture");
    CHECK_I64(number(o, "width"), 5);
    CHECK_I64(number(o, "height"), 3);
    CHECK_I64(number(o, "channels"), 4);
    CHECK_I64(number(o, "bits"), 16);
    CHECK_TEXT(text(member(o, "colour"), "transfer"), "iec61966-2-1");
    cJSON_Delete(o);
}

TEST(inspect, sound)
{
    cJSON *o = inspect_made("sound", "sound.wav");

    CHECK_TEXT(text(o, "kind"), "sound");
    CHECK_I64(number(o, "rate_hz"), 48000);
    CHECK_I64(number(o, "channels"), 1);
    CHECK_I64(number(o, "samples"), 24000);
    CHECK_NEAR(number(o, "duration_sec"), 0.5, 1e-9);
    cJSON_Delete(o);
}

TEST(inspect, exr)
{
    cJSON *o = inspect_made("exr", "f.exr");

    CHECK_TEXT(text(o, "kind"), "exr");
    CHECK_I64(number(o, "width"), 6);
    CHECK_I64(number(o, "parts"), 1);
    CHECK_TEXT(text(o, "rate"), "24000/1001");
    CHECK_TEXT(text(o, "timecode"), "01:00:00:00");
    check_array(o, "channels", "[\"B\",\"G\",\"R\",\"depth.Z\"]");
    check_array(o, "chromaticities", "[0.64,0.33,0.3,0.6,0.15,0.06,0.3127,0.329]");
    cJSON_Delete(o);
}

TEST(inspect, array_and_tensors)
{
    cJSON *o = inspect_made("array", "a.npy");
    const cJSON *b;

    CHECK_TEXT(text(o, "kind"), "array");
    check_array(o, "shape", "[2,3]");
    cJSON_Delete(o);
    o = inspect_made("tensors", "t.safetensors");
    CHECK_TEXT(text(o, "kind"), "tensors");
    CHECK_TEXT(text(member(o, "metadata"), "who"), "test");
    b = member(o, "tensors")->child->next;
    CHECK_TEXT(text(b, "name"), "b");
    check_array(b, "shape", "[3]");
    cJSON_Delete(o);
}

TEST(inspect, curves_and_motion)
{
    cJSON *o = inspect_made("livelink", "take.csv");

    CHECK_TEXT(text(o, "kind"), "livelink");
    CHECK_TEXT(text(o, "rate"), "60");
    CHECK_I64(number(o, "frames"), 30);
    CHECK_I64(number(o, "missing_frames"), 1);
    CHECK_TEXT(text(o, "timecode"), "00:00:00:50");
    check_array(o, "channels", "[\"EyeBlinkLeft\",\"JawOpen\"]");
    cJSON_Delete(o);
    o = inspect_made("audio2face", "a2f.json");
    CHECK_TEXT(text(o, "kind"), "audio2face");
    CHECK_I64(number(o, "frames"), 3);
    CHECK_TEXT(text(o, "timecode"), "null");
    cJSON_Delete(o);
    o = inspect_made("motion_track", "motion.json");
    CHECK_TEXT(text(o, "kind"), "motion_track");
    CHECK_I64(number(o, "frames"), 4);
    CHECK_I64(number(o, "valid_frames"), 3);
    CHECK_NEAR(number(o, "rate_value"), 24000.0 / 1001.0, 1e-9);
    cJSON_Delete(o);
}

TEST(inspect, landmarks)
{
    cJSON *o = inspect_made("landmarks", "f.lms");
    const cJSON *box = member(o, "box_px");

    CHECK_TEXT(text(o, "kind"), "landmarks");
    CHECK_NEAR(number(box, "left"), 0, 0);
    CHECK_NEAR(number(box, "top"), 0, 0);
    CHECK_NEAR(number(box, "right"), 67, 0);
    CHECK_NEAR(number(box, "bottom"), 134, 0);
    cJSON_Delete(o);
}

TEST(inspect, subject_with_its_faults)
{
    cJSON *o;

    CHECK(make_kind("geneface", test_path("source")));
    CHECK_OK(orator_subject_import(NULL, test_path("source"), test_path("subject")));
    o = inspect(test_path("subject"));
    CHECK_TEXT(text(o, "kind"), "subject");
    CHECK_I64(strlen(text(o, "manifest_hash")), 64);
    check_array(o, "faults", "[]");
    cJSON_Delete(o);
    test_write(test_path("subject/pose.npy"), "x", 1);
    o = inspect(test_path("subject"));
    CHECK_TEXT(text(member(o, "faults")->child, "file"), "pose.npy");
    cJSON_Delete(o);
}

TEST(inspect, names_that_are_no_utf8_give_valid_json)
{
    static const char take[] = "Timecode,BlendShapeCount,JawOpen,x\xffy\n00:00:00:58,61,0,0\n";
    cJSON *o = inspect_made("array", "a\xff\xc0\xaf\xed\xa0\x80z\xc3\xa4.npy");

    CHECK(strstr(text(o, "path"), "a??????z\xc3\xa4.npy") != NULL);
    cJSON_Delete(o);
    test_write(test_path("bytes.csv"), take, sizeof take - 1);
    o = inspect(test_path("bytes.csv"));
    check_array(o, "channels", "[\"JawOpen\",\"x?y\"]");
    cJSON_Delete(o);
}

TEST(inspect, what_it_does_not_know_is_refused)
{
    char *json = NULL;

    CHECK_STATUS(orator_inspect(&json, NULL, test_path("nowhere")), ORATOR_E_IO);
    CHECK_ERROR_HAS("nowhere");
    test_write(test_path("x.json"), "{}", 2);
    CHECK_STATUS(orator_inspect(&json, NULL, test_path("x.json")), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("x.json");
    CHECK(!json);
}
