#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "core/motion_track_impl.h"
#include "formats/npy.h"
#include "formats/track_file.h"
#include "support/outside.h"

static orator_motion_track *make_track(int64_t n_frames, int64_t num, int64_t den)
{
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, n_frames, num, den));
    for (int64_t i = 0; i < n_frames * 204; i++)
        t->offset[i] = 0.37f * (float)(i % 91) - 11.0f;
    for (int64_t i = 0; i < n_frames * ORATOR_SIDES; i++)
        t->side[i] = 1.0f / (float)(i + 1);
    for (int64_t i = 0; i < n_frames; i++)
        t->valid[i] = i % 3 != 1;
    return t;
}

TEST(track_file, what_is_saved_loads_with_the_same_bits)
{
    static const int64_t cases[][3] = {{0, 25, 1}, {1, 30000, 1001}, {77, 25, 1}};
    const char *path = test_path("motion.json");

    for (size_t k = 0; k < 3; k++) {
        orator_motion_track *a = make_track(cases[k][0], cases[k][1], cases[k][2]), *b = NULL;

        CHECK_OK(orator_motion_track_save(a, path));
        CHECK_OK(orator_motion_track_load(&b, path));
        CHECK_I64(b->n_frames, a->n_frames);
        CHECK_I64(b->rate.num, a->rate.num);
        CHECK_I64(b->rate.den, a->rate.den);
        CHECK(memcmp(a->offset, b->offset, sizeof *a->offset * 204 * (size_t)a->n_frames) == 0);
        CHECK(memcmp(a->side, b->side, sizeof *a->side * 8 * (size_t)a->n_frames) == 0);
        CHECK(memcmp(a->valid, b->valid, (size_t)a->n_frames) == 0);
        orator_motion_track_destroy(&a);
        orator_motion_track_destroy(&b);
    }
}

/* The layout of docs/formats.md, by hand. */
TEST(track_file, columns_are_offsets_then_sides_then_valid)
{
    const char *path = test_path("columns.json");
    orator_motion_track *t = make_track(2, 25, 1);
    ora_npy a;
    const float *row;

    CHECK_OK(orator_motion_track_save(t, path));
    CHECK_OK(ora_npy_read(&a, test_path("columns.npy"), 1 << 20));
    CHECK_I64(a.n_dims, 2);
    CHECK_I64(a.shape[0], 2);
    CHECK_I64(a.shape[1], 213);
    row = (const float *)a.data + 213;
    CHECK(row[67 * 3 + 2] == t->offset[204 + 203]);
    CHECK(row[204 + ORATOR_SIDE_LIP_GAP] == t->side[8 + ORATOR_SIDE_LIP_GAP]);
    CHECK(row[212] == 0.0f && ((const float *)a.data)[212] == 1.0f);
    ora_npy_clear(&a);
    orator_motion_track_destroy(&t);
}

TEST(track_file, halves_of_two_tracks_are_refused)
{
    const char *one = test_path("one.json"), *two = test_path("two.json");
    orator_motion_track *t = make_track(5, 25, 1);
    unsigned char *npy;
    size_t n;

    CHECK_OK(orator_motion_track_save(t, one));
    t->offset[7] += 1.0f;
    CHECK_OK(orator_motion_track_save(t, two));
    orator_motion_track_destroy(&t);
    CHECK_OK(ora_file_read_all(&npy, &n, test_path("two.npy"), 1 << 20));
    test_write(test_path("one.npy"), npy, n);
    free(npy);
    CHECK_STATUS(orator_motion_track_load(&t, one), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("not of one track");
    CHECK(t == NULL);
}

TEST(track_file, missing_halves_and_wrong_names_are_named)
{
    orator_motion_track *t = make_track(2, 25, 1), *none = NULL;

    CHECK_OK(orator_motion_track_save(t, test_path("half.json")));
    CHECK_I64(remove(test_path("half.npy")), 0);
    CHECK_STATUS(orator_motion_track_load(&none, test_path("half.json")), ORATOR_E_IO);
    CHECK_ERROR_HAS("half.npy");
    CHECK_STATUS(orator_motion_track_load(&none, test_path("absent.json")), ORATOR_E_IO);
    CHECK_STATUS(orator_motion_track_load(&none, test_path("half.npy")), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_save(t, test_path("half.txt")), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_save(t, test_path("absent/half.json")), ORATOR_E_WRITE);
    orator_motion_track_destroy(&t);
}

TEST(track_file, what_is_not_finite_is_neither_saved_nor_loaded)
{
    const char *path = test_path("nan.json");
    orator_motion_track *t = make_track(4, 25, 1);

    t->side[2 * 8 + 5] = INFINITY;
    CHECK_STATUS(orator_motion_track_save(t, path), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("frame 2 column 209");
    CHECK(!ora_file_exists(path) && !ora_file_exists(test_path("nan.npy")));
    orator_motion_track_destroy(&t);
}

/* A track of n frames with one value planted, through the memory door. */
static orator_status load_with(int64_t frame, int column, float value, const char *swap_from,
                               const char *swap_to)
{
    const char *json_path = test_path("plant.json"), *npy_path = test_path("plant.npy");
    orator_motion_track *t = make_track(3, 25, 1), *out = NULL;
    unsigned char *json, *npy;
    ora_track_bytes bytes;
    char text[4096], digest[ORA_SHA256_TEXT], *at;
    orator_status st;

    CHECK_OK(orator_motion_track_save(t, json_path));
    orator_motion_track_destroy(&t);
    CHECK_OK(ora_file_read_all(&npy, &bytes.n_npy, npy_path, 1 << 20));
    memcpy(npy + bytes.n_npy - (size_t)((3 - frame) * 213 - column) * 4, &value, 4);
    test_write(npy_path, npy, bytes.n_npy);
    CHECK_OK(ora_sha256_file(digest, npy_path));
    CHECK_OK(ora_file_read_all(&json, &bytes.n_json, json_path, 1 << 20));
    at = strstr((char *)json, "npy_sha256");
    CHECK(at != NULL && (at = strstr(at, ": \"")) != NULL);
    memcpy(at + 3, digest, 64);
    at = strstr((char *)json, swap_from);
    CHECK(at != NULL);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - (char *)json), (char *)json, swap_to,
                   at + strlen(swap_from));
    bytes.json = text;
    bytes.n_json = strlen(text);
    bytes.npy = npy;
    st = ora_motion_track_parse(&out, &bytes, "plant.json");
    orator_motion_track_destroy(&out);
    free(json);
    free(npy);
    return st;
}

