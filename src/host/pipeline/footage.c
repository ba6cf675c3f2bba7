#include "pipeline/footage.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "subject/subject_impl.h"

static orator_status from_subject(ora_footage *out, orator_context *ctx, const char *path)
{
    orator_status st;
    const char *video;
    bool has_sound;

    ORA_TRY(orator_subject_open(&out->subject, ctx, path));
    video = out->subject->clip ? out->subject->clip : out->subject->frames;
    out->video = ora_path_join(path, video);
    /* the clip's own sound stays on the clip's clock; a file beside it begins with frame 0 */
    has_sound = out->subject->sound &&
                !(out->subject->clip && strcmp(out->subject->sound, out->subject->clip) == 0);
    if (has_sound)
        out->sound = ora_path_join(path, out->subject->sound);
    if (!out->video || (has_sound && !out->sound))
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", path);
    out->rate = out->subject->rate;

done:
    return st;
}

orator_status ora_footage_find(ora_footage *out, orator_context *ctx, const char *path)
{
    orator_status st = ORATOR_OK;

    *out = (ora_footage){0};
    if (ora_file_is_folder(path)) {
        st = from_subject(out, ctx, path);
    } else {
        out->video = ora_text_copy(path);
        if (!out->video)
            st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", path);
    }
    if (st != ORATOR_OK)
        ora_footage_clear(out);
    return st;
}

void ora_footage_clear(ora_footage *f)
{
    free(f->video);
    free(f->sound);
    orator_subject_close(&f->subject);
    *f = (ora_footage){0};
}
