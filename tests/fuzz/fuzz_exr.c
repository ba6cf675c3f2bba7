/*
 * EXR bytes -> ora_exr_parse_info() and ora_exr_parse(), main layer and a named one.
 */
#include "support/fuzz_target.h"

#include "media/exr_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_image image = {0};
    ora_exr_info info;

    if (ora_exr_parse_info(&info, data, n, "fuzz") == ORATOR_OK)
        ora_exr_info_clear(&info);
    (void)ora_exr_parse(&image, data, n, "fuzz", "");
    (void)ora_exr_parse(&image, data, n, "fuzz", "depth");
    ora_image_clear(&image);
    return 0;
}
