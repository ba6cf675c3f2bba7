/*
 * import_adnerf.c - folders of AD-NeRF, RAD-NeRF, ER-NeRF, SyncTalk and the first GeneFace.
 *
 *     transforms_train.json, transforms_val.json   camera and poses, see adnerf_transforms.h
 *     ori_imgs/N.jpg (or .png), ori_imgs/N.lms     frames at 25 a second, 68 landmarks
 *     parsing/N.png                                classes by colour
 *     bc.jpg                                       background plate
 *     aud.wav, aud*.npy, au.csv, bs.npy            sound and features
 *
 * Frame ids are the N of the file names; a number without picture, landmarks, pose or parsing stays
 * as a bad frame. RAD-NeRF and its heirs number poses by position among the frames that have
 * landmarks (data_utils/process.py, save_transforms), so that one missing .lms shifts every later
 * pose and sound window; such a folder is recognised by its numbers and put right.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/landmark_file.h"
#include "subject/adnerf_transforms.h"
#include "subject/subject_import.h"

/* cv2.imwrite() stored these as BGR, so that a file read as RGB has the head in blue. */
static const ora_matte_class CLASSES[] = {
    {{255, 255, 255}, 0, 0}, /* background */
    {{0, 0, 255}, 255, 0},   /* head       */
    {{0, 255, 0}, 0, 255},   /* neck       */
    {{255, 0, 0}, 0, 255},   /* cloth      */
};

static const char *const FEATURES[] = {"aud.npy",
                                       "aud_ds.npy",
                                       "aud_eo.npy",
                                       "aud_hu.npy",
                                       "aud_ave.npy",
                                       "aud_deepspeech.npy",
                                       "aud_esperanto.npy",
                                       "aud_hubert.npy",
                                       "au.csv",
                                       "bs.npy"};

/* What stands in the folder, by number. */
typedef struct adnerf_folder {
    const char *extension; /* of the pictures, static                      */
    int64_t *pictures, *landmarks, *parsing;
    int64_t n_pictures, n_landmarks, n_parsing;
    ora_adnerf_transforms t;
} adnerf_folder;

static bool recognise(const char *src)
{
    return ora_import_has(src, "ori_imgs") &&
           (ora_import_has(src, "transforms_train.json") ||
            ora_import_has(src, "transforms_val.json") || ora_import_has(src, "track_params.pt"));
}

static orator_status read_transforms(ora_import *imp, adnerf_folder *a)
{
    static const struct {
        const char *name;
        ora_split split;
    } files[] = {{"transforms_train.json", ORA_SPLIT_TRAIN},
                 {"transforms_val.json", ORA_SPLIT_VAL}};
    orator_status st = ORATOR_OK;
    char *path = NULL;

    for (size_t i = 0; i < 2; i++) {
        if (!ora_import_has(imp->src, files[i].name)) {
            ora_log(imp->ctx, ORATOR_LOG_WARN, "'%s' has no %s", imp->src, files[i].name);
            continue;
        }
        free(path);
        path = ora_path_join(imp->src, files[i].name);
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        ORA_TRY(ora_adnerf_transforms_read(&a->t, files[i].split, path));
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_READ, files[i].name, NULL));
    }
    if (a->t.n_frames == 0)
        st = ora_fail(
            ORATOR_E_UNSUPPORTED,
            "import '%s': no transforms_train.json with frames in it; poses that exist only "
            "in track_params.pt, a Python pickle, cannot be read: run the last step of "
            "that project's process.py (save_transforms) and import again",
            imp->src);

done:
    free(path);
    return st;
}

static bool contains(const int64_t *ids, int64_t n, int64_t id)
{
    int64_t first = 0, end = n;

    while (first < end) {
        const int64_t middle = first + (end - first) / 2;

        if (ids[middle] == id)
            return true;
        if (ids[middle] < id)
            first = middle + 1;
        else
            end = middle;
    }
    return false;
}

/*
 * Poses numbered by position: exactly 0..M-1, as many as there are frames with landmarks, which
 * themselves are not 0..M-1.
 */
static bool is_numbered_by_position(const adnerf_folder *a)
{
    const int64_t n = a->t.n_frames;

    return a->n_landmarks == n && a->t.frames[n - 1].img_id == n - 1 &&
           a->landmarks[n - 1] != n - 1;
}

