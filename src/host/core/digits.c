#include "core/digits.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 5, ROWS = 7 };

/* One string a row, 5 pixels a glyph, drawn for this file. */
static const char *const glyph_names = "0123456789-.";
static const char *const glyphs[][ROWS] = {
    {" ### ", "#   #", "#  ##", "# # #", "##  #", "#   #", " ### "},
    {"  #  ", " ##  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "},
    {" ### ", "#   #", "    #", "  ## ", " #   ", "#    ", "#####"},
    {" ### ", "#   #", "    #", "  ## ", "    #", "#   #", " ### "},
    {"   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "},
    {"#####", "#    ", "#### ", "    #", "    #", "#   #", " ### "},
    {" ### ", "#    ", "#    ", "#### ", "#   #", "#   #", " ### "},
    {"#####", "    #", "   # ", "  #  ", "  #  ", "  #  ", "  #  "},
    {" ### ", "#   #", "#   #", " ### ", "#   #", "#   #", " ### "},
    {" ### ", "#   #", "#   #", " ####", "    #", "    #", " ### "},
    {"     ", "     ", "     ", " ### ", "     ", "     ", "     "},
    {"     ", "     ", "     ", "     ", "     ", " ##  ", " ##  "},
};

static bool is_ink(char c, int32_t column, int32_t row)
{
    const char *at = strchr(glyph_names, c);

    if (!c || !at || column < 0 || column >= COLUMNS || row < 0 || row >= ROWS)
        return false;
    return glyphs[at - glyph_names][row][column] == '#';
}

void ora_digits_draw(ora_image *img, int32_t x, int32_t y, int32_t scale, const char *text)
{
    const int32_t n = (int32_t)strlen(text);

    for (int32_t py = 0; py < ORA_DIGIT_HEIGHT * scale; py++) {
        for (int32_t px = 0; px < n * ORA_DIGIT_WIDTH * scale; px++) {
            const int32_t cell = px / scale;
            const bool ink =
                is_ink(text[cell / ORA_DIGIT_WIDTH], cell % ORA_DIGIT_WIDTH, py / scale - 1);
            unsigned char *p;

            if (x + px < 0 || y + py < 0 || x + px >= img->width || y + py >= img->height)
                continue;
            p = img->data + (size_t)(y + py) * img->stride_bytes + (size_t)(x + px) * 3;
            memset(p, ink ? 255 : 0, 3);
        }
    }
}
