#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "field/field_file_impl.h"
#include "numerics/half.h"
#include "support/make_field.h"

/* A field's bytes; owned. */
static unsigned char *bytes_of(size_t *n, const ora_field_file *f)
{
    const char *path = test_path("bytes.safetensors");
    unsigned char *b = NULL;

    CHECK_OK(ora_field_file_write(f, path));
    CHECK_OK(ora_file_read_all(&b, n, path, 1 << 26));
    return b;
}

static void check_same(const ora_field_file *want, const ora_field_file *got)
{
    ora_field_file a = *want;
    ora_field_file b = *got;
    ora_field_slot x[ORA_FIELD_MAX_SLOTS], y[ORA_FIELD_MAX_SLOTS];
    const int32_t n = ora_field_slots(x, &a);

    CHECK_I64(ora_field_slots(y, &b), n);
    for (int32_t i = 0; i < n; i++) {
        CHECK_TEXT(x[i].name, y[i].name);
        for (int64_t row = 0; row < x[i].rows; row++) {
            for (int64_t k = 0; k < x[i].cols; k++) {
                const float v = x[i].data[row * x[i].stride + k];
                const float w = y[i].data[row * y[i].stride + k];

                if (w !=
                    (x[i].dtype == ORA_DTYPE_F16 ? ora_f32_from_half(ora_half_from_f32(v)) : v))
                    test_fail(__FILE__, __LINE__, "%s[%d][%d]: %g became %g", x[i].name, (int)row,
                              (int)k, (double)v, (double)w);
            }
        }
    }
}

static void check_round_trip(const make_field_spec *spec)
{
    const char *path = test_path("field.safetensors");
    ora_field_file f, g;
    unsigned char *first, *second;
    size_t n_first, n_second;

    CHECK_OK(make_field(&f, spec));
    f.psnr_mouth = 34.25;
    CHECK_OK(ora_field_file_write(&f, path));
    CHECK_OK(ora_field_file_read(&g, path));
    check_same(&f, &g);
    CHECK_TEXT(g.subject_id, "test");
    CHECK_TEXT(g.tool_version, "0.0.0");
    CHECK_TEXT(g.clip_hash, f.clip_hash);
    CHECK_I64(ora_rational_compare(g.rate, spec->rate), 0);
    CHECK_I64(g.n_frames, spec->n_frames);
    CHECK_I64(g.i_step, 1234);
    CHECK(g.psnr_mouth == 34.25 && g.psnr_head == 0.0);
    CHECK(memcmp(&g.colour, &f.colour, sizeof f.colour) == 0);
    CHECK(memcmp(&g.model.layer, &f.model.layer, sizeof f.model.layer) == 0);
    CHECK(g.camera.width == spec->width && g.camera.height == spec->height);
    CHECK(memcmp(g.occupancy, f.occupancy,
                 (size_t)f.n_occupancy * (size_t)f.n_occupancy * (size_t)f.n_occupancy) == 0);
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &g.model.layer[i];

        for (int32_t k = l->n_out; k < l->n_out_pad; k++) /* padding is 0 */
            CHECK(g.theta[l->weight + k] == 0.0F && (l->bias < 0 || g.theta[l->bias + k] == 0.0F));
    }
    /* what was read is written as the same bytes: nothing is lost a second time */
    first = bytes_of(&n_first, &f);
    second = bytes_of(&n_second, &g);
    CHECK_I64(n_first, n_second);
    CHECK(memcmp(first, second, n_first) == 0);
    free(first);
    free(second);
    ora_field_file_clear(&f);
    ora_field_file_clear(&g);
}

TEST(field_file, what_is_written_is_read_back)
{
    make_field_spec s = make_field_spec_default();

    check_round_trip(&s);
    s.levels = 1;
    s.features = 4;
    s.n_occupancy = 12;
    s.rate = (ora_rational){30000, 1001};
    check_round_trip(&s);
    s.levels = 8;
    s.features = 1;
    s.hash = 32;
    s.i_missing = 3;
    s.n_frames = 31;
    check_round_trip(&s);
}

