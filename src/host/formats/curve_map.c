#include "formats/curve_map.h"

#include <math.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/motion_track_impl.h"
#include "formats/arkit_basis.h"
#include "formats/box_lsq.h"

enum { N = ORA_ARKIT_SHAPES, OFFSETS = 3 * ORATOR_LANDMARKS };

/* Places of shapes in ora_arkit_names. */
enum {
    BLINK_L = 0,
    LOOK_DOWN_L,
    LOOK_IN_L,
    LOOK_OUT_L,
    LOOK_UP_L,
    BLINK_R = 7,
    LOOK_DOWN_R,
    LOOK_IN_R,
    LOOK_OUT_R,
    LOOK_UP_R,
    JAW_OPEN = 17,
    BROW_DOWN_L = 41,
    BROW_DOWN_R,
    BROW_INNER,
    BROW_OUTER_L,
    BROW_OUTER_R
};

static const int from_sides[] = {BLINK_L,    BLINK_R,   LOOK_DOWN_L, LOOK_IN_L,
                                 LOOK_OUT_L, LOOK_UP_L, LOOK_DOWN_R, LOOK_IN_R,
                                 LOOK_OUT_R, LOOK_UP_R, JAW_OPEN};

static const double GAZE_X_RADIANS = 0.52359877559829887; /* full look to a side: 30 degrees */
static const double GAZE_Y_RADIANS = 0.43633231299858238; /* full look up or down: 25 degrees */
static const double MAX_WEIGHT = 10.0;

/* What an error of 1 in a brow channel weighs beside landmarks, mm: about a brow's whole travel. */
static const double BROW_MM = 15.0;

/* Keeps the equations solvable where two shapes oppose each other; mm^2, far below any shape's. */
static const double RIDGE = 1e-6;

static double clamp(double v, double low, double high)
{
    return fmin(fmax(v, low), high);
}

/* Brow rows of the equations: d(brow channel) / d(weight). */
static void brow_rows(double (*row)[N])
{
    memset(row, 0, 2 * sizeof *row);
    row[0][BROW_DOWN_L] = row[1][BROW_DOWN_R] = -1.0;
    row[0][BROW_INNER] = row[1][BROW_INNER] = 0.5;
    row[0][BROW_OUTER_L] = row[1][BROW_OUTER_R] = 0.5;
}

static void sides_of_weights(float *side, const double *w)
{
    const double x = 0.5 * (w[LOOK_OUT_L] - w[LOOK_IN_L] + w[LOOK_IN_R] - w[LOOK_OUT_R]);
    const double y = 0.5 * (w[LOOK_UP_L] - w[LOOK_DOWN_L] + w[LOOK_UP_R] - w[LOOK_DOWN_R]);
    double brow[2][N];

    brow_rows(brow);
    side[ORATOR_SIDE_LID_L] = (float)clamp(1.0 - w[BLINK_L], 0.0, 1.0);
    side[ORATOR_SIDE_LID_R] = (float)clamp(1.0 - w[BLINK_R], 0.0, 1.0);
    for (int k = 0; k < 2; k++) {
        double v = 0.0;

        for (int i = 0; i < N; i++)
            v += brow[k][i] * w[i];
        side[ORATOR_SIDE_BROW_L + k] = (float)clamp(v, -1.0, 1.0);
    }
    side[ORATOR_SIDE_GAZE_X] = (float)(GAZE_X_RADIANS * clamp(x, -1.0, 1.0));
    side[ORATOR_SIDE_GAZE_Y] = (float)(GAZE_Y_RADIANS * clamp(y, -1.0, 1.0));
    side[ORATOR_SIDE_JAW] = (float)clamp(w[JAW_OPEN], 0.0, 1.0);
}

static float lip_gap(const float (*offset)[3])
{
    const float upper = ora_arkit_neutral[62][1] + offset[62][1];
    const float lower = ora_arkit_neutral[66][1] + offset[66][1];

    return upper > lower ? upper - lower : 0.0f;
}

