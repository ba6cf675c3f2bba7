/*
 * exr_info.c - what the header of an OpenEXR file says.
 */
#include "media/exr_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/exr_input.h"

static orator_status copy_names(ora_exr_input *in, ora_exr_info *out)
{
    const int n = in->channels->num_channels;

    out->channels = calloc((size_t)n, sizeof *out->channels);
    if (!out->channels)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
    for (int i = 0; i < n; i++) {
        out->channels[i] = ora_text_copy(in->channels->entries[i].name.str);
        if (!out->channels[i])
            return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
        out->n_channels = i + 1;
    }
    return ORATOR_OK;
}

static void copy_attributes(ora_exr_input *in, ora_exr_info *out)
{
    static const char *const names[] = {"none",  "rle", "zips", "zip",  "piz",
                                        "pxr24", "b44", "b44a", "dwaa", "dwab"};
    exr_attr_rational_t rate;
    exr_attr_timecode_t timecode;

    out->has_chromaticities = ora_exr_chromaticities(out->chromaticities, in);
    if (exr_attr_get_rational(in->ctx, 0, "framesPerSecond", &rate) == EXR_ERR_SUCCESS &&
        rate.num > 0 && rate.denom > 0)
        out->rate = ora_rational_make(rate.num, rate.denom);
    if (exr_attr_get_timecode(in->ctx, 0, "timeCode", &timecode) == EXR_ERR_SUCCESS)
        out->timecode = ora_timecode_from_exr(timecode.time_and_flags, out->rate);
    if ((size_t)in->compression < sizeof names / sizeof names[0])
        (void)strncpy(out->compression, names[in->compression], sizeof out->compression - 1);
}

orator_status ora_exr_parse_info(ora_exr_info *out, const void *bytes, size_t n, const char *name)
{
    ora_exr_input in = {.bytes = bytes, .n = n, .name = name};
    int n_parts = 0;
    orator_status st;

    memset(out, 0, sizeof *out);
    ORA_TRY(ora_exr_input_open(&in));
    ORA_TRY(copy_names(&in, out));
    (void)exr_get_count(in.ctx, &n_parts);
    out->n_parts = n_parts;
    out->width = in.width;
    out->height = in.height;
    copy_attributes(&in, out);

done:
    if (st != ORATOR_OK)
        ora_exr_info_clear(out);
    ora_exr_input_close(&in);
    return st;
}

orator_status ora_exr_read_info(ora_exr_info *out, const char *path)
{
    unsigned char *bytes = NULL;
    orator_status st;
    size_t n = 0;

    memset(out, 0, sizeof *out);
    ORA_TRY(ora_file_read_all(&bytes, &n, path, ORA_EXR_MAX_BYTES));
    ORA_TRY(ora_exr_parse_info(out, bytes, n, path));

done:
    free(bytes);
    return st;
}

void ora_exr_info_clear(ora_exr_info *i)
{
    for (int32_t k = 0; k < i->n_channels; k++)
        free(i->channels[k]);
    free(i->channels);
    memset(i, 0, sizeof *i);
}
