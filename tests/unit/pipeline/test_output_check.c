#include "support/check.h"

#include <unistd.h>

#include "base/file.h"
#include "pipeline/output_check.h"

TEST(output_check, a_file_is_not_written_over_itself_by_any_name)
{
    test_write(test_path("a.mp4"), "x", 1);
    CHECK(link(test_path("a.mp4"), test_path("hard.mp4")) == 0);
    CHECK(symlink("a.mp4", test_path("soft.mp4")) == 0);
    CHECK_STATUS(ora_output_check(test_path("a.mp4"), test_path("a.mp4")), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("over the input");
    CHECK_STATUS(ora_output_check(test_path("./a.mp4"), test_path("a.mp4")), ORATOR_E_INVALID);
    CHECK_STATUS(ora_output_check(test_path("hard.mp4"), test_path("a.mp4")), ORATOR_E_INVALID);
    CHECK_STATUS(ora_output_check(test_path("soft.mp4"), test_path("a.mp4")), ORATOR_E_INVALID);
    CHECK_OK(ora_output_check(test_path("b.mp4"), test_path("a.mp4")));
    CHECK_OK(ora_output_check(test_path("b.mp4"), NULL));
}

TEST(output_check, pictures_of_a_sequence_are_not_written_over)
{
    CHECK_OK(ora_folder_make(test_path("s")));
    CHECK_OK(ora_folder_make(test_path("t")));
    test_write(test_path("s/f.0007.png"), "x", 1);
    CHECK_STATUS(ora_output_check(test_path("s/f.%04d.png"), test_path("s/f.####.png")),
                 ORATOR_E_INVALID);
    CHECK_STATUS(ora_output_check(test_path("s/f.%04d.png"), test_path("t/../s/f.0007.png")),
                 ORATOR_E_INVALID);
    CHECK_STATUS(ora_output_check(test_path("s/f.0007.png"), test_path("s/f.%04d.png")),
                 ORATOR_E_INVALID);
    CHECK_OK(ora_output_check(test_path("t/f.%04d.png"), test_path("s/f.%04d.png")));
    CHECK_OK(ora_output_check(test_path("s/g.%04d.png"), test_path("s/f.%04d.png")));
    CHECK_OK(ora_output_check(test_path("s/f.%04d.exr"), test_path("s/f.0007.png")));
    CHECK_OK(ora_output_check(test_path("nowhere/f.%04d.png"), test_path("s/f.%04d.png")));
}

TEST(output_check, a_place_where_nothing_can_appear_is_refused)
{
    CHECK_OK(ora_folder_make(test_path("u/x.mp4")));
    CHECK_OK(ora_output_place_check(test_path("u/new.mp4")));
    CHECK_OK(ora_output_place_check("new.mp4"));
    CHECK_STATUS(ora_output_place_check(test_path("u/x.mp4")), ORATOR_E_WRITE);
    CHECK_STATUS(ora_output_place_check(test_path("v/new.%04d.png")), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("no folder");
    CHECK_STATUS(ora_output_place_check("/dev/null"), ORATOR_E_WRITE);
    CHECK(!ora_file_exists(test_path("u/new.mp4")));
}
