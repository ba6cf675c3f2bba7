#include "support/make_dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "support/check.h"
#include "support/picture_fixture.h"

static const double FOCAL = 70.0, CENTRE = DATASET_SIZE / 2.0; /* of the AD-NeRF miniature */

void dataset_point(double out[3], int k)
{
    const double a = 0.7 * k;

    out[0] = 70.0 * cos(a) * (1.0 - k / 100.0);
    out[1] = 80.0 * sin(a) - 10.0;
    out[2] = 60.0 + 40.0 * cos(1.3 * k);
}

static void multiply(double out[9], const double a[9], const double b[9])
{
    for (int i = 0; i < 9; i++)
        out[i] = a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] * b[3 + i % 3] +
                 a[i / 3 * 3 + 2] * b[6 + i % 3];
}

static void rotations(double x[9], double y[9], double z[9], const double euler[3])
{
    const double c[3] = {cos(euler[0]), cos(euler[1]), cos(euler[2])};
    const double s[3] = {sin(euler[0]), sin(euler[1]), sin(euler[2])};

    memcpy(x, (double[]){1, 0, 0, 0, c[0], -s[0], 0, s[0], c[0]}, 9 * sizeof *x);
    memcpy(y, (double[]){c[1], 0, s[1], 0, 1, 0, -s[1], 0, c[1]}, 9 * sizeof *y);
    memcpy(z, (double[]){c[2], -s[2], 0, s[2], c[2], 0, 0, 0, 1}, 9 * sizeof *z);
}

static void head_motion(double euler[3], double trans[3], int i, double depth)
{
    memcpy(euler, (double[]){0.20 * sin(0.5 * i), 0.30 * cos(0.3 * i), -0.15 * sin(0.9 * i)},
           3 * sizeof *euler);
    memcpy(trans, (double[]){0.2 * sin(0.4 * i), 0.1 * cos(0.8 * i), depth + 0.1 * sin(0.2 * i)},
           3 * sizeof *trans);
}

/* AD-NeRF: R = Rx Ry Rz, decimetres, the head at z = -7. */
static void adnerf_motion(double r[9], double trans[3], int i)
{
    double x[9], y[9], z[9], yz[9], euler[3];

    head_motion(euler, trans, i, -7.0);
    rotations(x, y, z, euler);
    multiply(yz, y, z);
    multiply(r, x, yz);
}

void dataset_adnerf_pixel(double out[2], int i, int k)
{
    double r[9], t[3], p[3], q[3];

    adnerf_motion(r, t, i);
    dataset_point(p, k);
    for (int a = 0; a < 3; a++)
        q[a] = (r[3 * a] * p[0] + r[3 * a + 1] * p[1] + r[3 * a + 2] * p[2]) / 100.0 + t[a];
    out[0] = CENTRE - FOCAL * q[0] / q[2];
    out[1] = CENTRE + FOCAL * q[1] / q[2];
}

/* Deep3D: row vectors times (Rz Ry Rx)^T, camera 10 in front, focal 1015 at 224, picture y up. */
void dataset_geneface_pixel(double out[2], int i, int k)
{
    double x[9], y[9], z[9], yx[9], r[9], euler[3], t[3], p[3], q[3];

    head_motion(euler, t, i, 0.0);
    rotations(x, y, z, euler);
    multiply(yx, y, x);
    multiply(r, z, yx);
    dataset_point(p, k);
    for (int a = 0; a < 3; a++)
        q[a] = (r[3 * a] * p[0] + r[3 * a + 1] * p[1] + r[3 * a + 2] * p[2]) / 100.0 + t[a];
    q[2] = 10.0 - q[2];
    out[0] = (112.0 + 1015.0 * q[0] / q[2]) * DATASET_SIZE / 224.0;
    out[1] = (224.0 - (112.0 + 1015.0 * q[1] / q[2])) * DATASET_SIZE / 224.0;
}

static const char *in(const char *folder, const char *format, int number)
{
    static char paths[4][1024];
    static int next;
    char *out = paths[next++ % 4];
    char *name = number < 0 ? ora_text_copy(format) : NULL;

    if (!name) {
        /* the format is one of "%d" and "%08d" patterns: put the digits in by hand */
        const char *p = strchr(format, '%');
        const bool is_wide = p[1] == '0';

        name = ora_text_format("%.*s%0*d%s", (int)(p - format), format, is_wide ? 8 : 1, number,
                               p + (is_wide ? 4 : 2));
    }
    (void)snprintf(out, 1024, "%s/%s", folder, name);
    free(name);
    return out;
}

static void write_text(const char *path, const char *text)
{
    test_write(path, text, strlen(text));
}

