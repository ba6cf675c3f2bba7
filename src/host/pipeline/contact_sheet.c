#include "pipeline/contact_sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/digits.h"
#include "media/clip_timing.h"
#include "media/colour_convert.h"
#include "media/png_file.h"
#include "pipeline/footage.h"
#include "pipeline/output_check.h"
#include "pipeline/overlay.h"

enum {
    MAX_TILES_A_SIDE = 20,
    TILE_LONG_SIDE = 256, /* pixels, of the longer side of a tile */
    GAP = 4,
    FRAME = 3 /* red border of a bad frame */
};

static const ora_colour srgb = {
    .primaries = 1, .transfer = 13, .matrix = 0, .range = ORA_RANGE_FULL};

typedef struct sheet {
    ora_image page;  /* U8 RGB, owned */
    ora_image tile;  /* owned         */
    ora_image small; /* owned        */
    int32_t columns, tile_width, tile_height;
} sheet;

static orator_status sheet_begin(sheet *s, const ora_video_info *info, int columns, int rows)
{
    const int32_t longer = info->width > info->height ? info->width : info->height;
    orator_status st;

    s->columns = columns;
    s->tile_width = (int32_t)((int64_t)info->width * TILE_LONG_SIDE / longer);
    s->tile_height = (int32_t)((int64_t)info->height * TILE_LONG_SIDE / longer);
    if (s->tile_width < 1)
        s->tile_width = 1;
    if (s->tile_height < 1)
        s->tile_height = 1;
    ORA_TRY(ora_image_shape(&s->page, columns * (s->tile_width + GAP) + GAP,
                            rows * (s->tile_height + GAP) + GAP, 3, ORA_SAMPLE_U8));
    s->page.colour = srgb;
    memset(s->page.data, 40, (size_t)s->page.height * s->page.stride_bytes);

done:
    return st;
}

/* A border of the tile in the colour that means "bad". */
static void mark_bad(ora_image *img)
{
    for (int32_t y = 0; y < img->height; y++) {
        for (int32_t x = 0; x < img->width; x++) {
            unsigned char *p = img->data + (size_t)y * img->stride_bytes + (size_t)x * 3;

            if (x >= FRAME && y >= FRAME && x < img->width - FRAME && y < img->height - FRAME)
                continue;
            p[0] = 230;
            p[1] = 20;
            p[2] = 20;
        }
    }
}

static orator_status sheet_add(sheet *s, int32_t i_tile, const ora_video_frame *frame,
                               const ora_overlay *overlay)
{
    const int32_t x0 = GAP + i_tile % s->columns * (s->tile_width + GAP);
    const int32_t y0 = GAP + i_tile / s->columns * (s->tile_height + GAP);
    char number[32];
    orator_status st;

    ORA_TRY(ora_image_resize(&s->small, &frame->image, s->tile_width, s->tile_height));
    ORA_TRY(ora_colour_convert(&s->tile, &s->small, srgb, ORA_ALPHA_NONE, ORA_SAMPLE_U8));
    ora_overlay_draw(overlay, &s->tile, frame->index);
    if (ora_overlay_is_bad(overlay, frame->index))
        mark_bad(&s->tile);
    (void)snprintf(number, sizeof number, "%" PRId64, frame->index);
    ora_digits_draw(&s->tile, FRAME, FRAME, 2, number);
    for (int32_t y = 0; y < s->tile_height; y++)
        memcpy(s->page.data + (size_t)(y0 + y) * s->page.stride_bytes + (size_t)x0 * 3,
               s->tile.data + (size_t)y * s->tile.stride_bytes, (size_t)s->tile_width * 3);

done:
    return st;
}

/* Decode to the end of what is wanted: n_tiles frames, the first and the last among them. */
static orator_status fill(sheet *s, orator_context *ctx, ora_video_reader *reader,
                          const ora_overlay *overlay, int32_t n_tiles)
{
    ora_clip_timing timing = {0};
    int64_t n_frames;
    ora_video_frame frame = {0};
    ora_progress progress;
    orator_status st;
    int32_t i_tile = 0;
    bool got = true;

    ORA_TRY(ora_clip_timing_stamps(&timing, ctx, reader));
    n_frames = timing.n_frames;
    if (n_frames < n_tiles)
        n_tiles = (int32_t)n_frames;
    ora_progress_begin(&progress, ctx, "contact sheet", n_frames);
    while (i_tile < n_tiles) {
        const int64_t want = n_tiles > 1 ? i_tile * (n_frames - 1) / (n_tiles - 1) : 0;

        ORA_TRY(ora_video_reader_next(reader, &frame, &got));
        if (!got)
            break;
        if (frame.index == want)
            ORA_TRY(sheet_add(s, i_tile++, &frame, overlay));
        ORA_TRY(ora_progress_step(&progress, frame.index + 1, ""));
    }
    ora_progress_end(&progress, n_frames, "");

done:
    ora_clip_timing_clear(&timing);
    ora_video_frame_clear(&frame);
    return st;
}

orator_status ora_contact_sheet(orator_context *ctx, const char *in, const char *out, int columns,
                                int rows)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_footage footage = {0};
    ora_video_reader *reader = NULL;
    ora_overlay overlay = {0};
    sheet s = {0};
    orator_status st;

    if (columns < 1 || columns > MAX_TILES_A_SIDE || rows < 1 || rows > MAX_TILES_A_SIDE)
        return ora_fail(ORATOR_E_INVALID, "contact sheet of %dx%d pictures, want 1..%d each",
                        columns, rows, MAX_TILES_A_SIDE);
    if (!ora_text_same_nocase(ora_path_extension(out), ".png"))
        return ora_fail(ORATOR_E_INVALID, "contact sheet '%s': want a name that ends in .png", out);
    ORA_TRY(ora_footage_find(&footage, ctx, in));
    ORA_TRY(ora_output_place_check(out));
    ORA_TRY(ora_output_check(out, footage.video));
    ORA_TRY(ora_output_check(out, footage.sound));
    if (ora_rational_is_known(footage.rate))
        p.rate = footage.rate;
    ORA_TRY(ora_video_reader_open(&reader, ctx, footage.video, &p));
    if (footage.subject)
        ORA_TRY(ora_overlay_open(&overlay, footage.subject));
    ORA_TRY(sheet_begin(&s, ora_video_reader_info(reader), columns, rows));
    ORA_TRY(fill(&s, ctx, reader, &overlay, columns * rows));
    ORA_TRY(ora_png_write(out, &s.page, NULL, 0));

done:
    ora_image_clear(&s.page);
    ora_image_clear(&s.tile);
    ora_image_clear(&s.small);
    ora_overlay_clear(&overlay);
    ora_video_reader_close(&reader);
    ora_footage_clear(&footage);
    return st;
}
