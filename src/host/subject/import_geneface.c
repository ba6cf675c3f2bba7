/*
 * import_geneface.c - a person of GeneFace++: data/processed/videos/ID.
 *
 *     gt_imgs/%08d.jpg            frames at 25 a second, numbered from 0 or 1
 *     segmaps/%08d.png            classes by colour
 *     bg.jpg                      background plate
 *     aud.wav, aud_hubert.npy     sound and features
 *     lms_2d.npy                  [T][68, 468 or 478][2 or 3] pixels
 *     coeff_fit_mp.npy            a pickle: refused; instead, saved one by one as plain arrays,
 *     coeff_fit_mp.euler.npy      [T][3] radians
 *     coeff_fit_mp.trans.npy      [T][3] decimetres
 *
 * Pose, after the Deep3D face fitting they use: p = Rz Ry Rx v + t with the usual right-handed
 * rotations, seen by a camera (x right, y up, z backwards) 10 dm in front, focal length 1015 px and
 * centre 112 px in a picture of 224. In ours, F = diag(1, -1, -1):
 *
 *     camera_from_head = [F Rz Ry Rx | 100 F (t - (0, 0, 10))] millimetres,  focal = 1015 W / 224
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy.h"
#include "subject/subject_import.h"

/* encode_segmap_mask_to_image() of its mp_segmenter.py, as RGB. */
static const ora_matte_class CLASSES[] = {
    {{255, 255, 255}, 0, 0}, /* background */
    {{255, 255, 0}, 255, 0}, /* hair       */
    {{255, 0, 255}, 0, 255}, /* body skin  */
    {{0, 255, 255}, 255, 0}, /* face skin  */
    {{255, 0, 0}, 0, 255},   /* clothes    */
    {{0, 255, 0}, 255, 0},   /* others: glasses, hats */
};

static const char *const FEATURES[] = {"aud_hubert.npy", "aud_esperanto.npy", "aud_mel_f0.npy"};
static const double MM_PER_UNIT = 100.0, CAMERA_DISTANCE = 10.0;
static const double FIT_FOCAL = 1015.0, FIT_SIZE = 224.0;
static const size_t MAX_ARRAY_BYTES = (size_t)1 << 32;

static bool recognise(const char *src)
{
    return (ora_import_has(src, "gt_imgs") &&
            (ora_import_has(src, "coeff_fit_mp.npy") ||
             ora_import_has(src, "coeff_fit_mp.euler.npy") || ora_import_has(src, "lms_2d.npy"))) ||
           ora_import_has(src, "trainval_dataset.npy");
}

static orator_status refuse_pickles(const ora_import *imp)
{
    if (!ora_import_has(imp->src, "gt_imgs"))
        return ora_fail(
            ORATOR_E_UNSUPPORTED,
            "import '%s': trainval_dataset.npy is a Python pickle, and loading one would "
            "run code in it; import the folder processed/videos/ID it was made from",
            imp->src);
    if (!ora_import_has(imp->src, "coeff_fit_mp.euler.npy") ||
        !ora_import_has(imp->src, "coeff_fit_mp.trans.npy"))
        return ora_fail(
            ORATOR_E_UNSUPPORTED,
            "import '%s': the poses are in coeff_fit_mp.npy, a Python pickle, and loading one would "
            "run code in it; save its 'euler' and 'trans' as plain arrays coeff_fit_mp.euler.npy and "
            "coeff_fit_mp.trans.npy beside it: d=np.load('coeff_fit_mp.npy',allow_pickle=True)"
            ".item(); [np.save('coeff_fit_mp.'+k,np.float32(d[k])) for k in ('euler','trans')]",
            imp->src);
    return ORATOR_OK;
}

/* Read src/name as f32 with `n_frames` rows. */
static orator_status read_rows(ora_npy *out, const ora_import *imp, const char *name,
                               int64_t n_frames, int64_t first)
{
    orator_status st;
    char *path = ora_path_join(imp->src, name);

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    ORA_TRY(ora_npy_read(out, path, MAX_ARRAY_BYTES));
    ORA_TRY(ora_npy_to_f32(out));
    if (out->n_dims < 2 || out->shape[0] != n_frames) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s' has %" PRId64 " rows, want %" PRId64
                      ", one for each of gt_imgs/%08" PRId64 ".jpg and following",
                      path, out->n_dims > 0 ? out->shape[0] : 0, n_frames, first);
        goto done;
    }
    for (int64_t i = 0; i < out->n_elements; i++) {
        if (!isfinite(((const float *)out->data)[i])) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' holds NaN or infinity in row %" PRId64, path,
                          i / (out->n_elements / n_frames));
            goto done;
        }
    }

