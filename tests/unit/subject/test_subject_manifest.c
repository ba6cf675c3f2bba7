#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "subject/picture_header.h"
#include "subject/subject_impl.h"
#include "support/picture_fixture.h"

static const char GOOD[] =
    "{\n"
    "  \"schema\": \"orator subject\",\n"
    "  \"version\": 1,\n"
    "  \"id\": \"a \\\"b\\\"\",\n"
    "  \"rate\": \"30000/1001\",\n"
    "  \"n_frames\": 9,\n"
    "  \"width\": 640,\n"
    "  \"height\": 360,\n"
    "  \"crop\": [8, 0, 640, 360],\n"
    "  \"clip\": \"clip.mov\",\n"
    "  \"clip_sha256\": \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\",\n"
    "  \"frames\": null,\n"
    "  \"sound\": \"sound.wav\",\n"
    "  \"mattes\": \"mattes/%06d.png\",\n"
    "  \"colour\": {\"primaries\": \"bt709\", \"transfer\": \"bt709\", \"matrix\": \"bt709\", "
    "\"range\": \"tv\"},\n"
    "  \"camera\": {\"focal_px\": 1200.5, \"centre_px\": [320, 180.25]},\n"
    "  \"head_origin\": \"canonical\",\n"
    "  \"bad_frames\": [[0, 0], [4, 6]],\n"
    "  \"splits\": {\"train\": [[0, 6]], \"val\": [[7, 8]]},\n"
    "  \"licence\": \"CC0-1.0\",\n"
    "  \"consent\": null,\n"
    "  \"credits\": null,\n"
    "  \"stages\": [\n"
    "    {\"name\": \"import\", \"input_sha256\": "
    "\"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}\n"
    "  ],\n"
    "  \"files\": [\n"
    "    {\"path\": \"clip.mov\", \"bytes\": 12, \"sha256\": "
    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"},\n"
    "    {\"path\": \"sound.wav\", \"bytes\": 9007199254740991, \"sha256\": "
    "\"01112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}\n"
    "  ]\n"
    "}\n";

static orator_status parse(orator_subject **out, const char *text)
{
    return ora_subject_parse(out, text, strlen(text), "folder", "subject.json");
}

/* GOOD with the first `from` replaced by `to`; owned. */
static char *with(const char *from, const char *to)
{
    const char *at = strstr(GOOD, from);

    CHECK(at != NULL);
    return ora_text_format("%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
}

TEST(subject_manifest, facts_are_read)
{
    orator_subject *s = NULL;
    orator_subject_info info;

    CHECK_OK(parse(&s, GOOD));
    orator_subject_info_get(s, &info);
    CHECK_TEXT(info.id, "a \"b\"");
    CHECK_I64(info.rate_num, 30000);
    CHECK_I64(info.rate_den, 1001);
    CHECK_I64(info.n_frames, 9);
    CHECK_I64(info.n_valid_frames, 5);
    CHECK_I64(s->bad[3], 0);
    CHECK_I64(s->bad[6], 1);
    CHECK_I64(s->split[6], ORA_SPLIT_TRAIN);
    CHECK_I64(s->split[8], ORA_SPLIT_VAL);
    CHECK_I64(s->crop[0], 8);
    CHECK_I64(s->colour.matrix, 1);
    CHECK_NEAR(s->centre_px[1], 180.25, 0.0);
    CHECK_TEXT(ora_subject_stage_hash(s, "import") ? "there" : "absent", "there");
    CHECK(ora_subject_find_file(s, "sound.wav") != NULL);
    CHECK(ora_subject_find_file(s, "sound.wa") == NULL);
    orator_subject_close(&s);
    orator_subject_close(&s);
}

TEST(subject_manifest, the_same_subject_gives_the_same_bytes_and_their_hash)
{
    orator_subject *s = NULL;
    char *text = NULL;
    char want[65], got[65];
    size_t n = 0;
    ora_sha256 h;

    CHECK_OK(parse(&s, GOOD));
    CHECK_OK(ora_subject_print(&text, &n, s));
    CHECK_TEXT(text, GOOD);
    CHECK_I64(n, strlen(GOOD));
    ora_sha256_init(&h);
    ora_sha256_add(&h, GOOD, strlen(GOOD));
    ora_sha256_finish(&h, want);
    CHECK_OK(ora_subject_manifest_hash(got, s));
    CHECK_TEXT(got, want);
    s->bad[1] = 1;
    CHECK_OK(ora_subject_manifest_hash(got, s));
    CHECK(strcmp(got, want) != 0);
    free(text);
    orator_subject_close(&s);
}

TEST(subject_manifest, each_damage_is_refused_and_named)
{
    static const char *const damage[][3] = {
        {"orator subject", "orator object", "want 'orator subject'"},
        {"\"version\": 1", "\"version\": 2", "newer"},
        {"\"licence\"", "\"license\"", "did you mean 'licence'"},
        {"\"n_frames\": 9", "\"n_frames\": 0", "n_frames"},
        {"\"n_frames\": 9", "\"n_frames\": 1e30", "n_frames"},
        {"\"width\": 640", "\"width\": 40000", "width"},
        {"\"width\": 640", "\"width\": \"640\"", "width"},
        {"30000/1001", "0/1", "rate"},
        {"[8, 0, 640, 360]", "[8, 0, 640]", "crop"},
        {"[8, 0, 640, 360]", "[8, 0.5, 640, 360]", "crop"},
        {"\"clip\": \"clip.mov\"", "\"clip\": \"../clip.mov\"", "../clip.mov"},
        {"\"clip\": \"clip.mov\"", "\"clip\": null", "'clip' and 'frames'"},
        {"\"frames\": null", "\"frames\": \"f/%06d.png\"", "'clip' and 'frames'"},
        {"\"path\": \"clip.mov\"", "\"path\": \"/etc/passwd\"", "/etc/passwd"},
        {"\"path\": \"clip.mov\"", "\"path\": \"z.mov\"", "order of their paths"},
        {"\"bytes\": 12", "\"bytes\": -12", "bytes"},
        {"\"focal_px\": 1200.5", "\"focal_px\": -1", "focal_px"},
        {"\"matrix\": \"bt709\"", "\"matrix\": \"purple\"", "purple"},
        {"\"canonical\"", "\"nose\"", "head_origin"},
        {"[[0, 0], [4, 6]]", "[[0, 0], [4, 9]]", "bad_frames"},
        {"[[0, 0], [4, 6]]", "[[4, 6], [0, 0]]", "bad_frames"},
        {"[[0, 0], [4, 6]]", "[[-1, 0]]", "bad_frames"},
        {"[[0, 0], [4, 6]]", "[3]", "bad_frames"},
        {"[[7, 8]]", "[[6, 8]]", "both splits"},
        {"\"ff1122", "\"FF1122", "64 lower-case hex"},
        {"\"files\": [", "\"filez\": [", "files"},
        {"\"crop\": [8, 0, 640, 360],\n", "", "crop"},
    };

    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        orator_subject *s = NULL;
        char *text = with(damage[i][0], damage[i][1]);

        print_message("%s\n", damage[i][1]);
        CHECK_STATUS(parse(&s, text), ORATOR_E_FORMAT);
        CHECK(s == NULL);
        CHECK_ERROR_HAS(damage[i][2]);
        CHECK_ERROR_HAS("subject.json");
        free(text);
    }
}