TEST(track_file, damage_is_refused_with_the_frame_or_the_key)
{
    CHECK_OK(load_with(0, 0, 1.0f, "mm", "mm"));
    CHECK_STATUS(load_with(1, 17, NAN, "mm", "mm"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("frame 1 column 17 is NaN");
    CHECK_STATUS(load_with(2, 204, -INFINITY, "mm", "mm"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("frame 2 column 204 is infinite");
    CHECK_STATUS(load_with(2, 212, 0.5f, "mm", "mm"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("frame 2: 'valid' is 0.5");
    CHECK_STATUS(load_with(0, 0, 1.0f, "\"mm\"", "\"cm\""), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'unit' is 'cm', want 'mm'");
    CHECK_STATUS(load_with(0, 0, 1.0f, "\"schema\": 1", "\"schema\": 2"), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("schema 2");
    CHECK_STATUS(load_with(0, 0, 1.0f, "orator motion track", "subject"), ORATOR_E_FORMAT);
    CHECK_STATUS(load_with(0, 0, 1.0f, "\"frames\": 3", "\"frames\": 4"), ORATOR_E_FORMAT);
    CHECK_STATUS(load_with(0, 0, 1.0f, "\"rate\": \"25\"", "\"rate\": \"0\""), ORATOR_E_FORMAT);
    CHECK_STATUS(load_with(0, 0, 1.0f, "lid_left", "lip_left"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'sides' entry 0 is not 'lid_left'");
}

/* The recipe of docs/formats.md for changing a track by hand. */
TEST(track_file, numpy_can_change_a_track)
{
    const char *python = getenv("ORATOR_TEST_PYTHON");
    const char *path = test_path("edit.json");
    orator_motion_track *a, *b = NULL;

    if (!python)
        SKIP("ORATOR_TEST_PYTHON names no Python with numpy");
    a = make_track(6, 25, 1);
    CHECK_OK(orator_motion_track_save(a, path));
    free(outside_run(
        NULL,
        "cd '%s' && '%s' -c \"import hashlib, json, numpy as np; a = np.load('edit.npy'); "
        "a[:, 210] *= 0.5; np.save('edit.npy', a); j = json.load(open('edit.json')); "
        "j['npy_sha256'] = hashlib.sha256(open('edit.npy', 'rb').read()).hexdigest(); "
        "json.dump(j, open('edit.json', 'w'), indent=2)\"",
        test_folder(), python));
    CHECK_OK(orator_motion_track_load(&b, path));
    CHECK_I64(b->n_frames, 6);
    CHECK_NEAR(b->side[5 * 8 + ORATOR_SIDE_JAW], 0.5f * a->side[5 * 8 + ORATOR_SIDE_JAW], 1e-7);
    CHECK(memcmp(a->offset, b->offset, sizeof *a->offset * 204 * 6) == 0);
    orator_motion_track_destroy(&a);
    orator_motion_track_destroy(&b);
}
