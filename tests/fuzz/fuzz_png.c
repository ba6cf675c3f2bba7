/*
 * PNG bytes -> ora_png_parse().
 */
#include "support/fuzz_target.h"

#include "media/png_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_image image = {0};

    (void)ora_png_parse(&image, data, n, "fuzz");
    ora_image_clear(&image);
    return 0;
}