TEST(subject_manifest, opening_says_what_is_not_there)
{
    orator_subject *s = NULL;

    CHECK_STATUS(orator_subject_open(&s, NULL, test_path("nowhere")), ORATOR_E_IO);
    CHECK_ERROR_HAS("nowhere");
    CHECK_OK(ora_folder_make(test_path("empty")));
    CHECK_STATUS(orator_subject_open(&s, NULL, test_path("empty")), ORATOR_E_IO);
    CHECK_ERROR_HAS("subject.json");
    test_write(test_path("empty/subject.json"), "{", 1);
    CHECK_STATUS(orator_subject_open(&s, NULL, test_path("empty")), ORATOR_E_FORMAT);
    CHECK(s == NULL);
}

TEST(subject_path, patterns_expand_and_match_both_ways)
{
    char *text = ora_subject_expand("frames/%06d.png", 12);

    CHECK_TEXT(text, "frames/000012.png");
    free(text);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/000012.png"), 12);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/1234567.png"), 1234567);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/12.png"), -1);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/0000012.png"), -1);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/00001a.png"), -1);
    CHECK_I64(ora_subject_match("frames/%06d.png", "frames/000012.jpg"), -1);
    CHECK_I64(ora_subject_match("%01d.jpg", "0.jpg"), 0);
    CHECK_I64(ora_subject_match("%01d.jpg", "007.jpg"), -1);
    CHECK_I64(ora_subject_match("%01d.jpg", "99999999999999999999.jpg"), -1);
    CHECK(ora_subject_is_pattern("m/%06d.png"));
    CHECK(!ora_subject_is_pattern("m/%s.png") && !ora_subject_is_pattern("m/%06d%06d.png"));
    CHECK(!ora_subject_is_pattern("m/plain.png") && !ora_subject_is_pattern("m/%6d.png"));
}

TEST(subject_path, only_paths_inside_the_folder_are_safe)
{
    static const char *const bad[] = {"",       "/a",  "a//b", "a/",   "../a",
                                      "a/../b", "./a", "a\\b", "a\nb", "a/.."};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!ora_subject_path_is_safe(bad[i]));
    CHECK(ora_subject_path_is_safe("features/aud.npy") && ora_subject_path_is_safe("..a/b.c"));
}

TEST(picture_header, sizes_of_png_and_jpeg_are_found)
{
    ora_picture_header h;

    write_test_png(test_path("a.png"), 33, 21, 3);
    CHECK_OK(ora_picture_header_read(&h, test_path("a.png")));
    CHECK(h.width == 33 && h.height == 21 && h.channels == 3 && h.bits == 8);
    write_test_png(test_path("b.png"), 5, 300, 4);
    CHECK_OK(ora_picture_header_read(&h, test_path("b.png")));
    CHECK(h.width == 5 && h.height == 300 && h.channels == 4);
    write_test_jpeg(test_path("c.jpg"), 48, 34);
    CHECK_OK(ora_picture_header_read(&h, test_path("c.jpg")));
    CHECK(h.width == 48 && h.height == 34 && h.channels == 3 && h.bits == 8);
    CHECK_TEXT(h.kind, "jpeg");
}

TEST(picture_header, what_is_cut_short_or_no_picture_is_refused)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    ora_picture_header h;

    write_test_jpeg(test_path("cut.jpg"), 48, 34);
    CHECK_OK(ora_file_read_all(&bytes, &n, test_path("cut.jpg"), 1 << 20));
    for (size_t i = 0; i < 100 && i < n; i++)
        CHECK_STATUS(ora_picture_header_parse(&h, bytes, i, "cut"), ORATOR_E_FORMAT);
    free(bytes);
    CHECK_STATUS(ora_picture_header_parse(&h, (const unsigned char *)"GIF89a", 6, "x"),
                 ORATOR_E_FORMAT);
    CHECK_STATUS(ora_picture_header_read(&h, test_path("none.png")), ORATOR_E_IO);
}
