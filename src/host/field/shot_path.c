#include "field/shot_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"

/* Times this close to a frame, in frames, mean it: 0.28 s at 25 Hz is 7.000000000000001. */
static const double SNAP = 1e-9;

/* Frame i of the shot, in frames at `rate`. */
static double place_of(int64_t i, ora_rational shot, ora_rational rate)
{
    const double at =
        (double)i * ((double)rate.num * (double)shot.den) / ((double)rate.den * (double)shot.num);

    return fabs(at - nearbyint(at)) < SNAP ? nearbyint(at) : at;
}

/* The last frame may be held for the time that it is shown. */
static orator_status check_length(const ora_shot_path_params *p, ora_rational rate, int64_t n,
                                  const char *what, const char *remedy)
{
    if (place_of(p->n_frames - 1, p->rate, rate) < (double)n)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_INVALID, "the shot lasts %.3f s, %s %.3f s: %s",
                    (double)p->n_frames / ora_rational_to_f64(p->rate), what,
                    (double)n / ora_rational_to_f64(rate), remedy);
}

static orator_status make_poses(ora_shot_path *s, const ora_field_file *f,
                                const ora_shot_path_params *p)
{
    const bool is_plate = p->pose == ORA_POSE_PLATE;
    const float *rows = is_plate ? f->pose : p->given;
    const ora_rational rate = is_plate ? f->rate : p->given_rate;
    const int64_t n = is_plate ? f->n_frames : p->n_given;
    orator_status st = ORATOR_OK;

    for (int64_t i = 0; i < s->n_frames && p->pose == ORA_POSE_FIXED; i++)
        memcpy(s->pose + 12 * i, f->rest_pose, sizeof f->rest_pose);
    if (p->pose == ORA_POSE_FIXED)
        return ORATOR_OK;
    if (is_plate)
        ORA_TRY(check_length(p, rate, n, "the plate", "give --pose fixed or a file of poses"));
    else
        ORA_TRY(check_length(p, rate, n, "the poses given", "want as many poses as motion frames"));
    for (int64_t i = 0; i < s->n_frames; i++) {
        const double at = place_of(i, p->rate, rate);
        int64_t a, b;
        double w;

        (void)ora_pose_between(&a, &b, &w, rows, n, at);
        s->n_bridged += b - a > 1 || (a == b && (double)a != fmin(at, (double)(n - 1)));
        ora_pose_mix(s->pose + 12 * i, rows + 12 * a, rows + 12 * b, w);
    }

done:
    return st;
}

static void take_plate_torso(ora_shot_path *s, const ora_field_file *f, ora_rational rate)
{
    for (int64_t i = 0; i < s->n_frames; i++) {
        const float *from = f->torso_affine;
        int64_t a, b;
        double w;

        (void)ora_pose_between(&a, &b, &w, f->pose, f->n_frames, place_of(i, rate, f->rate));
        for (int k = 0; k < 6; k++)
            s->affine[6 * i + k] =
                (float)((1.0 - w) * (double)from[6 * a + k] + w * (double)from[6 * b + k]);
    }
}

static orator_status make_torso(ora_shot_path *s, const ora_field_file *f,
                                const ora_shot_path_params *p)
{
    orator_status st = ORATOR_OK;

    s->torso = p->torso;
    if (s->torso == ORA_TORSO_AUTO)
        s->torso = p->pose == ORA_POSE_PLATE ? ORA_TORSO_PLATE : ORA_TORSO_PREDICTED;
    if (s->torso == ORA_TORSO_PLATE && p->pose != ORA_POSE_PLATE)
        return ora_fail(ORATOR_E_INVALID,
                        "the plate's torso does not belong under a head with other poses: give "
                        "--torso predicted");
    for (int64_t i = 0; i < s->n_frames; i++) {
        ora_real six[ORA_TORSO_POSE];

        ora_torso_pose(six, s->pose + 12 * i, f->torso_pose_mean, f->torso_pose_scale);
        memcpy(s->torso_pose + ORA_TORSO_POSE * i, six, sizeof six);
    }
    if (s->torso == ORA_TORSO_PLATE)
        take_plate_torso(s, f, p->rate);
    else
        st = ora_torso_predict(s->affine, &f->torso, s->torso_pose, s->n_frames,
                               ora_rational_to_f64(p->rate));
    return st;
}

orator_status ora_shot_path_make(ora_shot_path *out, const ora_field_file *f,
                                 const ora_shot_path_params *params)
{
    const size_t n = (size_t)params->n_frames;
    ora_shot_path s = {.n_frames = params->n_frames};
    orator_status st;

    *out = (ora_shot_path){0};
    s.pose = calloc(n, 12 * sizeof *s.pose);
    s.torso_pose = calloc(n, ORA_TORSO_POSE * sizeof *s.torso_pose);
    s.affine = calloc(n, 6 * sizeof *s.affine);
    if (!s.pose || !s.torso_pose || !s.affine) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for the path of %lld frames",
                      (long long)params->n_frames);
        goto done;
    }
    ORA_TRY(make_poses(&s, f, params));
    ORA_TRY(make_torso(&s, f, params));
    *out = s;
    s = (ora_shot_path){0};

done:
    ora_shot_path_clear(&s);
    return st;
}

void ora_shot_path_clear(ora_shot_path *p)
{
    free(p->pose);
    free(p->torso_pose);
    free(p->affine);
    *p = (ora_shot_path){0};
}
