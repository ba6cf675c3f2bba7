#include "pipeline/field_source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "media/video_reader.h"

/* Moving pictures, the clip or the mattes, stepped by frame id. */
typedef struct film {
    ora_video_reader *reader;
    char *path;       /* owned, for messages                                  */
    bool is_pictures; /* numbered files, of which some may lack               */
    int64_t id;       /* of the frame in hand, -1 = none yet                  */
    int64_t n_wanted; /* frames of the subject                                */
    ora_video_frame frame;
    ora_image small;          /* the frame in hand at the wanted size, where that differs */
    const ora_image *picture; /* the frame in hand, frame.image or small                  */
} film;

enum { CLIP = 0, MATTES = 1, N_FILMS = 2 };

typedef struct field_source {
    orator_context *ctx; /* borrowed */
    film films[N_FILMS];
    const uint8_t *use; /* [n_frames] borrowed */
    int64_t n_frames;
    int64_t id; /* last one given, -1 = none yet */
    int32_t width, height;
} field_source;

/* Go on to frame `id` and bring it to the wanted size. */
static orator_status fetch(film *f, int64_t id, int32_t width, int32_t height)
{
    orator_status st = ORATOR_OK;

    while (f->id < id) {
        bool got = false;

        ORA_TRY(ora_video_reader_next(f->reader, &f->frame, &got));
        if (!got) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "'%s' ends before frame %" PRId64 ", want %" PRId64 " frames", f->path,
                          id, f->n_wanted);
            goto done;
        }
        /* numbered pictures are read at one a second: the time is the number */
        f->id = f->is_pictures ? ora_video_reader_info(f->reader)->first_number +
                                     f->frame.time_sec.num / f->frame.time_sec.den
                               : f->frame.index;
    }
    if (f->id > id) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': frame %" PRId64 " is missing, yet not marked bad",
                      f->path, id);
        goto done;
    }
    f->picture = &f->frame.image;
    if (f->frame.image.width != width || f->frame.image.height != height) {
        /* four channels are averaged each on its own */
        if (f->frame.image.alpha == ORA_ALPHA_STRAIGHT)
            f->frame.image.alpha = ORA_ALPHA_PREMULTIPLIED;
        ORA_TRY(ora_image_resize(&f->small, &f->frame.image, width, height));
        f->picture = &f->small;
    }

done:
    return st;
}

static orator_status fetch_films(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                 int i_thread)
{
    field_source *me = arg;
    orator_status st = ORATOR_OK;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++)
        ORA_TRY(fetch(&me->films[i], me->id, me->width, me->height));

done:
    return st;
}

/* [height][width][5] from RGB and a matte with head and torso in its first two channels. */
static void pack(uint8_t *pixels, const ora_image *rgb, const ora_image *matte)
{
    for (int32_t y = 0; y < rgb->height; y++) {
        const unsigned char *c = rgb->data + (size_t)y * rgb->stride_bytes;
        const unsigned char *m = matte->data + (size_t)y * matte->stride_bytes;

        for (int32_t x = 0; x < rgb->width; x++) {
            pixels[0] = c[0];
            pixels[1] = c[1];
            pixels[2] = c[2];
            pixels[3] = m[0];
            pixels[4] = m[1];
            pixels += ORA_STORE_CHANNELS;
            c += rgb->channels;
            m += matte->channels;
        }
    }
}

static orator_status rewind_films(void *self)
{
    field_source *me = self;
    orator_status st = ORATOR_OK;

    me->id = -1;
    for (int i = 0; i < N_FILMS; i++) {
        if (me->films[i].id < 0)
            continue;
        me->films[i].id = -1;
        ORA_TRY(ora_video_reader_rewind(me->films[i].reader));
    }

done:
    return st;
}

static orator_status next_frame(void *self, uint8_t *pixels, int64_t *id)
{
    field_source *me = self;
    orator_status st = ORATOR_OK;
    int64_t next = me->id + 1;

    while (next < me->n_frames && !me->use[next])
        next++;
    if (next == me->n_frames) {
        ORA_TRY(rewind_films(me));
        for (next = 0; !me->use[next];)
            next++;
    }
    me->id = next;
    ORA_TRY(ora_pool_run(ora_context_pool(me->ctx), N_FILMS, 1, fetch_films, me));
    pack(pixels, me->films[CLIP].picture, me->films[MATTES].picture);
    *id = next;

done:
    return st;
}

static void close_source(void *self)
{
    field_source *me = self;

    for (int i = 0; i < N_FILMS; i++) {
        ora_video_reader_close(&me->films[i].reader);
        ora_video_frame_clear(&me->films[i].frame);
        ora_image_clear(&me->films[i].small);
        free(me->films[i].path);
    }
    free(me);
}

/* A matte of one channel would make all of the head torso too; FFmpeg names such formats so. */
static bool is_grey(const ora_video_info *info)
{
    return strncmp(info->pixel_format, "gray", 4) == 0 ||
           strncmp(info->pixel_format, "mono", 4) == 0 || strncmp(info->pixel_format, "ya", 2) == 0;
}

/* `name` is a file or a pattern of the subject. */
static orator_status open_film(film *f, orator_context *ctx, const orator_subject *s,
                               const char *name, bool is_matte)
{
    orator_status st;
    ora_video_reader_params params = ora_video_reader_params_default();
    const ora_colour plain = {.primaries = 1, .transfer = 13, .range = ORA_RANGE_FULL};
    const ora_video_info *info;

    f->id = -1;
    f->n_wanted = s->n_frames;
    f->is_pictures = ora_subject_is_pattern(name);
    f->path = ora_path_join(s->folder, name);
    if (!f->path)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    params.colour = is_matte ? &plain : &s->colour;
    if (f->is_pictures)
        params.rate = (ora_rational){1, 1};
    ORA_TRY(ora_video_reader_open(&f->reader, ctx, f->path, &params));
    info = ora_video_reader_info(f->reader);
    if (info->width != s->width || info->height != s->height)
        st = ora_fail(ORATOR_E_FORMAT, "'%s' is %dx%d pixels, want the subject's %dx%d", f->path,
                      info->width, info->height, s->width, s->height);
    else if (is_matte && (!info->is_rgb || is_grey(info) || info->bits != 8))
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has pixels of %s, want lossless 8-bit RGB", f->path,
                      info->pixel_format);
    else if (!f->is_pictures && info->n_frames > 0 && info->n_frames != s->n_frames)
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has %" PRId64 " frames, want the subject's %" PRId64,
                      f->path, info->n_frames, s->n_frames);

done:
    return st;
}

orator_status ora_field_source_open(ora_frame_source *out, orator_context *ctx,
                                    const orator_subject *s, const ora_field_source_params *params)
{
    orator_status st;
    field_source *me = calloc(1, sizeof *me);

    *out = (ora_frame_source){0};
    if (!me)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    me->ctx = ctx;
    me->use = params->use;
    me->n_frames = s->n_frames;
    me->id = -1;
    me->width = params->width;
    me->height = params->height;
    ORA_TRY(open_film(&me->films[CLIP], ctx, s, s->clip ? s->clip : s->frames, false));
    ORA_TRY(open_film(&me->films[MATTES], ctx, s, s->mattes, true));
    *out = (ora_frame_source){.self = me,
                              .next = next_frame,
                              .rewind = rewind_films,
                              .close = close_source,
                              .width = params->width,
                              .height = params->height};
    for (int64_t i = 0; i < s->n_frames; i++)
        out->n_wanted += params->use[i] != 0;
    me = NULL;

done:
    if (me)
        close_source(me);
    return st;
}