static orator_status mark_bad(ora_import *imp, const adnerf_folder *a, const uint8_t *has_pose)
{
    orator_subject *s = imp->subject;
    int64_t n_bad = 0, n_shifted = 0;

    for (int64_t i = 0; i < a->t.n_frames; i++) {
        const ora_adnerf_frame *f = &a->t.frames[i];

        if (f->aud_id != f->img_id) {
            s->bad[f->img_id] = 1;
            n_shifted++;
        }
    }
    for (int64_t i = 0; i < s->n_frames; i++) {
        if (!has_pose[i] || !contains(a->pictures, a->n_pictures, i) ||
            (a->n_landmarks > 0 && !contains(a->landmarks, a->n_landmarks, i)) ||
            (a->n_parsing > 0 && !contains(a->parsing, a->n_parsing, i)))
            s->bad[i] = 1;
        n_bad += s->bad[i];
    }
    if (n_shifted > 0)
        ora_log(imp->ctx, ORATOR_LOG_WARN,
                "%" PRId64 " frames name the sound of another frame (aud_id); they are marked bad",
                n_shifted);
    if (n_bad > 0)
        ora_log(imp->ctx, ORATOR_LOG_WARN, "%" PRId64 " of %" PRId64 " frames are marked bad",
                n_bad, s->n_frames);
    if (n_bad == s->n_frames)
        return ora_fail(ORATOR_E_FORMAT,
                        "import '%s': not one frame has picture, pose, landmarks and parsing",
                        imp->src);
    return ORATOR_OK;
}

/* pose.npy, the splits and the bad frames. */
static orator_status place_poses(ora_import *imp, adnerf_folder *a)
{
    orator_status st = ORATOR_OK;
    orator_subject *s = imp->subject;
    const int64_t shape[3] = {s->n_frames, 4, 4};
    float *pose = calloc((size_t)s->n_frames * 16, sizeof *pose);
    uint8_t *has_pose = calloc((size_t)s->n_frames, 1);

    if (!pose || !has_pose) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    if (is_numbered_by_position(a)) {
        ora_log(imp->ctx, ORATOR_LOG_WARN,
                "poses are numbered by position among the %" PRId64
                " frames with landmarks; they are put to the frames they belong to",
                a->n_landmarks);
        for (int64_t i = 0; i < a->t.n_frames; i++)
            a->t.frames[i].img_id = a->t.frames[i].aud_id = a->landmarks[i];
    }
    for (int64_t i = 0; i < 16 * s->n_frames; i++)
        pose[i] = i % 16 % 5 == 0 ? 1.0f : 0.0f;
    for (int64_t i = 0; i < a->t.n_frames; i++) {
        const ora_adnerf_frame *f = &a->t.frames[i];

        if (f->img_id >= s->n_frames) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "import '%s': img_id %" PRId64 " but the last picture is %" PRId64,
                          imp->src, f->img_id, s->n_frames - 1);
            goto done;
        }
        for (int k = 0; k < 16; k++)
            pose[16 * f->img_id + k] = (float)f->pose[k];
        s->split[f->img_id] = (uint8_t)f->split;
        has_pose[f->img_id] = 1;
    }
    ORA_TRY(mark_bad(imp, a, has_pose));
    st = ora_import_add_array(imp, "pose.npy", pose, 3, shape);
    pose = NULL;

done:
    free(pose);
    free(has_pose);
    return st;
}

static orator_status place_landmarks(ora_import *imp, const adnerf_folder *a)
{
    orator_status st = ORATOR_OK;
    const int64_t shape[3] = {imp->subject->n_frames, 68, 2};
    float(*points)[68][2] = calloc((size_t)imp->subject->n_frames, sizeof *points);
    char *path = NULL, *from = NULL;

    if (!points) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    for (int64_t i = 0; i < a->n_landmarks; i++) {
        const int64_t id = a->landmarks[i];

        if (id >= imp->subject->n_frames)
            break; /* landmarks of a picture that is not there */
        free(from);
        free(path);
        from = ora_text_format("ori_imgs/%" PRId64 ".lms", id);
        path = from ? ora_path_join(imp->src, from) : NULL;
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        ORA_TRY(ora_cancel_check(imp->ctx));
        ORA_TRY(ora_landmarks_read(points[id], path));
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_READ, from, NULL));
    }
    st = ora_import_add_array(imp, "landmarks2d.npy", (float *)points, 3, shape);
    points = NULL;

done:
    free(points);
    free(path);
    free(from);
    return st;
}

static orator_status place_mattes(ora_import *imp, const adnerf_folder *a)
{
    orator_status st = ORATOR_OK;
    orator_subject *s = imp->subject;
    char *from = NULL, *to = NULL;

    s->mattes = ora_text_copy("mattes/%06d.png");
    if (!s->mattes)
        return ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
    for (int64_t i = 0; i < a->n_parsing && a->parsing[i] < s->n_frames; i++) {
        free(from);
        free(to);
        from = ora_text_format("parsing/%" PRId64 ".png", a->parsing[i]);
        to = ora_subject_expand(s->mattes, a->parsing[i]);
        if (!from || !to) {
            st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
            goto done;
        }
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_MATTE, from, to));
    }

done:
    free(from);
    free(to);
    return st;
}

