#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "formats/curve_file.h"

static orator_status parse(ora_curves *c, const char *text)
{
    return ora_audio2face_parse(c, text, strlen(text), "a2f.json");
}

TEST(audio2face, an_export_with_joints_is_read)
{
    ora_curves c;

    CHECK_OK(parse(&c, "{\"exportFps\": 29.97, \"trackPath\": \"a.wav\", \"numPoses\": 2, "
                       "\"numFrames\": 3, \"facsNames\": [\"jawOpen\", \"browLowerL\"], "
                       "\"weightMat\": [[0, 0.5], [1, 1e-3], [-0.25, 2]], "
                       "\"joints\": [\"jaw\"], \"rotations\": [[[0, 0, 0, 1]]]}"));
    CHECK_I64(c.n_channels, 2);
    CHECK_I64(c.n_frames, 3);
    CHECK_I64(c.rate.num, 30000);
    CHECK_I64(c.rate.den, 1001);
    CHECK_TEXT(c.names[1], "browLowerL");
    CHECK(c.value[1] == 0.5f && c.value[3] == 1e-3f && c.value[4] == -0.25f);
    CHECK(c.valid[2] == 1 && !c.start.is_known);
    ora_curves_clear(&c);
}

TEST(audio2face, counts_that_disagree_are_refused)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"[]", "a2f.json"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"]}", "'weightMat'"},
        {"{\"exportFps\":30,\"numPoses\":2,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[0,0]]}",
         "'facsNames' has 1 entries, want 'numPoses' = 2"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":2,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[0]]}",
         "'weightMat' has 1 frames, want 'numFrames' = 2"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[0,1]]}",
         "frame 0 has 2 entries, want 'numPoses' = 1"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[7]}",
         "frame 0"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[\"x\"]]}",
         "frame 0 entry 0 is not a number"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[1e39]]}",
         "frame 0 entry 0 is not a number"},
        {"{\"exportFps\":30,\"numPoses\":2,\"numFrames\":1,\"facsNames\":[\"a\",\"A\"],"
         "\"weightMat\":[[0,0]]}",
         "'A' is there twice"},
        {"{\"exportFps\":30,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[5],"
         "\"weightMat\":[[0]]}",
         "'facsNames' entry 0"},
        {"{\"exportFps\":0,\"numPoses\":1,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[0]]}",
         "'exportFps' is 0"},
        {"{\"exportFps\":30,\"numPoses\":1e9,\"numFrames\":1,\"facsNames\":[\"a\"],"
         "\"weightMat\":[[0]]}",
         "'numPoses'"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_curves c;

        CHECK_STATUS(parse(&c, cases[i].text), ORATOR_E_FORMAT);
        CHECK_ERROR_HAS(cases[i].want);
        CHECK(c.value == NULL);
    }
}

TEST(audio2face, what_is_written_reads_back_with_the_same_bits)
{
    static const int64_t rates[][2] = {{25, 1}, {24000, 1001}, {60, 1}, {25, 2}, {60000, 1001}};
    const char *path = test_path("a2f.json");
    uint32_t r = 99;

    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        ora_curves a, b;

        CHECK_OK(ora_curves_shape(&a, ora_arkit_names, ORA_ARKIT_SHAPES, 7,
                                  ora_rational_make(rates[k][0], rates[k][1])));
        for (int64_t i = 0; i < a.n_frames * a.n_channels; i++) {
            r = r * 1664525u + 1013904223u;
            a.value[i] = (float)(r >> 8) / 1.7e7f;
        }
        CHECK_OK(ora_audio2face_write(&a, "speech \"1\".wav", path));
        CHECK_OK(ora_audio2face_read(&b, path));
        CHECK_I64(b.rate.num, a.rate.num);
        CHECK_I64(b.rate.den, a.rate.den);
        CHECK_I64(b.n_frames, a.n_frames);
        CHECK_I64(b.n_channels, a.n_channels);
        CHECK_TEXT(b.names[51], "tongueOut");
        CHECK(memcmp(a.value, b.value, sizeof *a.value * 7 * ORA_ARKIT_SHAPES) == 0);
        ora_curves_clear(&a);
        ora_curves_clear(&b);
    }
}