done:
    free(path);
    return st;
}

static void pose_from_fit(float out[16], const float euler[3], const float trans[3])
{
    const double a = (double)euler[0], b = (double)euler[1], c = (double)euler[2];
    const double cx = cos(a), sx = sin(a), cy = cos(b), sy = sin(b), cz = cos(c), sz = sin(c);
    const double r[3][3] = {
        {cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx},
        {sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx},
        {-sy, cy * sx, cy * cx},
    };
    const double t[3] = {(double)trans[0], (double)trans[1], (double)trans[2] - CAMERA_DISTANCE};

    for (int i = 0; i < 3; i++) {
        const double f = i == 0 ? 1.0 : -1.0;

        for (int j = 0; j < 3; j++)
            out[4 * i + j] = (float)(f * r[i][j]);
        out[4 * i + 3] = (float)(MM_PER_UNIT * f * t[i]);
        out[12 + i] = 0.0f;
    }
    out[15] = 1.0f;
}

static orator_status place_poses(ora_import *imp, int64_t first)
{
    orator_status st;
    const int64_t n = imp->subject->n_frames;
    const int64_t want[2] = {n, 3};
    const int64_t shape[3] = {n, 4, 4};
    ora_npy euler = {0}, trans = {0};
    float *pose = calloc((size_t)n * 16, sizeof *pose);

    if (!pose) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    ORA_TRY(read_rows(&euler, imp, "coeff_fit_mp.euler.npy", n, first));
    ORA_TRY(read_rows(&trans, imp, "coeff_fit_mp.trans.npy", n, first));
    ORA_TRY(ora_npy_expect(&euler, 2, want, "coeff_fit_mp.euler.npy"));
    ORA_TRY(ora_npy_expect(&trans, 2, want, "coeff_fit_mp.trans.npy"));
    for (int64_t i = 0; i < n; i++)
        pose_from_fit(pose + 16 * i, (const float *)euler.data + 3 * i,
                      (const float *)trans.data + 3 * i);
    ORA_TRY(ora_import_add(imp, ORA_IMPORT_READ, "coeff_fit_mp.euler.npy", NULL));
    ORA_TRY(ora_import_add(imp, ORA_IMPORT_READ, "coeff_fit_mp.trans.npy", NULL));
    st = ora_import_add_array(imp, "pose.npy", pose, 3, shape);
    pose = NULL;

done:
    free(pose);
    ora_npy_clear(&euler);
    ora_npy_clear(&trans);
    return st;
}

/* Kept as they are: their frame of reference, pixels of the picture, is ours. */
static orator_status place_landmarks(ora_import *imp, int64_t first)
{
    orator_status st;
    const int64_t n = imp->subject->n_frames;
    int64_t shape[3] = {n, 0, 2};
    ora_npy a = {0};
    float *points = NULL, largest = 0.0f;

    if (!ora_import_has(imp->src, "lms_2d.npy"))
        return ORATOR_OK;
    ORA_TRY(read_rows(&a, imp, "lms_2d.npy", n, first));
    if (a.n_dims != 3 || (a.shape[1] != 68 && a.shape[1] != 468 && a.shape[1] != 478) ||
        (a.shape[2] != 2 && a.shape[2] != 3)) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "import '%s': lms_2d.npy must be [%" PRId64 "][68, 468 or 478][2 or 3]",
                      imp->src, n);
        goto done;
    }
    shape[1] = a.shape[1];
    points = calloc((size_t)(n * shape[1]) * 2, sizeof *points);
    if (!points) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    for (int64_t i = 0; i < n * shape[1]; i++) {
        for (int64_t k = 0; k < 2; k++) {
            points[2 * i + k] = ((const float *)a.data)[a.shape[2] * i + k];
            largest = fmaxf(largest, points[2 * i + k]);
        }
    }
    if (largest <= 2.0f) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "import '%s': lms_2d.npy holds fractions of the picture, want pixels",
                      imp->src);
        goto done;
    }
    ORA_TRY(ora_import_add(imp, ORA_IMPORT_READ, "lms_2d.npy", NULL));
    st = ora_import_add_array(imp, "landmarks2d.npy", points, 3, shape);
    points = NULL;

done:
    free(points);
    ora_npy_clear(&a);
    return st;
}

