#include "pipeline/field_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/png_file.h"
#include "pipeline/field_hull.h"
#include "pipeline/field_motion.h"
#include "pipeline/field_room.h"
#include "pipeline/field_source.h"

enum {
    MIN_SIZE = 16, /* pixels of a side */
    DEFAULT_HULL = 96,
    MAX_HULL = 256
};

static orator_status check_params(const ora_field_data_params *p)
{
    if (p->size < 0 || (p->size > 0 && p->size < MIN_SIZE))
        return ora_fail(ORATOR_E_INVALID, "training pictures of %d pixels, want 0 or at least %d",
                        p->size, MIN_SIZE);
    if (p->n_hull != 0 && (p->n_hull < 4 || p->n_hull > MAX_HULL || p->n_hull % 4 != 0))
        return ora_fail(ORATOR_E_INVALID, "a hull of %d cells, want a multiple of 4 up to %d",
                        p->n_hull, MAX_HULL);
    if (!(p->pose_noise_deg >= 0.0 && p->pose_noise_deg <= 90.0))
        return ora_fail(ORATOR_E_INVALID, "pose noise of %g degrees, want 0 to 90",
                        p->pose_noise_deg);
    return ORATOR_OK;
}

static bool is_camera(const orator_subject *s)
{
    return isfinite(s->focal_px) && s->focal_px > 0.0 && isfinite(s->centre_px[0]) &&
           isfinite(s->centre_px[1]);
}

/* What the manifest alone tells. */
static orator_status check_subject(const orator_subject *s)
{
    if (!s->mattes)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s/subject.json' names no mattes: training needs them to tell the head "
                        "from torso and background",
                        s->folder);
    if (!is_camera(s))
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s/subject.json' has no camera: training needs its focal length",
                        s->folder);
    return ORATOR_OK;
}

/* Facts of the subject, and the camera at the training size. */
static orator_status set_facts(ora_training_set *set, const orator_subject *s,
                               const ora_field_data_params *params)
{
    const int32_t width = params->size > 0 ? params->size : s->width;
    const double scale = (double)width / (double)s->width;
    const int32_t height = (int32_t)lround((double)s->height * scale);
    orator_status st;

    if (width > s->width)
        return ora_fail(ORATOR_E_INVALID,
                        "training pictures of %d pixels are wider than the %d of '%s'", width,
                        s->width, s->folder);
    if (width < MIN_SIZE || height < MIN_SIZE)
        return ora_fail(ORATOR_E_INVALID,
                        "training pictures of %dx%d pixels, want at least %d each way", width,
                        height, MIN_SIZE);
    set->subject_id = ora_text_copy(s->id);
    if (!set->subject_id)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    memcpy(set->clip_hash, s->clip_hash, sizeof set->clip_hash);
    ORA_TRY(ora_subject_manifest_hash(set->manifest_hash, s));
    set->rate = s->rate;
    set->colour = s->colour;
    set->n_frames = s->n_frames;
    set->camera.width = width;
    set->camera.height = height;
    set->camera.focal = (ora_real)(s->focal_px * scale);
    set->camera.centre[0] = (ora_real)(s->centre_px[0] * scale);
    set->camera.centre[1] = (ora_real)(s->centre_px[1] * height / s->height);

done:
    return st;
}

/* Plate and where it is known; a training pixel is known where all pixels below it are. */
static orator_status read_background(ora_training_set *set, const orator_subject *s)
{
    const int32_t width = set->camera.width;
    const int32_t height = set->camera.height;
    const size_t n = (size_t)width * (size_t)height;
    ora_image file = {0}, whole = {0}, small = {0};
    char *path = NULL;
    orator_status st;

    ORA_TRY(ora_field_need(&path, s, "background.png", "the empty background"));
    ORA_TRY(ora_png_read(&file, path));
    if (file.width != s->width || file.height != s->height || file.channels < 3) {
        st =
            ora_fail(ORATOR_E_FORMAT, "'%s' is %dx%d pixels of %d channels, want %dx%d of 4 (or 3)",
                     path, file.width, file.height, file.channels, s->width, s->height);
        goto done;
    }
    ORA_TRY(ora_image_convert_sample(&whole, &file, ORA_SAMPLE_F32));
    /* the mask is no transparency: guessed pixels have their colour */
    if (whole.alpha == ORA_ALPHA_STRAIGHT)
        whole.alpha = ORA_ALPHA_PREMULTIPLIED;
    ORA_TRY(ora_image_resize(&small, &whole, width, height));
    set->background = malloc(n * 3 * sizeof *set->background);
    set->is_known = malloc(n * sizeof *set->is_known);
    if (!set->background || !set->is_known) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", path);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        const unsigned char *row = small.data + i / (size_t)width * small.stride_bytes;
        const float *p =
            (const float *)(const void *)row + i % (size_t)width * (size_t)small.channels;

        memcpy(&set->background[3 * i], p, 3 * sizeof *p);
        set->is_known[i] = small.channels < 4 || p[3] > 0.999f ? 1.0f : 0.0f;
    }

