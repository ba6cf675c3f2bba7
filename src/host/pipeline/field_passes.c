#include "pipeline/field_passes.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "pipeline/field_render.h"

enum { FLOAT_BITS = 32 };

void ora_field_passes_plan(ora_field_passes *p, unsigned passes, bool has_plate)
{
    *p = (ora_field_passes){.passes = passes, .has_plate = has_plate};
    if (p->passes == 0)
        p->passes = has_plate ? ORA_PASS_COLOUR : ORA_PASS_COLOUR | ORA_PASS_ALPHA;
    p->is_layer = !has_plate && (p->passes & ORA_PASS_ALPHA);
}

orator_status ora_field_passes_check(ora_field_passes *p, ora_codec codec, const char *out)
{
    p->is_exr = codec == ORA_CODEC_EXR;
    if (!(p->passes & ORA_PASS_COLOUR))
        return ora_fail(ORATOR_E_INVALID, "write '%s': passes without colour", out);
    if ((p->passes & ORA_PASS_ALPHA) && p->has_plate && !p->is_exr)
        return ora_fail(ORATOR_E_INVALID,
                        "write '%s': an alpha pass beside a background takes EXR, or give "
                        "--background none",
                        out);
    if ((p->passes & ORA_PASS_DEPTH) && !p->is_exr)
        return ora_fail(ORATOR_E_INVALID, "write '%s': a depth pass takes EXR", out);
    return ORATOR_OK;
}

static ora_real *take(size_t n_pixels, size_t n)
{
    return calloc(n_pixels, n * sizeof(ora_real));
}

static orator_status add_layer(ora_field_passes *p, ora_image *image, const char *name,
                               bool is_float)
{
    const orator_status st =
        ora_image_shape(image, p->picture.width, p->picture.height, 1, ORA_SAMPLE_F32);

    p->more[p->n_more++] = (ora_exr_layer){name, image, is_float, strcmp(name, "depth") != 0};
    return st;
}

orator_status ora_field_passes_make(ora_field_passes *p, int32_t width, int32_t height,
                                    ora_colour colour, int32_t bits)
{
    const size_t n = (size_t)width * (size_t)height;
    const bool has_alpha = p->is_exr && (p->passes & ORA_PASS_ALPHA);
    const bool has_depth = p->is_exr && (p->passes & ORA_PASS_DEPTH);
    const bool is_float = bits == FLOAT_BITS;
    orator_status st;

    ORA_TRY(ora_image_shape(&p->picture, width, height, p->is_layer ? 4 : 3, ORA_SAMPLE_F32));
    p->picture.alpha = p->is_layer ? ORA_ALPHA_PREMULTIPLIED : ORA_ALPHA_NONE;
    p->picture.colour = colour;
    p->picture.colour.matrix = 0;
    p->picture.colour.range = ORA_RANGE_FULL;
    if (has_alpha) {
        ORA_TRY(add_layer(p, &p->alpha[0], "alpha.head", is_float));
        ORA_TRY(add_layer(p, &p->alpha[1], "alpha.torso", is_float));
    }
    if (has_depth)
        ORA_TRY(add_layer(p, &p->depth, "depth", true)); /* half has 0.5 mm at 800 */
    p->pixels.layer = p->is_layer ? take(n, 4) : NULL;
    p->pixels.rgb = p->is_layer ? NULL : take(n, 3);
    p->pixels.alpha = has_alpha ? take(n, 2) : NULL;
    p->pixels.depth = has_depth ? take(n, 1) : NULL;
    if ((!p->pixels.layer && !p->pixels.rgb) || (has_alpha && !p->pixels.alpha) ||
        (has_depth && !p->pixels.depth))
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %dx%d pixels", (int)width, (int)height);

done:
    return st;
}

/* Component c of n per pixel into a picture of one channel; all of them where the counts agree. */
static void fill(ora_image *to, const ora_real *from, size_t n, size_t c)
{
    const size_t channels = (size_t)to->channels;

    for (int32_t y = 0; y < to->height; y++) {
        float *row = (float *)(void *)(to->data + (size_t)y * to->stride_bytes);
        const ora_real *source = from + (size_t)y * (size_t)to->width * n + c;

        if (channels == n)
            memcpy(row, source, (size_t)to->width * n * sizeof *row);
        else
            for (size_t x = 0; x < (size_t)to->width; x++)
                row[x] = source[x * n];
    }
}

void ora_field_passes_fill(ora_field_passes *p)
{
    fill(&p->picture, p->is_layer ? p->pixels.layer : p->pixels.rgb, p->is_layer ? 4 : 3, 0);
    if (p->pixels.alpha) {
        fill(&p->alpha[0], p->pixels.alpha, 2, 0);
        fill(&p->alpha[1], p->pixels.alpha, 2, 1);
    }
    if (p->pixels.depth)
        fill(&p->depth, p->pixels.depth, 1, 0);
}

void ora_field_passes_clear(ora_field_passes *p)
{
    free(p->pixels.rgb);
    free(p->pixels.layer);
    free(p->pixels.alpha);
    free(p->pixels.depth);
    ora_image_clear(&p->picture);
    ora_image_clear(&p->alpha[0]);
    ora_image_clear(&p->alpha[1]);
    ora_image_clear(&p->depth);
    *p = (ora_field_passes){0};
}

orator_status ora_render_passes_parse(unsigned *out, const char *text)
{
    static const struct {
        const char *name;
        unsigned pass;
    } names[] = {{"colour", ORA_PASS_COLOUR}, {"alpha", ORA_PASS_ALPHA}, {"depth", ORA_PASS_DEPTH}};
    const char *at = text;

    *out = 0;
    for (;;) {
        const size_t n = strcspn(at, ",");
        unsigned pass = 0;

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (strlen(names[i].name) == n && strncmp(names[i].name, at, n) == 0)
                pass = names[i].pass;
        if (pass == 0)
            return ora_fail(ORATOR_E_INVALID, "passes '%s': want some of colour,alpha,depth", text);
        *out |= pass;
        if (!at[n])
            return ORATOR_OK;
        at += n + 1;
    }
}