/* The file of `f` with `from` in its header replaced by `to` of the same length. */
static void refuse_edit(const char *from, const char *to, const char *part)
{
    const make_field_spec spec = make_field_spec_default();
    ora_field_file f, g;
    unsigned char *b;
    size_t n, at = 0;

    CHECK_OK(make_field(&f, &spec));
    b = bytes_of(&n, &f);
    CHECK(strlen(from) == strlen(to));
    while (at + strlen(from) < n && memcmp(b + at, from, strlen(from)) != 0)
        at++;
    CHECK(at + strlen(from) < n);
    memcpy(b + at, to, strlen(to));
    CHECK_STATUS(ora_field_file_parse(&g, b, n, "edited.safetensors"), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("edited.safetensors");
    CHECK_ERROR_HAS(part);
    CHECK(!g.subject_id && !g.theta);
    free(b);
    ora_field_file_clear(&f);
}

TEST(field_file, metadata_that_lie_are_refused)
{
    refuse_edit("\"orator field\"", "\"orator fiend\"", "is no field");
    refuse_edit("\"schema\":\"1\"", "\"schema\":\"2\"", "schema 2");
    refuse_edit("\"schema\":\"1\"", "\"schemb\":\"1\"", "'schema' is missing");
    refuse_edit("\"frames\":\"8\"", "\"frames\":\"9\"", "'pose' has 8 in dimension 0, want 9");
    refuse_edit("\"frames\":\"8\"", "\"frames\":\"0\"", "'frames' is '0'");
    refuse_edit("\"frames\":\"8\"", "\"frames\":\"x\"", "'frames' is 'x'");
    refuse_edit("\"width\":\"32\"", "\"width\":\"33\"", "'background'");
    refuse_edit("\"rate\":\"25\"", "\"rate\":\"-5\"", "rate");
    refuse_edit("\"head.levels\":\"2\"", "\"head.levels\":\"3\"", "att1.weight");
    refuse_edit("\"head.features\":\"2\"", "\"head.features\":\"3\"", "head grid");
    refuse_edit("\"head.fine\":\"9\"", "\"head.fine\":\"8\"", "head.grid");
    refuse_edit("\"head.coarse\":\"4\"", "\"head.coarse\":\"0\"", "head grid");
    refuse_edit("\"head.hash\":\"0\"", "\"head.hash\":\"3\"", "head grid");
    refuse_edit("\"torso.fine\":\"5\"", "\"torso.fine\":\"6\"", "torso grid");
    refuse_edit("\"occupancy.cells\":\"8\"", "\"occupancy.cells\":\"9\"", "multiple of 4");
    refuse_edit("\"occupancy.cells\":\"8\"", "\"occupancy.cells\":\"4\"", "occupancy");
    refuse_edit("\"bt709\"", "\"bt708\"", "colour.primaries");
    refuse_edit("\"clip_sha256\":\"aaa", "\"clip_sha256\":\"aAa", "SHA-256");
    refuse_edit("\"col.weight\"", "\"cow.weight\"", "'col.weight' is missing");
    refuse_edit("\"shape\":[32]", "\"shape\":[33]", "att1.bias");
    refuse_edit("\"dtype\":\"F16\"", "\"dtype\":\"I16\"", "head.grid");
}

/* The file of a field with one number changed before it was written, in memory or on disk. */
static void refuse_value(const char *tensor, float v, const char *part)
{
    const make_field_spec spec = make_field_spec_default();
    ora_field_slot slots[ORA_FIELD_MAX_SLOTS];
    ora_safetensors *s = NULL;
    const ora_tensor_entry *e;
    ora_field_file f, g;
    unsigned char *b;
    size_t n, data;
    int32_t i = 0;

    CHECK_OK(make_field(&f, &spec));
    b = bytes_of(&n, &f);
    CHECK_OK(ora_safetensors_open_memory(&s, b, n, "x"));
    e = ora_safetensors_find(s, tensor);
    CHECK(e != NULL);
    data = 8 + (size_t)b[0] + ((size_t)b[1] << 8) + ((size_t)b[2] << 16);
    if (e->dtype == ORA_DTYPE_F16) {
        const uint16_t half = ora_half_from_f32(v);

        memcpy(b + data + e->offset + 2, &half, sizeof half);
    } else {
        memcpy(b + data + e->offset, &v, sizeof v);
    }
    ora_safetensors_close(&s);
    CHECK_STATUS(ora_field_file_parse(&g, b, n, "changed.safetensors"), ORATOR_E_CHECKPOINT);
    CHECK_ERROR_HAS("changed.safetensors");
    CHECK_ERROR_HAS(part);
    while (strcmp((ora_field_slots(slots, &f), slots[i].name), tensor) != 0)
        i++;
    slots[i].data[1 % slots[i].cols] = v;
    slots[i].data[0] = v;
    if (strncmp(tensor, "cond.", 5) != 0 ||
        !isfinite(v)) { /* writing would take those as they are */
        CHECK_STATUS(ora_field_file_write(&f, test_path("never.safetensors")), ORATOR_E_INVALID);
        CHECK(!ora_file_exists(test_path("never.safetensors")));
    }
    free(b);
    ora_field_file_clear(&f);
}

TEST(field_file, numbers_that_cannot_be_are_refused)
{
    static const char *const tensors[] = {
        "att1.weight", "out.bias",  "mouth.taps",   "appearance", "cond.mouth_mean",
        "box.min",     "rest_pose", "torso.affine", "head.grid",  "torso.predict.weight",
        "torso.grid",  "background"};

    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++) {
        refuse_value(tensors[i], NAN, tensors[i]);
        refuse_value(tensors[i], INFINITY, tensors[i]);
    }
    refuse_value("background", 1.5F, "background");
    refuse_value("background", -0.5F, "background");
    refuse_value("camera.focal", 0.0F, "focal");
    refuse_value("box.size", -1.0F, "box");
    refuse_value("pose", 2.0F, "pose 0");
    refuse_value("rest_pose", 2.0F, "rest pose");
    refuse_value("cond.eye_mean", 0.5F, "condition statistics");
}

