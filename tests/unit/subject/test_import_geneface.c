#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "formats/npy.h"
#include "subject/subject_impl.h"
#include "support/make_dataset.h"

static void print_fault(void *user, const char *file, const char *what)
{
    (void)user;
    print_message("%s: %s\n", file, what);
}

static void check_projection(const orator_subject *s)
{
    ora_npy pose = {0}, marks = {0};
    char *pose_path = ora_path_join(s->folder, "pose.npy");
    char *marks_path = ora_path_join(s->folder, "landmarks2d.npy");

    CHECK_OK(ora_npy_read(&pose, pose_path, 1 << 20));
    CHECK_OK(ora_npy_read(&marks, marks_path, 1 << 20));
    for (int64_t i = 0; i < s->n_frames; i++) {
        const float *m = (const float *)pose.data + 16 * i;

        for (int k = 0; k < DATASET_POINTS; k++) {
            const float *found = (const float *)marks.data + 2 * (DATASET_POINTS * i + k);
            double p[3], q[3], want[2];

            dataset_point(p, k);
            for (int a = 0; a < 3; a++)
                q[a] = (double)m[4 * a] * p[0] + (double)m[4 * a + 1] * p[1] +
                       (double)m[4 * a + 2] * p[2] + (double)m[4 * a + 3];
            dataset_geneface_pixel(want, (int)i, k);
            CHECK(q[2] > 0.0);
            CHECK_NEAR(s->centre_px[0] + s->focal_px * q[0] / q[2], want[0], 1e-3);
            CHECK_NEAR(s->centre_px[1] + s->focal_px * q[1] / q[2], want[1], 1e-3);
            CHECK_NEAR(found[0], want[0], 1e-4);
            CHECK_NEAR(found[1], want[1], 1e-4);
        }
    }
    ora_npy_clear(&pose);
    ora_npy_clear(&marks);
    free(pose_path);
    free(marks_path);
}

TEST(import_geneface, poses_project_the_head_onto_its_landmarks)
{
    for (int first = 0; first < 2; first++) {
        make_geneface_spec spec = make_geneface_spec_default();
        const char *src = test_path(first ? "may1" : "may0");
        const char *dst = test_path(first ? "may1.subject" : "may0.subject");
        orator_subject *s = NULL;

        spec.first = first;
        make_geneface(src, &spec);
        CHECK_OK(orator_subject_import(NULL, src, dst));
        CHECK_OK(orator_subject_open(&s, NULL, dst));
        CHECK_OK(orator_subject_check(s, NULL, print_fault, NULL));
        CHECK_I64(s->n_frames, 6);
        CHECK_NEAR(s->focal_px, 145.0, 1e-12); /* 1015 * 32 / 224 */
        CHECK(ora_subject_find_file(s, "frames/000000.jpg") != NULL);
        CHECK(ora_subject_find_file(s, "mattes/000005.png") != NULL);
        CHECK(ora_subject_find_file(s, "features/aud_hubert.npy") != NULL);
        CHECK(ora_subject_find_file(s, "features/aud_mel_f0.npy") == NULL);
        check_projection(s);
        orator_subject_close(&s);
    }
}

TEST(import_geneface, pickled_poses_are_refused_with_the_way_out)
{
    make_geneface_spec spec = make_geneface_spec_default();
    const char *src = test_path("pickled");
    const char *dst = test_path("pickled.subject");

    spec.is_pickled = true;
    make_geneface(src, &spec);
    CHECK_STATUS(orator_subject_import(NULL, src, dst), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("pickle");
    CHECK_ERROR_HAS("coeff_fit_mp.euler.npy");
    CHECK(!ora_file_exists(dst));
}

TEST(import_geneface, a_binarised_person_is_refused_with_the_way_out)
{
    const char *src = test_path("binary");

    CHECK_OK(ora_folder_make(src));
    dataset_write_pickle(test_path("binary/trainval_dataset.npy"));
    CHECK_STATUS(orator_subject_import(NULL, src, test_path("binary.subject")),
                 ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("trainval_dataset.npy");
    CHECK_ERROR_HAS("processed/videos");
}

TEST(import_geneface, arrays_that_do_not_fit_the_pictures_are_named)
{
    const make_geneface_spec spec = make_geneface_spec_default();
    const int64_t shape[2] = {5, 3};
    const float zero[15] = {0};
    const char *src = test_path("short");
    const char *dst = test_path("short.subject");

    make_geneface(src, &spec);
    CHECK_OK(
        ora_npy_write(test_path("short/coeff_fit_mp.trans.npy"), ORA_DTYPE_F32, 2, shape, zero));
    CHECK_STATUS(orator_subject_import(NULL, src, dst), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("coeff_fit_mp.trans.npy");
    CHECK_ERROR_HAS("5 rows");
}
