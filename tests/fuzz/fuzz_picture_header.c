/*
 * fuzz_picture_header.c - sizes from the first bytes of PNG and JPEG pictures.
 */
#include <stdlib.h>

#include "core/image.h"
#include "subject/picture_header.h"
#include "support/fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_picture_header h;

    if (ora_picture_header_parse(&h, data, n, "picture") == ORATOR_OK &&
        (h.width < 1 || h.width > ORA_IMAGE_MAX || h.height < 1 || h.height > ORA_IMAGE_MAX ||
         h.channels < 1 || h.channels > 4 || !h.kind))
        abort();
    return 0;
}