TEST(field_file, a_file_cut_short_or_too_long_is_refused)
{
    const make_field_spec spec = make_field_spec_default();
    ora_field_file f, g;
    unsigned char *b, *longer;
    size_t n;

    CHECK_OK(make_field(&f, &spec));
    b = bytes_of(&n, &f);
    longer = calloc(1, n + 1);
    CHECK(longer != NULL);
    memcpy(longer, b, n);
    CHECK_STATUS(ora_field_file_parse(&g, longer, n + 1, "x"), ORATOR_E_CHECKPOINT);
    free(longer);
    for (size_t cut = 1; cut < n; cut = cut * 3 + 1)
        CHECK_STATUS(ora_field_file_parse(&g, b, n - cut, "x"), ORATOR_E_CHECKPOINT);
    CHECK_STATUS(ora_field_file_parse(&g, b, 0, "x"), ORATOR_E_CHECKPOINT);
    CHECK_STATUS(ora_field_file_read(&g, test_path("nowhere")), ORATOR_E_IO);
    free(b);
    ora_field_file_clear(&f);
}

TEST(field_file, fields_that_do_not_fit_together_are_not_written)
{
    const make_field_spec spec = make_field_spec_default();
    const char *path = test_path("never.safetensors");
    ora_field_file f;

    CHECK_OK(make_field(&f, &spec));
    f.model.layer[ORA_LAYER_DEN1].n_in++;
    CHECK_STATUS(ora_field_file_write(&f, path), ORATOR_E_INVALID);
    f.model.layer[ORA_LAYER_DEN1].n_in--;
    f.model.head.level[1].cells--;
    CHECK_STATUS(ora_field_file_write(&f, path), ORATOR_E_INVALID);
    f.model.head.level[1].cells++;
    f.grid[0] = 7e4F; /* no half is that large */
    CHECK_STATUS(ora_field_file_write(&f, path), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("head.grid");
    f.grid[0] = 0;
    memset(f.pose, 0, 12 * sizeof(float) * (size_t)f.n_frames);
    CHECK_STATUS(ora_field_file_write(&f, path), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("no frame has a pose");
    memcpy(f.pose, f.rest_pose, sizeof f.rest_pose);
    CHECK_OK(ora_field_file_write(&f, path));
    ora_field_file_clear(&f);
    CHECK_STATUS(ora_field_file_write(&f, path), ORATOR_E_INVALID);
}

TEST(field_file, a_model_is_a_folder_or_a_file)
{
    const char *folder = test_path("model");
    char *inside;
    char *path = NULL;

    CHECK_OK(ora_folder_make(folder));
    inside = ora_path_join(folder, "field.safetensors");
    CHECK_STATUS(ora_field_file_find(&path, folder), ORATOR_E_IO);
    CHECK_ERROR_HAS("field.safetensors");
    CHECK_STATUS(ora_field_file_find(&path, test_path("no")), ORATOR_E_IO);
    CHECK(path == NULL);
    test_write(inside, "x", 1);
    CHECK_OK(ora_field_file_find(&path, folder));
    CHECK_TEXT(path, inside);
    free(path);
    CHECK_OK(ora_field_file_find(&path, inside));
    CHECK_TEXT(path, inside);
    free(path);
    free(inside);
}