static orator_status look(ora_import *imp, adnerf_folder *a)
{
    orator_status st;

    a->extension = ".jpg";
    ORA_TRY(ora_import_list_ids(&a->pictures, &a->n_pictures, imp->src, "ori_imgs", "%01d.jpg"));
    if (a->n_pictures == 0) {
        free(a->pictures);
        a->extension = ".png";
        ORA_TRY(
            ora_import_list_ids(&a->pictures, &a->n_pictures, imp->src, "ori_imgs", "%01d.png"));
    }
    ORA_TRY(ora_import_list_ids(&a->landmarks, &a->n_landmarks, imp->src, "ori_imgs", "%01d.lms"));
    ORA_TRY(ora_import_list_ids(&a->parsing, &a->n_parsing, imp->src, "parsing", "%01d.png"));
    if (a->n_pictures == 0)
        st = ora_fail(ORATOR_E_FORMAT, "import '%s': no numbered pictures in ori_imgs/", imp->src);
    else if (a->n_landmarks == 0)
        ora_log(imp->ctx, ORATOR_LOG_WARN, "'%s' has no landmarks (ori_imgs/N.lms)", imp->src);

done:
    return st;
}

static void say_what_is_left_out(ora_import *imp)
{
    static const char derived[] = "derived from the frames, the parsing and the plate";
    static const char pickle[] = "a Python pickle; its poses are in the transforms files";

    ora_import_ignore(imp, "gt_imgs", derived);
    ora_import_ignore(imp, "torso_imgs", derived);
    ora_import_ignore(imp, "head_imgs", derived);
    ora_import_ignore(imp, "teeth_mask", "this program has no use for it");
    ora_import_ignore(imp, "track_params.pt", pickle);
    ora_import_ignore(imp, "bundle_adjustment.pt", pickle);
    ora_import_ignore(imp, "vid_coeff.npy", "coefficients of a face model that is not available");
    ora_import_ignore(imp, "aud_mel_f0.npy", "recomputed from the sound where it is needed");
}

static orator_status start_subject(ora_import *imp, const adnerf_folder *a, const char *dst)
{
    orator_status st;
    orator_subject *s;

    ORA_TRY(ora_subject_create(&imp->subject, dst, a->pictures[a->n_pictures - 1] + 1));
    s = imp->subject;
    s->id = ora_import_id(imp->src);
    if (!s->id) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    s->rate = ora_rational_make(25, 1); /* the whole family resamples to it */
    s->colour = (ora_colour){1, 13, strcmp(a->extension, ".jpg") == 0 ? 5 : 0, ORA_RANGE_FULL};
    s->focal_px = a->t.focal_px;
    memcpy(s->centre_px, a->t.centre_px, sizeof s->centre_px);
    s->head_origin = ORA_HEAD_SOURCE; /* of the Basel face model, inside the head */
    ora_log(imp->ctx, ORATOR_LOG_INFO,
            "%" PRId64 " pictures, %" PRId64 " poses, %" PRId64 " landmark files, %" PRId64
            " parsing maps, focal length %g px",
            a->n_pictures, a->t.n_frames, a->n_landmarks, a->n_parsing, s->focal_px);

done:
    return st;
}

static orator_status plan(ora_import *imp, const char *dst)
{
    orator_status st;
    adnerf_folder a = {0};
    char *pattern = NULL;

    imp->classes = CLASSES;
    imp->n_classes = sizeof CLASSES / sizeof CLASSES[0];
    ORA_TRY(look(imp, &a));
    ORA_TRY(read_transforms(imp, &a));
    ORA_TRY(start_subject(imp, &a, dst));
    pattern = ora_text_format("ori_imgs/%%01d%s", a.extension);
    if (!pattern) {
        st = ora_fail(ORATOR_E_NOMEM, "import '%s': no memory", imp->src);
        goto done;
    }
    ORA_TRY(ora_import_frames(imp, pattern, a.pictures, a.n_pictures, 0));
    ORA_TRY(place_poses(imp, &a));
    if (a.n_landmarks > 0)
        ORA_TRY(place_landmarks(imp, &a));
    if (a.n_parsing > 0)
        ORA_TRY(place_mattes(imp, &a));
    if (ora_import_has(imp->src, "bc.jpg"))
        ORA_TRY(ora_import_add(imp, ORA_IMPORT_BACKGROUND, "bc.jpg", "background.png"));
    ORA_TRY(ora_import_sound(imp, "aud.wav"));
    ORA_TRY(ora_import_features(imp, FEATURES, sizeof FEATURES / sizeof FEATURES[0]));
    say_what_is_left_out(imp);

done:
    free(pattern);
    free(a.pictures);
    free(a.landmarks);
    free(a.parsing);
    ora_adnerf_transforms_clear(&a.t);
    return st;
}

const ora_layout ora_layout_adnerf = {"AD-NeRF", recognise, plan};
