/*
 * subject_check_media.c - do pictures, mattes, clip and sound fit the facts of the manifest?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/audio_reader.h"
#include "media/video_reader.h"
#include "subject/picture_header.h"
#include "subject/subject_faults.h"

/* Header of a promised picture that is there; size and channels (0 = any) must fit. */
static orator_status check_picture(ora_faults *f, const char *name, int32_t channels)
{
    const orator_subject *s = f->subject;
    char *path = ora_path_join(s->folder, name);
    ora_picture_header head;
    orator_status st;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", s->folder);
    if (!ora_file_exists(path)) {
        free(path); /* said already */
        return ORATOR_OK;
    }
    st = ora_picture_header_read(&head, path);
    if (st != ORATOR_OK)
        st = ora_faults_add_failure(f, name, st);
    else if (head.width != s->width || head.height != s->height)
        ora_faults_add(f, name, "%dx%d pixels, want %dx%d", head.width, head.height, s->width,
                       s->height);
    else if (channels > 0 && (head.channels != channels || head.bits != 8))
        ora_faults_add(f, name, "%d channels of %d bits, want %d of 8", head.channels, head.bits,
                       channels);
    free(path);
    return st;
}

/* A picture for each good frame; none with a number beyond the last. */
static orator_status check_sequence(ora_faults *f, const char *pattern, int32_t channels)
{
    orator_status st = ORATOR_OK;
    const orator_subject *s = f->subject;
    const size_t n_folder = (size_t)(ora_path_name(pattern) - pattern);
    char *path = NULL;

    for (int64_t i = 0; i < s->n_frames; i++) {
        ORA_TRY(ora_cancel_check(f->ctx));
        free(path);
        path = ora_subject_expand(pattern, i);
        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", s->folder);
            goto done;
        }
        if (ora_subject_find_file(s, path))
            ORA_TRY(check_picture(f, path, channels));
        else if (!s->bad[i])
            ora_faults_add(f, path, "not in the manifest, yet its frame is not marked bad");
    }
    for (int32_t i = 0; i < s->n_files; i++) {
        const char *name = s->files[i].path;
        const int64_t id = ora_subject_match(pattern, name);

        if (n_folder == 0 || strncmp(name, pattern, n_folder) != 0)
            continue;
        if (id < 0)
            ora_faults_add(f, name, "not a name of the pattern '%s'", pattern);
        else if (id >= s->n_frames)
            ora_faults_add(f, name, "number beyond the last frame %" PRId64, s->n_frames - 1);
    }

done:
    free(path);
    return st;
}

/* Frames in the clip, as declared or else counted. */
static orator_status count_frames(int64_t *n, ora_faults *f, ora_video_reader *r)
{
    orator_status st = ORATOR_OK;
    ora_video_frame frame = {0};
    bool got = true;

    *n = ora_video_reader_info(r)->n_frames;
    if (*n > 0)
        return ORATOR_OK;
    for (;;) {
        ORA_TRY(ora_cancel_check(f->ctx));
        ORA_TRY(ora_video_reader_next(r, &frame, &got));
        if (!got)
            break;
        (*n)++;
    }

done:
    ora_video_frame_clear(&frame);
    return st;
}

/* A video with one frame for each frame of the subject. */
static orator_status check_video(ora_faults *f, const char *name, bool is_matte)
{
    orator_status st = ORATOR_OK;
    const orator_subject *s = f->subject;
    ora_video_reader_params params = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    const ora_video_info *info;
    int64_t n = 0;
    char *path = ora_path_join(s->folder, name);

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", s->folder);
    if (!ora_file_exists(path))
        goto done;
    params.colour = is_matte ? NULL : &s->colour;
    ORA_TRY(ora_video_reader_open(&r, NULL, path, &params));
    info = ora_video_reader_info(r);
    if (info->width != s->width || info->height != s->height)
        ora_faults_add(f, name, "%dx%d pixels, want %dx%d", info->width, info->height, s->width,
                       s->height);
    if (is_matte && (!info->is_rgb || info->bits != 8))
        ora_faults_add(f, name, "pixel format %s, want lossless 8-bit RGB", info->pixel_format);
    ORA_TRY(count_frames(&n, f, r));
    if (n != s->n_frames)
        ora_faults_add(f, name, "%" PRId64 " frames, want %" PRId64, n, s->n_frames);

done:
    ora_video_reader_close(&r);
    free(path);
    return ora_faults_add_failure(f, name, st);
}

static orator_status check_sound(ora_faults *f, const char *name)
{
    const ora_audio_reader_params params = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    orator_status st = ORATOR_OK;
    char *path = ora_path_join(f->subject->folder, name);

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", f->subject->folder);
    if (ora_file_exists(path))
        st = ora_audio_reader_open(&r, f->ctx, path, &params);
    ora_audio_reader_close(&r);
    free(path);
    return ora_faults_add_failure(f, name, st);
}

orator_status ora_subject_check_media(ora_faults *f)
{
    orator_status st = ORATOR_OK;
    const orator_subject *s = f->subject;

    if (s->frames)
        ORA_TRY(check_sequence(f, s->frames, 0));
    if (s->clip)
        ORA_TRY(check_video(f, s->clip, false));
    if (s->mattes && ora_subject_is_pattern(s->mattes))
        ORA_TRY(check_sequence(f, s->mattes, 3));
    else if (s->mattes)
        ORA_TRY(check_video(f, s->mattes, true));
    if (ora_subject_find_file(s, "background.png"))
        ORA_TRY(check_picture(f, "background.png", 4));
    if (s->sound)
        ORA_TRY(check_sound(f, s->sound));

done:
    return st;
}
