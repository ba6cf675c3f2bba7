#include "support/make_kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/curve_file.h"
#include "formats/landmark_file.h"
#include "formats/npy.h"
#include "formats/safetensors.h"
#include "media/exr_file.h"
#include "media/png_file.h"
#include "orator/motion_track.h"
#include "support/check.h"
#include "support/make_clip.h"
#include "support/make_dataset.h"
#include "support/make_field.h"

static make_clip_spec spec_for(const char *path)
{
    make_clip_spec s = make_clip_spec_default();
    const char *extension = ora_path_extension(path);

    if (strcmp(extension, ".mp4") == 0 || strcmp(extension, ".mov") == 0)
        s.codec = "mpeg4";
    s.colour = (ora_colour){1, 1, 1, ORA_RANGE_LIMITED};
    s.audio_codec = strcmp(extension, ".mp4") == 0 ? "aac" : "pcm_s16le";
    return s;
}

static void make_plain(const char *path)
{
    const make_clip_spec s = spec_for(path);

    make_clip(path, &s);
}

static void make_mute(const char *path)
{
    make_clip_spec s = spec_for(path);

    s.audio_codec = NULL;
    make_clip(path, &s);
}

static void make_long(const char *path)
{
    make_clip_spec s = spec_for(path);

    s.width = 128;
    s.height = 96;
    s.n_frames = 200;
    make_clip(path, &s);
}

static void make_odd(const char *path)
{
    make_clip_spec s = spec_for(path);

    s.pixel_format = "yuv444p";
    s.audio_codec = NULL;
    s.width = 63;
    s.height = 47;
    make_clip(path, &s);
}

static void make_sound(const char *path)
{
    make_clip_spec s = spec_for(path);

    s.codec = NULL;
    s.n_samples = 24000;
    make_clip(path, &s);
}

static void make_picture(const char *path)
{
    ora_image img = {0};

    CHECK_OK(ora_image_shape(&img, 5, 3, 4, ORA_SAMPLE_U16));
    img.alpha = ORA_ALPHA_STRAIGHT;
    img.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    memset(img.data, 77, img.stride_bytes * (size_t)img.height);
    CHECK_OK(ora_png_write(path, &img, NULL, 0));
    ora_image_clear(&img);
}

static void make_exr(const char *path)
{
    ora_image colour = {0};
    ora_image depth = {0};
    const ora_exr_layer layers[] = {{.image = &colour}, {"depth", &depth, true, false}};
    ora_exr_params p = {.layers = layers, .n_layers = 2, .rate = {24000, 1001}, .primaries = 1};

    CHECK_OK(ora_image_shape(&colour, 6, 4, 3, ORA_SAMPLE_F32));
    CHECK_OK(ora_image_shape(&depth, 6, 4, 1, ORA_SAMPLE_F32));
    memset(colour.data, 0, colour.stride_bytes * 4);
    memset(depth.data, 0, depth.stride_bytes * 4);
    p.timecode = ora_timecode_from_frames(24 * 3600, p.rate, false);
    CHECK_OK(ora_exr_write(path, &p));
    ora_image_clear(&colour);
    ora_image_clear(&depth);
}

static void make_array(const char *path)
{
    static const float values[6] = {0, 1, 2, 3, 4, 5};
    static const int64_t shape[2] = {2, 3};

    CHECK_OK(ora_npy_write(path, ORA_DTYPE_F32, 2, shape, values));
}

static void make_tensors(const char *path)
{
    static const float a[4] = {1, 2, 3, 4};
    static const unsigned char b[3] = {5, 6, 7};
    static const int64_t shape_a[2] = {2, 2};
    static const int64_t shape_b[1] = {3};
    ora_safetensors_writer *w = NULL;

    CHECK_OK(ora_safetensors_writer_create(&w));
    CHECK_OK(ora_safetensors_writer_meta(w, "who", "test"));
    CHECK_OK(ora_safetensors_writer_declare(w, "a", ORA_DTYPE_F32, 2, shape_a));
    CHECK_OK(ora_safetensors_writer_declare(w, "b", ORA_DTYPE_U8, 1, shape_b));
    CHECK_OK(ora_safetensors_writer_begin(w, path));
    CHECK_OK(ora_safetensors_writer_put(w, a, sizeof a));
    CHECK_OK(ora_safetensors_writer_put(w, b, sizeof b));
    CHECK_OK(ora_safetensors_writer_commit(w));
    ora_safetensors_writer_destroy(&w);
}