/* Head above, neck and clothes below, background left and right, in the colours given. */
static void write_classes(const char *path, const unsigned char colours[4][3])
{
    ora_image img = {0};

    CHECK_OK(ora_image_shape(&img, DATASET_SIZE, DATASET_SIZE, 3, ORA_SAMPLE_U8));
    img.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    for (int y = 0; y < DATASET_SIZE; y++) {
        for (int x = 0; x < DATASET_SIZE; x++) {
            const int part = x < 6 || x >= 26 ? 0 : y < 16 ? 1 : y < 20 ? 2 : 3;

            memcpy(img.data + (size_t)y * img.stride_bytes + 3 * (size_t)x, colours[part], 3);
        }
    }
    CHECK_OK(ora_png_write(path, &img, NULL, 0));
    ora_image_clear(&img);
}

static void write_wav(const char *path, int n_frames)
{
    const uint32_t n = (uint32_t)n_frames * 640 * 2, rate = 16000;
    const uint32_t sizes[2] = {36 + n, n};
    unsigned char *bytes = calloc(44 + n, 1);

    CHECK(bytes != NULL);
    memcpy(bytes, "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0........\2\0\x10\0data....", 44);
    for (int i = 0; i < 4; i++) {
        bytes[4 + i] = (unsigned char)(sizes[0] >> 8 * i);
        bytes[24 + i] = (unsigned char)(rate >> 8 * i);
        bytes[28 + i] = (unsigned char)(2 * rate >> 8 * i);
        bytes[40 + i] = (unsigned char)(sizes[1] >> 8 * i);
    }
    test_write(path, bytes, 44 + n);
    free(bytes);
}

static void write_npy(const char *path, int64_t a, int64_t b, int64_t c)
{
    const int64_t shape[3] = {a, b, c};
    float *data = calloc((size_t)(a * b * c), sizeof *data);

    CHECK(data != NULL);
    for (int64_t i = 0; i < a * b * c; i++)
        data[i] = (float)(i % 17) / 8.0f;
    CHECK_OK(ora_npy_write(path, ORA_DTYPE_F32, 3, shape, data));
    free(data);
}

void dataset_write_pickle(const char *path)
{
    char bytes[128 + 8];

    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\1\0\x76\0{'descr': '|O', 'fortran_order': False, 'shape': (), }", 65);
    bytes[127] = '\n';
    memcpy(bytes + 128, "\x80\x04}\x94.\0\0\0", 8);
    test_write(path, bytes, sizeof bytes);
}

make_adnerf_spec make_adnerf_spec_default(void)
{
    return (make_adnerf_spec){.n_frames = 8, .hole = -1, .no_landmarks = -1, .other_sound = -1};
}

static bool has_landmarks(const make_adnerf_spec *spec, int i)
{
    return i != spec->hole && i != spec->no_landmarks;
}

/* transforms_<split>.json of the poses first..end-1 in the order of frames with landmarks. */
static void write_transforms(const char *folder, const make_adnerf_spec *spec, const char *split,
                             int first, int end)
{
    ora_text t = {0};
    const char *between = "";
    char *path = ora_text_format("%s/transforms_%s.json", folder, split);
    int position = 0;

    ora_text_addf(&t, "{\"focal_len\": %.1f, \"cx\": %.1f, \"cy\": %.1f, \"frames\": [", FOCAL,
                  CENTRE, CENTRE);
    for (int i = 0; i < spec->n_frames; i++) {
        double r[9], trans[3];

        if (!has_landmarks(spec, i))
            continue;
        if (position >= first && position < end) {
            const int id = spec->by_position ? position : i;

            adnerf_motion(r, trans, i);
            ora_text_addf(&t, "%s{\"img_id\": %d, \"aud_id\": %d, \"transform_matrix\": [", between,
                          id, i == spec->other_sound ? id + 1 : id);
            for (int a = 0; a < 3; a++) {
                const double o = -(r[a] * trans[0] + r[3 + a] * trans[1] + r[6 + a] * trans[2]);

                ora_text_addf(&t, "[%.9g, %.9g, %.9g, %.9g], ", r[a], r[3 + a], r[6 + a], o / 10.0);
            }
            ora_text_add(&t, "[0.0, 0.0, 0.0, 1.0]]}");
            between = ", ";
        }
        position++;
    }
    ora_text_add(&t, "]}");
    write_text(path, t.s);
    ora_text_clear(&t);
    free(path);
}

static void write_adnerf_frame(const char *folder, const make_adnerf_spec *spec, int i)
{
    static const unsigned char colours[4][3] = {
        {255, 255, 255}, {0, 0, 255}, {0, 255, 0}, {255, 0, 0}};
    ora_text t = {0};

    if (i == spec->hole)
        return;
    write_test_jpeg(in(folder, "ori_imgs/%d.jpg", i), DATASET_SIZE, DATASET_SIZE);
    write_classes(in(folder, "parsing/%d.png", i), colours);
    if (!has_landmarks(spec, i))
        return;
    for (int k = 0; k < DATASET_POINTS; k++) {
        double p[2];

        dataset_adnerf_pixel(p, i, k);
        ora_text_addf(&t, "%f %f\n", p[0], p[1]);
    }
    write_text(in(folder, "ori_imgs/%d.lms", i), t.s);
    ora_text_clear(&t);
}