/* One frame: weights [52] to offsets and side channels. */
static void frame_of_weights(orator_motion_track *t, int64_t frame, const double *w)
{
    float *offset = t->offset + frame * OFFSETS;
    float *side = t->side + frame * ORATOR_SIDES;
    const float(*points)[3] = (const float(*)[3])offset;

    for (int k = 0; k < OFFSETS; k++) {
        double v = 0.0;

        for (int i = 0; i < N; i++)
            v += w[i] * (double)ora_arkit_basis[i][k / 3][k % 3];
        offset[k] = (float)v;
    }
    sides_of_weights(side, w);
    side[ORATOR_SIDE_LIP_GAP] = lip_gap(points);
}

/* channel [52]: where each shape is in `c`, or -1. */
static orator_status find_channels(int32_t *channel, const ora_curves *c)
{
    int n_known = 0;

    for (int i = 0; i < N; i++) {
        channel[i] = ora_curves_find(c, ora_arkit_names[i]);
        n_known += channel[i] >= 0;
    }
    if (n_known == 0)
        return ora_fail(ORATOR_E_FORMAT, "none of the %d curves is an ARKit shape ('%.64s' ...)",
                        c->n_channels, c->n_channels > 0 ? c->names[0] : "");
    if (!ora_rational_is_known(c->rate))
        return ora_fail(ORATOR_E_FORMAT,
                        "the curves do not tell their frame rate, and none was given");
    return ORATOR_OK;
}

orator_status ora_curves_to_track(orator_motion_track **out, const ora_curves *c)
{
    orator_status st;
    orator_motion_track *t = NULL;
    int32_t channel[N];

    *out = NULL;
    ORA_TRY(find_channels(channel, c));
    ORA_TRY(orator_motion_track_create(&t, c->n_frames, c->rate.num, c->rate.den));
    for (int64_t f = 0; f < c->n_frames; f++) {
        double w[N] = {0};

        for (int i = 0; i < N; i++) {
            w[i] = channel[i] >= 0 ? (double)c->value[f * c->n_channels + channel[i]] : 0.0;
            if (!(fabs(w[i]) <= MAX_WEIGHT)) {
                st = ora_fail(ORATOR_E_FORMAT, "frame %lld: '%s' is %g, want -10..10", (long long)f,
                              ora_arkit_names[i], w[i]);
                goto done;
            }
        }
        frame_of_weights(t, f, w);
        t->valid[f] = c->valid[f];
    }
    *out = t;
    t = NULL;

done:
    orator_motion_track_destroy(&t);
    return st;
}

/* The equations of the shapes that are solved for. */
typedef struct map_solver {
    int shape[N]; /* [n] place of each unknown in ora_arkit_names */
    int n;
    double gram[ORA_BOX_LSQ_MAX * ORA_BOX_LSQ_MAX]; /* [n][n] */
    double brow[2][N];
} map_solver;

static bool is_from_sides(int shape)
{
    for (size_t i = 0; i < sizeof from_sides / sizeof from_sides[0]; i++)
        if (from_sides[i] == shape)
            return true;
    return false;
}

static double basis_dot(int a, int b)
{
    double sum = 0.0;

    for (int k = 0; k < OFFSETS; k++)
        sum += (double)ora_arkit_basis[a][k / 3][k % 3] * (double)ora_arkit_basis[b][k / 3][k % 3];
    return sum;
}

static void solver_init(map_solver *s)
{
    s->n = 0;
    brow_rows(s->brow);
    for (int i = 0; i < N; i++)
        if (!is_from_sides(i))
            s->shape[s->n++] = i;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++) {
            const int a = s->shape[i], b = s->shape[j];
            double v = basis_dot(a, b) + (i == j ? RIDGE : 0.0);

            for (int k = 0; k < 2; k++)
                v += BROW_MM * BROW_MM * s->brow[k][a] * s->brow[k][b];
            s->gram[i * s->n + j] = v;
        }
}

