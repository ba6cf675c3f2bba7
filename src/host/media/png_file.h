/*
 * png_file.h - PNG in and out, 8 and 16 bit, with the colour chunks that belong.
 */
#ifndef ORA_PNG_FILE_H
#define ORA_PNG_FILE_H

#include "core/image.h"
#include "orator/status.h"

/*
 * Palette and low-depth pictures become 8 bit; tRNS becomes alpha. *out is reshaped; alpha straight.
 *   ORATOR_E_IO, ORATOR_E_FORMAT (not PNG, damaged, truncated), ORATOR_E_UNSUPPORTED (too large)
 */
orator_status ora_png_read(ora_image *out, const char *path);
orator_status ora_png_parse(ora_image *out, const void *bytes, size_t n, const char *name);

/* Text chunk; keys are Latin-1, values UTF-8 (iTXt). */
typedef struct ora_png_text {
    const char *key, *value;
} ora_png_text;

/*
 * U8 or U16; premultiplied alpha is made straight. Writes sRGB or gAMA + cHRM from img->colour. The
 * same picture gives the same bytes. texts [n_texts] may be NULL.
 *   ORATOR_E_INVALID (float samples), ORATOR_E_WRITE
 */
orator_status ora_png_write(const char *path, const ora_image *img, const ora_png_text *texts,
                            int32_t n_texts);

#endif /* ORA_PNG_FILE_H */
