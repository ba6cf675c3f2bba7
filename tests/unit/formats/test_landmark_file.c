#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/landmark_file.h"

static char *make_lms(int n)
{
    ora_text t = {0};

    for (int i = 0; i < n; i++)
        ora_text_addf(&t, "%d.5 %.18e\r\n", i, 2.0 * i);
    return ora_text_take(&t);
}

static char *make_openface(int n_rows, const char *blank)
{
    ora_text t = {0};

    ora_text_addf(&t, "frame,%sface_id,%ssuccess", blank, blank);
    for (int i = 0; i < 68; i++)
        ora_text_addf(&t, ",%sX_%d,%sx_%d", blank, i, blank, i);
    for (int i = 0; i < 68; i++)
        ora_text_addf(&t, ",%sy_%d", blank, i);
    ora_text_add(&t, "\n");
    for (int k = 0; k < n_rows; k++) {
        ora_text_addf(&t, "%d, 0, %d", 3 * k + 1, k != 1);
        for (int i = 0; i < 68; i++)
            ora_text_addf(&t, ", -999, %d.25", 100 * k + i);
        for (int i = 0; i < 68; i++)
            ora_text_addf(&t, ", %d.75", 200 * k + i);
        ora_text_add(&t, "\n");
    }
    return ora_text_take(&t);
}

TEST(landmark_file, lms_is_taken_as_it_is)
{
    float p[68][2];
    char *text = make_lms(68);

    CHECK_OK(ora_landmarks_parse(p, text, strlen(text), "a.lms"));
    CHECK(p[67][0] == 67.5f && p[67][1] == 134.0f);
    free(text);
    text = make_lms(67);
    CHECK_STATUS(ora_landmarks_parse(p, text, strlen(text), "a.lms"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("ends after 67 landmarks");
    free(text);
    text = make_lms(69);
    CHECK_STATUS(ora_landmarks_parse(p, text, strlen(text), "a.lms"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("line 69: '68.5', want 'the end'");
    free(text);
}

TEST(landmark_file, the_first_pixels_centre_is_1_in_pts)
{
    float p[68][2];
    ora_text t = {0};

    ora_text_add(&t, "version: 1\nn_points:  68\n{\n1 1\n");
    for (int i = 1; i < 68; i++)
        ora_text_addf(&t, "%d %d\n", i, i);
    CHECK_STATUS(ora_landmarks_parse(p, t.s, t.n, "a.pts"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("want '}'");
    ora_text_add(&t, "}\n");
    CHECK_OK(ora_landmarks_parse(p, t.s, t.n, "a.pts"));
    CHECK(p[0][0] == 0.5f && p[67][1] == 66.5f);
    ora_text_clear(&t);
    CHECK_STATUS(ora_landmarks_parse(p, "version: 1\nn_points: 49\n", 25, "a.pts"),
                 ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'49', want '68'");
}

TEST(landmark_file, what_is_written_reads_back_with_the_same_bits)
{
    static const char *const names[] = {"a.lms", "a.pts"};
    float p[68][2], q[68][2];

    for (int i = 0; i < 68; i++) {
        p[i][0] = 1000.0f / (float)(i + 3);
        p[i][1] = -0.001f * (float)(i * i);
    }
    for (int k = 0; k < 2; k++) {
        CHECK_OK(ora_landmarks_write((const float(*)[2])p, test_path(names[k])));
        CHECK_OK(ora_landmarks_read(q, test_path(names[k])));
        for (int i = 0; i < 136; i++)
            CHECK(p[i / 2][i % 2] == q[i / 2][i % 2]);
    }
    CHECK_STATUS(ora_landmarks_write((const float(*)[2])p, test_path("a.txt")), ORATOR_E_INVALID);
    CHECK_STATUS(ora_landmarks_read(q, test_path("absent.lms")), ORATOR_E_IO);
}

TEST(landmark_file, openface_pixels_are_found_by_name_with_or_without_blanks)
{
    static const char *const blanks[] = {"", " "};

    for (int k = 0; k < 2; k++) {
        char *text = make_openface(3, blanks[k]);
        ora_landmark_rows r;
        float p[68][2];

        CHECK_OK(ora_landmark_rows_parse(&r, text, strlen(text), "of.csv"));
        CHECK_I64(r.n, 3);
        CHECK_I64(r.frame[2], 7);
        CHECK(r.valid[0] == 1 && r.valid[1] == 0 && r.valid[2] == 1);
        CHECK(r.point[68 * 2 + 5][0] == 205.25f && r.point[68 * 2 + 5][1] == 405.75f);
        ora_landmark_rows_clear(&r);
        CHECK_STATUS(ora_landmarks_parse(p, text, strlen(text), "of.csv"), ORATOR_E_FORMAT);
        CHECK_ERROR_HAS("3 rows");
        free(text);
        text = make_openface(1, blanks[k]);
        CHECK_OK(ora_landmarks_parse(p, text, strlen(text), "of.csv"));
        CHECK(p[67][0] == 67.25f && p[67][1] == 67.75f);
        free(text);
    }
}

TEST(landmark_file, damaged_tables_are_refused)
{
    ora_landmark_rows r;
    char *text = make_openface(2, "");

    CHECK_STATUS(ora_landmark_rows_parse(&r, "frame,x_0\n", 10, "of.csv"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("no column 'y_0'");
    CHECK_STATUS(ora_landmark_rows_parse(&r, text, strlen(text) - 15, "of.csv"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("line 3");
    CHECK_STATUS(ora_landmark_rows_parse(&r, "a\0b", 3, "of.csv"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("zero bytes");
    CHECK_STATUS(ora_landmark_rows_parse(&r, "", 0, "of.csv"), ORATOR_E_FORMAT);
    free(text);
}