static void make_livelink(const char *path)
{
    ora_text t = {0};

    ora_text_add(&t, "Timecode,BlendShapeCount,EyeBlinkLeft,JawOpen\n");
    for (int i = 0; i < 30; i++)
        if (i != 7)
            ora_text_addf(&t, "00:00:%02d:%02d,61,0.5,0.%02d\n", (50 + i) / 60, (50 + i) % 60, i);
    test_write(path, t.s, t.n);
    ora_text_clear(&t);
}

static void make_audio2face(const char *path)
{
    static const char text[] =
        "{\"exportFps\": 30, \"trackPath\": \"\", \"numPoses\": 2, \"numFrames\": 3,\n"
        "\"facsNames\": [\"jawOpen\", \"eyeBlinkLeft\"],\n"
        "\"weightMat\": [[0, 0], [0.5, 0], [1, 0.25]]}\n";

    test_write(path, text, sizeof text - 1);
}

static void make_motion_track(const char *path)
{
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, 4, 24000, 1001));
    orator_motion_track_valid(t)[2] = 0;
    CHECK_OK(orator_motion_track_save(t, path));
    orator_motion_track_destroy(&t);
}

static void write_field(const char *path, bool is_empty)
{
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;

    spec.is_empty = is_empty;
    CHECK_OK(make_field(&f, &spec));
    CHECK_OK(ora_field_file_write(&f, path));
    ora_field_file_clear(&f);
}

static void make_field_file(const char *path)
{
    write_field(path, false);
}

static void write_model(const char *path, bool is_empty)
{
    char *inside = ora_path_join(path, "field.safetensors");

    CHECK_OK(ora_folder_make(path));
    CHECK(inside != NULL);
    write_field(inside, is_empty);
    free(inside);
}

static void make_model(const char *path)
{
    write_model(path, false);
}

static void make_empty_model(const char *path)
{
    write_model(path, true);
}

static void make_landmarks(const char *path)
{
    float points[ORATOR_LANDMARKS][2];

    for (int i = 0; i < ORATOR_LANDMARKS; i++) {
        points[i][0] = (float)i;
        points[i][1] = (float)(2 * i);
    }
    CHECK_OK(ora_landmarks_write((const float(*)[2])points, path));
}

static void make_adnerf_folder(const char *path)
{
    const make_adnerf_spec s = make_adnerf_spec_default();

    CHECK_OK(ora_folder_make(path));
    make_adnerf(path, &s);
}

static void make_geneface_folder(const char *path)
{
    const make_geneface_spec s = make_geneface_spec_default();

    CHECK_OK(ora_folder_make(path));
    make_geneface(path, &s);
}

static void make_pickled_folder(const char *path)
{
    make_geneface_spec s = make_geneface_spec_default();

    s.is_pickled = true;
    CHECK_OK(ora_folder_make(path));
    make_geneface(path, &s);
}

bool make_kind(const char *kind, const char *path)
{
    static const struct {
        const char *kind;
        void (*make)(const char *path);
    } makers[] = {
        {"clip", make_plain},
        {"mute", make_mute},
        {"long", make_long},
        {"odd", make_odd},
        {"sound", make_sound},
        {"picture", make_picture},
        {"exr", make_exr},
        {"array", make_array},
        {"tensors", make_tensors},
        {"livelink", make_livelink},
        {"audio2face", make_audio2face},
        {"motion_track", make_motion_track},
        {"field", make_field_file},
        {"model", make_model},
        {"empty_model", make_empty_model},
        {"landmarks", make_landmarks},
        {"adnerf", make_adnerf_folder},
        {"geneface", make_geneface_folder},
        {"pickled", make_pickled_folder},
    };

    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        if (strcmp(makers[i].kind, kind) == 0) {
            makers[i].make(path);
            return true;
        }
    }
    return false;
}
