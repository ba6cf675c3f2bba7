#include "formats/livelink_clock.h"

#include <math.h>

#include "base/status_impl.h"

enum {
    MAX_NOMINAL = 120, /* frame numbers per second            */
    DAY_SEC = 24 * 60 * 60,
    MISSING_PER_ROW = 4, /* frames that may be missing, per row */
    MISSING_ALLOWANCE = 3600
};

/* One or more digits, value at most `max`; NULL on failure, else what follows. */
static const char *take_number(int32_t *out, const char *s, int32_t max)
{
    int32_t v = 0;
    const char *p = s;

    for (; *p >= '0' && *p <= '9'; p++) {
        v = 10 * v + (*p - '0');
        if (v > max)
            return NULL;
    }
    *out = v;
    return p > s ? p : NULL;
}

bool ora_livelink_time_parse(ora_livelink_time *out, const char *cell)
{
    ora_livelink_time t = {.tc = {.is_known = true}};
    double unit = 0.1;
    const char *p = take_number(&t.tc.hours, cell, 23);

    if (!p || *p++ != ':' || !(p = take_number(&t.tc.minutes, p, 59)) || *p++ != ':' ||
        !(p = take_number(&t.tc.seconds, p, 59)) || (*p != ':' && *p != ';'))
        return false;
    t.tc.is_drop = *p++ == ';';
    p = take_number(&t.tc.frames, p, MAX_NOMINAL - 1);
    if (!p)
        return false;
    if (*p == '.') {
        for (p++; *p >= '0' && *p <= '9'; p++) {
            t.sub += unit * (*p - '0');
            unit *= 0.1;
        }
    }
    if (*p)
        return false;
    *out = t;
    return true;
}

static int64_t second_of(const ora_livelink_time *t)
{
    return ((int64_t)t->tc.hours * 60 + t->tc.minutes) * 60 + t->tc.seconds;
}

static double frame_of(const ora_livelink_time *t)
{
    return (double)t->tc.frames + t->sub;
}

/* Median distance of neighbouring rows inside a second, in frame numbers. */
static int32_t usual_step(const ora_livelink_time *t, int64_t n)
{
    int64_t count[MAX_NOMINAL] = {0};
    int64_t total = 0, sum = 0;

    for (int64_t i = 1; i < n; i++) {
        const int64_t d = llround(frame_of(&t[i]) - frame_of(&t[i - 1]));

        if (second_of(&t[i]) == second_of(&t[i - 1]) && d >= 1 && d < MAX_NOMINAL) {
            count[d]++;
            total++;
        }
    }
    for (int32_t d = 1; d < MAX_NOMINAL; d++) {
        sum += count[d];
        if (2 * sum > total)
            return d;
    }
    return 1;
}

/*
 * Each step from one second into the next tells how many frame numbers that second had, if no row
 * is missing there; the count that most steps agree on wins, usual rates first.
 */
static int32_t vote_nominal(const ora_livelink_time *t, int64_t n, int32_t step, int32_t above)
{
    static const int32_t usual[] = {12, 15, 24, 25, 30, 48, 50, 60, 100, 120};
    int64_t votes[MAX_NOMINAL + 1] = {0};
    int64_t n_crossings = 0;
    int32_t best = 0;

    for (int64_t i = 1; i < n; i++) {
        const int64_t from = second_of(&t[i - 1]);
        const int64_t v = llround(frame_of(&t[i - 1]) - frame_of(&t[i])) + step;

        if (second_of(&t[i]) != (from + 1) % DAY_SEC)
            continue;
        n_crossings++;
        if (v > above && v <= MAX_NOMINAL)
            votes[v]++;
    }
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (votes[usual[i]] > votes[best])
            best = usual[i];
    if (best > 0)
        return best;
    for (int32_t v = 1; v <= MAX_NOMINAL; v++)
        if (votes[v] >= 2 && 2 * votes[v] > n_crossings)
            best = v;
    return best;
}