static orator_status place_mattes(ora_import *imp, int64_t first)
{
    orator_status st;
    orator_subject *s = imp->subject;
    int64_t *ids = NULL, n = 0, n_placed = 0;
    uint8_t *has = calloc((size_t)s->n_frames, 1);
    char *from = NULL, *to = NULL;

    if (!has)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    ORA_TRY(ora_import_list_ids(&ids, &n, imp->src, "segmaps", "%08d.png"));
    if (n == 0)
        goto done;
    s->mattes = ora_text_copy("mattes/%06d.png");
    for (int64_t i = 0; s->mattes && i < n; i++) {
        const int64_t id = ids[i] - first;

        if (id < 0 || id >= s->n_frames)
            continue;
        free(from);
        free(to);
        from = ora_subject_expand("segmaps/%08d.png", ids[i]);
        to = ora_subject_expand(s->mattes, id);
        if (!from || !to)
            break;
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_MATTE, from, to));
        has[id] = 1;
        n_placed++;
    }
    if (!s->mattes || (n_placed > 0 && (!from || !to))) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    for (int64_t i = 0; i < s->n_frames; i++)
        if (!has[i])
            s->bad[i] = 1;

done:
    free(has);
    free(ids);
    free(from);
    free(to);
    return st;
}

/* The subject from the numbers of the pictures; a number without picture is a bad frame. */
static orator_status start_subject(ora_import *imp, const int64_t *ids, int64_t n, const char *dst)
{
    orator_status st;
    const int64_t first = ids[0];
    orator_subject *s;

    if (first > 1)
        return ora_fail(ORATOR_E_FORMAT,
                        "import '%s': gt_imgs/ begins with number %" PRId64 ", want 0 or 1",
                        imp->src, first);
    ORA_TRY(ora_subject_create(&imp->subject, dst, ids[n - 1] - first + 1));
    s = imp->subject;
    memset(s->bad, 1, (size_t)s->n_frames);
    for (int64_t i = 0; i < n; i++)
        s->bad[ids[i] - first] = 0;
    /* the split its binariser makes: the first tenth-elevenths train */
    for (int64_t i = 0; i < s->n_frames; i++)
        s->split[i] = i < s->n_frames / 11 * 10 ? ORA_SPLIT_TRAIN : ORA_SPLIT_VAL;
    s->id = ora_import_id(imp->src);
    if (!s->id) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    s->rate = ora_rational_make(25, 1);
    s->colour = (ora_colour){1, 13, 5, ORA_RANGE_FULL};
    s->head_origin = ORA_HEAD_SOURCE;
    ORA_TRY(ora_import_frames(imp, "gt_imgs/%08d.jpg", ids, n, first));
    s->focal_px = FIT_FOCAL * s->width / FIT_SIZE;
    s->centre_px[0] = s->width / 2.0;
    s->centre_px[1] = s->height / 2.0;

done:
    return st;
}

static orator_status plan(ora_import *imp, const char *dst)
{
    static const char derived[] = "derived from the frames and the segmentation";
    orator_status st;
    int64_t *ids = NULL, n = 0;

    imp->classes = CLASSES;
    imp->n_classes = sizeof CLASSES / sizeof CLASSES[0];
    ORA_TRY(refuse_pickles(imp));
    ORA_TRY(ora_import_list_ids(&ids, &n, imp->src, "gt_imgs", "%08d.jpg"));
    if (n == 0) {
        st = ora_fail(ORATOR_E_FORMAT, "import '%s': no pictures gt_imgs/%%08d.jpg", imp->src);
        goto done;
    }
    ORA_TRY(start_subject(imp, ids, n, dst));
    ORA_TRY(place_poses(imp, ids[0]));
    ORA_TRY(place_landmarks(imp, ids[0]));
    ORA_TRY(place_mattes(imp, ids[0]));
    if (ora_import_has(imp->src, "bg.jpg"))
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_BACKGROUND, "bg.jpg", "background.png"));
    ORA_TRY(ora_import_sound(imp, "aud.wav"));
    ORA_TRY(ora_import_features(imp, FEATURES, sizeof FEATURES / sizeof FEATURES[0]));
    ora_import_ignore(imp, "head_imgs", derived);
    ora_import_ignore(imp, "torso_imgs", derived);
    ora_import_ignore(imp, "inpaint_torso_imgs", derived);
    ora_import_ignore(imp, "com_imgs", derived);
    ora_import_ignore(imp, "coeff_fit_mp.npy", "a Python pickle; the plain arrays beside it are");

done:
    free(ids);
    return st;
}

const ora_layout ora_layout_geneface = {"GeneFace++", recognise, plan};
