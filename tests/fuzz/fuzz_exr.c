/*
 * EXR bytes -> ora_exr_parse_info() and ora_exr_parse(), main layer and a named one.
 */
#include "support/fuzz_target.h"

#include "media/exr_file.h"

enum { MAX_PIXELS = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_image image = {0};
    ora_exr_info info;
    bool is_large = false;

    if (ora_exr_parse_info(&info, data, n, "fuzz") == ORATOR_OK) {
        is_large = (int64_t)info.width * info.height > MAX_PIXELS;
        ora_exr_info_clear(&info);
    }
    if (is_large) /* a lawful display window around little data: time goes into clearing memory */
        return 0;
    (void)ora_exr_parse(&image, data, n, "fuzz", "");
    (void)ora_exr_parse(&image, data, n, "fuzz", "depth");
    ora_image_clear(&image);
    return 0;
}
