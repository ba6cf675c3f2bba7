#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "pipeline/clip_export.h"
#include "support/make_clip.h"

enum { N_FRAMES = 100 };

/* Each frame has its own grey, so that a frame out of place shows. */
static int paint(void *user, int64_t frame, int component, int x, int y)
{
    (void)user;
    return component > 0 ? 128 : 30 + (int)((frame * 13 + x * 3 + y) % 180);
}

static const char *source(void)
{
    const char *path = test_path("shot.mkv");
    make_clip_spec s = make_clip_spec_default();

    if (!ora_file_exists(path)) {
        s.n_frames = N_FRAMES;
        s.paint = paint;
        s.audio_codec = "pcm_s16le";
        make_clip(path, &s);
    }
    return path;
}

static ora_clip_export_result export_range(const char *out, const char *frames)
{
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;

    p.in = source();
    p.out = out;
    p.frames = frames;
    p.first_number = 1001;
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    return result;
}

/* True when both folders hold the same names with the same bytes. */
static bool same_folders(const char *a, const char *b)
{
    char **names = NULL;
    char **others = NULL;
    size_t n = 0;
    size_t n_others = 0;
    bool same;

    CHECK_OK(ora_folder_list(&names, &n, a));
    CHECK_OK(ora_folder_list(&others, &n_others, b));
    same = n == n_others && n > 0;
    for (size_t i = 0; same && i < n; i++) {
        char *path_a = ora_path_join(a, names[i]);
        char *path_b = ora_path_join(b, others[i]);
        char hash_a[65], hash_b[65];

        CHECK_OK(ora_sha256_file(hash_a, path_a));
        CHECK_OK(ora_sha256_file(hash_b, path_b));
        same = strcmp(names[i], others[i]) == 0 && strcmp(hash_a, hash_b) == 0;
        free(path_a);
        free(path_b);
    }
    ora_names_free(names, n);
    ora_names_free(others, n_others);
    return same;
}

static void check_parts_equal_whole(const char *extension)
{
    const char *whole = test_path(extension + 1);
    char parts[4096];
    char pattern[4200];

    (void)snprintf(parts, sizeof parts, "%s-parts", whole);
    CHECK_OK(ora_folder_make(whole));
    CHECK_OK(ora_folder_make(parts));
    (void)snprintf(pattern, sizeof pattern, "%s/f.%%04d%s", whole, extension);
    CHECK_I64(export_range(pattern, "1001-1100").n_frames, 100);
    (void)snprintf(pattern, sizeof pattern, "%s/f.####%s", parts, extension);
    CHECK_I64(export_range(pattern, "1051-1100").n_frames, 50);
    CHECK_I64(export_range(pattern, "1001-1050").n_frames, 50);
    CHECK(same_folders(whole, parts));
}

TEST(clip_export, two_png_ranges_equal_the_whole_byte_for_byte)
{
    check_parts_equal_whole(".png");
}

TEST(clip_export, two_exr_ranges_equal_the_whole_byte_for_byte)
{
    check_parts_equal_whole(".exr");
}

TEST(clip_export, steps_lists_and_overshoot_give_the_frames_asked_for)
{
    const char *folder = test_path("steps");
    char pattern[4200];
    char **names = NULL;
    size_t n = 0;

    CHECK_OK(ora_folder_make(folder));
    (void)snprintf(pattern, sizeof pattern, "%s/$F4.png", folder);
    CHECK_I64(export_range(pattern, "1001-1010x4,1050,1099-1200").n_frames, 6);
    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK_I64(n, 6);
    CHECK_TEXT(names[0], "1001.png");
    CHECK_TEXT(names[1], "1005.png");
    CHECK_TEXT(names[2], "1009.png");
    CHECK_TEXT(names[3], "1050.png");
    CHECK_TEXT(names[4], "1099.png");
    CHECK_TEXT(names[5], "1100.png");
    ora_names_free(names, n);
}

TEST(clip_export, range_outside_the_shot_is_refused)
{
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;

    p.in = source();
    p.out = test_path("never.mkv");
    p.frames = "2000-2100";
    CHECK_STATUS(ora_clip_export(&result, NULL, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("0-99");
    CHECK(!ora_file_exists(p.out));
}

TEST(clip_export, skip_existing_leaves_files_alone_and_fills_holes)
{
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;
    const char *folder = test_path("skip");
    char pattern[4200];
    char *hole;

    CHECK_OK(ora_folder_make(folder));
    (void)snprintf(pattern, sizeof pattern, "%s/%%04d.png", folder);
    (void)export_range(pattern, "1001-1005");
    hole = ora_path_join(folder, "1003.png");
    CHECK_I64(remove(hole), 0);
    p.in = source();
    p.out = pattern;
    p.frames = "1001-1006";
    p.first_number = 1001;
    p.skip_existing = true;
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    CHECK_I64(result.n_frames, 2);
    CHECK_I64(result.n_skipped, 4);
    CHECK(ora_file_exists(hole));
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    CHECK_I64(result.n_frames, 0);
    CHECK_I64(result.n_skipped, 6);
    free(hole);
}

static bool cancel_at_once(void *user, const orator_progress *p)
{
    (void)user;
    (void)p;
    return false;
}

TEST(clip_export, cancelled_movie_leaves_nothing_behind)
{
    orator_context_params cp = orator_context_params_default();
    orator_context *ctx = NULL;
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;
    const char *folder = test_path("cancelled");
    char **names = NULL;
    char *out = ora_path_join(folder, "a.mov");
    size_t n = 0;

    cp.on_progress = cancel_at_once;
    CHECK_OK(ora_folder_make(folder));
    CHECK_OK(orator_context_open(&ctx, &cp));
    orator_context_cancel(ctx);
    p.in = source();
    p.out = out;
    CHECK_STATUS(ora_clip_export(&result, ctx, &p), ORATOR_E_CANCELLED);
    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK_I64(n, 0);
    ora_names_free(names, n);
    orator_context_close(&ctx);
    free(out);
}

static void check_size(int width, int height, const char *name)
{
    make_clip_spec s = make_clip_spec_default();
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_video_reader_params rp = ora_video_reader_params_default();
    ora_clip_export_result result;
    ora_video_reader *r = NULL;

    s.width = width;
    s.height = height;
    s.n_frames = 3;
    s.pixel_format = "yuv444p";
    s.paint = paint;
    make_clip(test_path("size.mkv"), &s);
    p.in = test_path("size.mkv");
    p.out = test_path(name);
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    CHECK_OK(ora_video_reader_open(&r, NULL, p.out, &rp));
    CHECK_I64(ora_video_reader_info(r)->width, width);
    CHECK_I64(ora_video_reader_info(r)->height, height);
    ora_video_reader_close(&r);
}

TEST(clip_export, every_plate_size_comes_out_as_it_went_in)
{
    check_size(640, 360, "640.mp4");
    check_size(1920, 1080, "1920.mov");
    check_size(1080, 1920, "1080.mp4");
    check_size(4096, 1716, "4096.mov");
    check_size(333, 217, "odd.mp4");
    check_size(333, 217, "odd.mkv");
}