static void weights_of_sides(double *w, const float *side)
{
    const double x = clamp((double)side[ORATOR_SIDE_GAZE_X] / GAZE_X_RADIANS, -1.0, 1.0);
    const double y = clamp((double)side[ORATOR_SIDE_GAZE_Y] / GAZE_Y_RADIANS, -1.0, 1.0);

    w[BLINK_L] = clamp(1.0 - (double)side[ORATOR_SIDE_LID_L], 0.0, 1.0);
    w[BLINK_R] = clamp(1.0 - (double)side[ORATOR_SIDE_LID_R], 0.0, 1.0);
    w[LOOK_OUT_L] = w[LOOK_IN_R] = fmax(x, 0.0);
    w[LOOK_IN_L] = w[LOOK_OUT_R] = fmax(-x, 0.0);
    w[LOOK_UP_L] = w[LOOK_UP_R] = fmax(y, 0.0);
    w[LOOK_DOWN_L] = w[LOOK_DOWN_R] = fmax(-y, 0.0);
    w[JAW_OPEN] = clamp((double)side[ORATOR_SIDE_JAW], 0.0, 1.0);
}

/* One frame: offsets and side channels to weights [52]. */
static void weights_of_frame(double *w, const map_solver *s, const float *offset, const float *side)
{
    double rest[OFFSETS], b[ORA_BOX_LSQ_MAX], x[ORA_BOX_LSQ_MAX];

    memset(w, 0, N * sizeof *w);
    weights_of_sides(w, side);
    for (int k = 0; k < OFFSETS; k++) {
        rest[k] = (double)offset[k];
        for (int i = 0; i < N; i++)
            rest[k] -= w[i] * (double)ora_arkit_basis[i][k / 3][k % 3];
    }
    for (int i = 0; i < s->n; i++) {
        const int a = s->shape[i];

        b[i] = 0.0;
        for (int k = 0; k < OFFSETS; k++)
            b[i] += (double)ora_arkit_basis[a][k / 3][k % 3] * rest[k];
        for (int k = 0; k < 2; k++)
            b[i] += BROW_MM * BROW_MM * s->brow[k][a] * (double)side[ORATOR_SIDE_BROW_L + k];
    }
    ora_box_lsq(x, s->gram, b, s->n);
    for (int i = 0; i < s->n; i++)
        w[s->shape[i]] = x[i];
}

static orator_status check_frame(const float *offset, const float *side, int64_t frame)
{
    bool finite = true;

    for (int k = 0; k < OFFSETS; k++)
        finite = finite && isfinite(offset[k]);
    for (int k = 0; k < ORATOR_SIDES; k++)
        finite = finite && isfinite(side[k]);
    return finite ? ORATOR_OK
                  : ora_fail(ORATOR_E_FORMAT, "motion track: frame %lld is not finite",
                             (long long)frame);
}

orator_status ora_track_to_curves(ora_curves *out, const orator_motion_track *t)
{
    orator_status st;
    ora_curves c = {0};
    map_solver s;

    *out = (ora_curves){0};
    ORA_TRY(ora_curves_shape(&c, ora_livelink_names, ORA_LIVELINK_CHANNELS, t->n_frames, t->rate));
    solver_init(&s);
    for (int64_t f = 0; f < t->n_frames; f++) {
        const float *side = t->side + f * ORATOR_SIDES;
        float *value = c.value + f * c.n_channels;
        double w[N];

        ORA_TRY(check_frame(t->offset + f * OFFSETS, side, f));
        weights_of_frame(w, &s, t->offset + f * OFFSETS, side);
        for (int i = 0; i < N; i++)
            value[i] = (float)w[i];
        for (int eye = 0; eye < 2; eye++) { /* behind three head angles: yaw, pitch, roll */
            value[N + 3 + 3 * eye] = side[ORATOR_SIDE_GAZE_X];
            value[N + 4 + 3 * eye] = side[ORATOR_SIDE_GAZE_Y];
        }
        c.valid[f] = t->valid[f] != 0;
    }
    *out = c;
    c = (ora_curves){0};

done:
    ora_curves_clear(&c);
    return st;
}
