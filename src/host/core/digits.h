/*
 * digits.h - frame numbers drawn into pictures.
 */
#ifndef ORA_DIGITS_H
#define ORA_DIGITS_H

#include "core/image.h"

enum { ORA_DIGIT_WIDTH = 6, ORA_DIGIT_HEIGHT = 9 }; /* cell of one digit at scale 1, pixels */

/*
 * Draw `text` (digits, '-', '.', ' ') white on black with its top left corner at x, y into an 8-bit
 * RGB picture, each pixel `scale` wide and high. What falls outside is cut off.
 */
void ora_digits_draw(ora_image *img, int32_t x, int32_t y, int32_t scale, const char *text);

#endif /* ORA_DIGITS_H */