static void write_adnerf_features(const char *folder, const make_adnerf_spec *spec)
{
    const int64_t n = spec->n_frames;

    switch (spec->flavour) {
    case DATASET_ADNERF:
        write_npy(in(folder, "aud.npy", -1), n, 16, 29);
        break;
    case DATASET_RADNERF:
        write_npy(in(folder, "aud_eo.npy", -1), n, 44, 16);
        break;
    case DATASET_ERNERF:
        write_npy(in(folder, "aud_ds.npy", -1), n, 29, 16);
        write_text(in(folder, "au.csv", -1), "frame, AU45_r\n1, 0.5\n");
        break;
    case DATASET_SYNCTALK:
        write_npy(in(folder, "bs.npy", -1), 1, n, 52);
        write_text(in(folder, "bundle_adjustment.pt", -1), "PK");
        dataset_write_pickle(in(folder, "aud_ave.npy", -1));
        break;
    }
}

void make_adnerf(const char *folder, const make_adnerf_spec *spec)
{
    int n_poses = 0;

    CHECK_OK(ora_folder_make(in(folder, "ori_imgs", -1)));
    CHECK_OK(ora_folder_make(in(folder, "parsing", -1)));
    CHECK_OK(ora_folder_make(in(folder, "gt_imgs", -1)));
    for (int i = 0; i < spec->n_frames; i++) {
        write_adnerf_frame(folder, spec, i);
        n_poses += has_landmarks(spec, i);
    }
    if (!spec->no_transforms) {
        write_transforms(folder, spec, "train", 0, n_poses * 10 / 11);
        write_transforms(folder, spec, "val", n_poses * 10 / 11, n_poses);
    }
    write_test_jpeg(in(folder, "bc.jpg", -1), DATASET_SIZE, DATASET_SIZE);
    write_wav(in(folder, "aud.wav", -1), spec->n_frames);
    write_text(in(folder, "track_params.pt", -1), "PK");
    write_adnerf_features(folder, spec);
}

make_geneface_spec make_geneface_spec_default(void)
{
    return (make_geneface_spec){.n_frames = 6};
}

static void write_geneface_arrays(const char *folder, const make_geneface_spec *spec)
{
    const int64_t n = spec->n_frames;
    const int64_t rows[2] = {n, 3};
    const int64_t points[3] = {n, DATASET_POINTS, 2};
    float *e = calloc((size_t)n * 3, sizeof *e), *t = calloc((size_t)n * 3, sizeof *t);
    double *p = calloc((size_t)n * DATASET_POINTS * 2, sizeof *p);

    CHECK(e && t && p);
    for (int i = 0; i < spec->n_frames; i++) {
        double euler[3], trans[3];

        head_motion(euler, trans, i, 0.0);
        for (int a = 0; a < 3; a++) {
            e[3 * i + a] = (float)euler[a];
            t[3 * i + a] = (float)trans[a];
        }
        for (int k = 0; k < DATASET_POINTS; k++)
            dataset_geneface_pixel(p + 2 * (DATASET_POINTS * i + k), i, k);
    }
    if (!spec->is_pickled) {
        CHECK_OK(
            ora_npy_write(in(folder, "coeff_fit_mp.euler.npy", -1), ORA_DTYPE_F32, 2, rows, e));
        CHECK_OK(
            ora_npy_write(in(folder, "coeff_fit_mp.trans.npy", -1), ORA_DTYPE_F32, 2, rows, t));
    }
    CHECK_OK(ora_npy_write(in(folder, "lms_2d.npy", -1), ORA_DTYPE_F64, 3, points, p));
    free(e);
    free(t);
    free(p);
}

void make_geneface(const char *folder, const make_geneface_spec *spec)
{
    static const unsigned char colours[4][3] = {
        {255, 255, 255}, {0, 255, 255}, {255, 0, 255}, {255, 0, 0}};

    CHECK_OK(ora_folder_make(in(folder, "gt_imgs", -1)));
    CHECK_OK(ora_folder_make(in(folder, "segmaps", -1)));
    for (int i = 0; i < spec->n_frames; i++) {
        write_test_jpeg(in(folder, "gt_imgs/%08d.jpg", i + spec->first), DATASET_SIZE,
                        DATASET_SIZE);
        write_classes(in(folder, "segmaps/%08d.png", i + spec->first), colours);
    }
    write_geneface_arrays(folder, spec);
    dataset_write_pickle(in(folder, "coeff_fit_mp.npy", -1));
    dataset_write_pickle(in(folder, "aud_mel_f0.npy", -1));
    write_npy(in(folder, "aud_hubert.npy", -1), 1, 2 * spec->n_frames, 1024);
    write_test_jpeg(in(folder, "bg.jpg", -1), DATASET_SIZE, DATASET_SIZE);
    write_wav(in(folder, "aud.wav", -1), spec->n_frames);
}