orator_status ora_livelink_clock_find(ora_livelink_clock *out, const ora_livelink_time *t,
                                      int64_t n, const char *name)
{
    ora_livelink_clock clock = {.step = usual_step(t, n), .rate = {0, 0}};
    const bool is_drop = n > 0 && t[0].tc.is_drop;
    int32_t above = 0;
    bool crosses = false;

    for (int64_t i = 0; i < n; i++) {
        above = t[i].tc.frames > above ? t[i].tc.frames : above;
        crosses = crosses || second_of(&t[i]) != second_of(&t[0]);
        if (t[i].tc.is_drop != is_drop)
            return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: time code turns %s here", name,
                            (long long)t[i].line, is_drop ? "non-drop" : "drop-frame");
    }
    clock.nominal = vote_nominal(t, n, clock.step, above);
    if (clock.nominal == 0 && above >= 50 && above < 60)
        clock.nominal = 60;
    if (clock.nominal == 0 && is_drop && (crosses || above >= 30))
        clock.nominal = above < 30 ? 30 : 60;
    if (clock.nominal == 0 && crosses)
        return ora_fail(
            ORATOR_E_FORMAT,
            "'%s': the time codes do not tell the frame rate: %lld rows, frame numbers "
            "up to %d, no two rows that follow each other from one second into the next",
            name, (long long)n, above);
    if (is_drop && clock.nominal != 0 && clock.nominal != 30 && clock.nominal != 60)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s': drop-frame time code counts %d frames a second, want 30 or 60", name,
                        clock.nominal);
    if (clock.nominal > 0)
        clock.rate =
            is_drop ? ora_rational_make(1000 * (int64_t)clock.nominal, 1001 * (int64_t)clock.step)
                    : ora_rational_make(clock.nominal, clock.step);
    *out = clock;
    return ORATOR_OK;
}

/* Frame numbers since midnight; inside one second where the nominal rate is not known. */
static double position(const ora_livelink_clock *clock, const ora_livelink_time *t)
{
    const bool is_drop = t->tc.is_drop;
    const ora_rational rate = is_drop ? ora_rational_make(1000 * (int64_t)clock->nominal, 1001)
                                      : ora_rational_make(clock->nominal, 1);

    if (clock->nominal == 0)
        return frame_of(t);
    return (double)ora_timecode_to_frames(t->tc, rate) + t->sub;
}

orator_status ora_livelink_place(int64_t *index, const ora_livelink_clock *clock,
                                 const ora_livelink_time *t, int64_t n, const char *name)
{
    const ora_livelink_time last = {.tc = {.is_known = true,
                                           .is_drop = n > 0 && t[0].tc.is_drop,
                                           .hours = 23,
                                           .minutes = 59,
                                           .seconds = 59,
                                           .frames = clock->nominal - 1}};
    const double day = clock->nominal > 0 ? position(clock, &last) + 1.0 : 0.0;
    const double origin = n > 0 ? position(clock, &t[0]) : 0.0;

    for (int64_t i = 0; i < n; i++) {
        const int64_t before = i > 0 ? index[i - 1] : -1;
        const double next = (double)(before + 1);
        double p = (position(clock, &t[i]) - origin) / clock->step;

        if (p < (double)before - 0.5 * day / clock->step) /* past midnight */
            p += day / clock->step;
        if (p < next - 2.0)
            return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: time runs back by %.1f frames", name,
                            (long long)t[i].line, next - 1.0 - p);
        if (p > next + 0.75)
            index[i] = llround(p);
        else
            index[i] = p < next - 0.75 ? before : before + 1;
        if (index[i] > (i + 1) * (MISSING_PER_ROW + 1) + MISSING_ALLOWANCE)
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s' line %lld: frame %lld in row %lld, too much of the take is "
                            "missing",
                            name, (long long)t[i].line, (long long)index[i], (long long)i + 1);
    }
    return ORATOR_OK;
}