done:
    ora_image_clear(&file);
    ora_image_clear(&whole);
    ora_image_clear(&small);
    free(path);
    return st;
}

/* Of params->ram_bytes. */
static uint64_t frame_bytes(const ora_training_set *set, const orator_subject *s,
                            const ora_field_data_params *params)
{
    const ora_field_room_params room = {
        .width = s->width,
        .height = s->height,
        .train_width = set->camera.width,
        .train_height = set->camera.height,
        .n_frames = s->n_frames,
        .n_hull = params->n_hull > 0 ? params->n_hull : DEFAULT_HULL,
        .config = params->train,
    };

    return params->train ? ora_field_room_frames(&room, params->ram_bytes) : params->ram_bytes;
}

static orator_status read_frames(ora_training_set *set, orator_context *ctx,
                                 const orator_subject *s, const ora_field_data_params *params)
{
    const ora_field_source_params wanted = {set->use, set->camera.width, set->camera.height};
    ora_frame_source source;
    orator_status st;

    ORA_TRY(ora_field_source_open(&source, ctx, s, &wanted));
    ORA_TRY(ora_frame_store_open(&set->frames, ctx, &source, s->n_frames,
                                 frame_bytes(set, s, params), params->seed));

done:
    return st;
}

/* Where the torso is taken to be until it is tracked. */
static orator_status set_identity(ora_training_set *set)
{
    set->torso_affine = calloc((size_t)set->n_frames, 6 * sizeof *set->torso_affine);
    if (!set->torso_affine)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", set->subject_id);
    for (int64_t i = 0; i < set->n_frames; i++)
        set->torso_affine[6 * i] = set->torso_affine[6 * i + 4] = 1.0f;
    return ORATOR_OK;
}

static void report(const ora_training_set *set, orator_context *ctx)
{
    int64_t n_train = 0, n_val = 0;
    int32_t n_resident = 0;

    for (int64_t i = 0; i < set->n_frames; i++) {
        n_train += set->use[i] == ORA_USE_TRAIN;
        n_val += set->use[i] == ORA_USE_VAL;
    }
    (void)ora_frame_store_resident(set->frames, &n_resident);
    ora_log(ctx, ORATOR_LOG_INFO,
            "subject '%s': %lld frames to train on, %lld held out, %dx%d, %d in memory",
            set->subject_id, (long long)n_train, (long long)n_val, set->camera.width,
            set->camera.height, n_resident);
}

orator_status ora_field_data_open(ora_training_set *out, orator_context *ctx, const char *folder,
                                  const ora_field_data_params *params)
{
    const int32_t n_hull = params->n_hull > 0 ? params->n_hull : DEFAULT_HULL;
    float neutral[3 * ORATOR_LANDMARKS];
    orator_subject *s = NULL;
    orator_status st;

    *out = (ora_training_set){0};
    ORA_TRY(check_params(params));
    ORA_TRY(orator_subject_open(&s, ctx, folder));
    ORA_TRY(check_subject(s));
    ORA_TRY(set_facts(out, s, params));
    ORA_TRY(ora_field_motion_read(out, neutral, s, params));
    ORA_TRY(read_background(out, s));
    ORA_TRY(set_identity(out));
    ORA_TRY(read_frames(out, ctx, s, params));
    st = ora_field_hull(out, ctx, neutral, n_hull);
    ORA_TRY(ora_while(st, "'%s/%s'", s->folder, s->mattes));
    report(out, ctx);

done:
    orator_subject_close(&s);
    if (st != ORATOR_OK)
        ora_training_set_clear(out);
    return st;
}
