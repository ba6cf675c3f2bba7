#include "core/colour.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* ITU-T H.273 codes that have a name, index = code. */
static const char *const PRIMARIES[] = {
    [1] = "bt709",     [2] = "unspecified", [4] = "bt470m",    [5] = "bt470bg",
    [6] = "smpte170m", [7] = "smpte240m",   [8] = "film",      [9] = "bt2020",
    [10] = "smpte428", [11] = "smpte431",   [12] = "smpte432", [22] = "ebu3213",
};
static const char *const TRANSFERS[] = {
    [1] = "bt709",         [2] = "unspecified",   [4] = "bt470m",     [5] = "bt470bg",
    [6] = "smpte170m",     [7] = "smpte240m",     [8] = "linear",     [9] = "log100",
    [10] = "log316",       [11] = "iec61966-2-4", [12] = "bt1361e",   [13] = "iec61966-2-1",
    [14] = "bt2020-10",    [15] = "bt2020-12",    [16] = "smpte2084", [17] = "smpte428",
    [18] = "arib-std-b67",
};
static const char *const MATRICES[] = {
    [0] = "gbr",
    [1] = "bt709",
    [2] = "unspecified",
    [4] = "fcc",
    [5] = "bt470bg",
    [6] = "smpte170m",
    [7] = "smpte240m",
    [8] = "ycgco",
    [9] = "bt2020nc",
    [10] = "bt2020c",
    [11] = "smpte2085",
    [12] = "chroma-derived-nc",
    [13] = "chroma-derived-c",
    [14] = "ictcp",
};
static const char *const RANGES[] = {"unspecified", "tv", "pc"};

#define COUNT(table) ((int32_t)(sizeof(table) / sizeof((table)[0])))

/* Knee and scale that make the BT.709 curve and its slope continuous (H.273 table 3). */
static const double BT709_ALPHA = 1.09929682680944;
static const double BT709_BETA = 0.018053968510807;

/* SMPTE ST 2084, equations 4.1 and 5.1 */
static const double PQ_M1 = 2610.0 / 16384.0;
static const double PQ_M2 = 2523.0 / 4096.0 * 128.0;
static const double PQ_C1 = 3424.0 / 4096.0;
static const double PQ_C2 = 2413.0 / 4096.0 * 32.0;
static const double PQ_C3 = 2392.0 / 4096.0 * 32.0;

/* ARIB STD-B67 */
static const double HLG_A = 0.17883277;
static const double HLG_B = 0.28466892;
static const double HLG_C = 0.55991073;

bool ora_colour_is_complete(ora_colour c)
{
    return c.primaries != ORA_COLOUR_UNSPECIFIED && c.transfer != ORA_COLOUR_UNSPECIFIED &&
           c.matrix != ORA_COLOUR_UNSPECIFIED && c.range != ORA_RANGE_UNSPECIFIED;
}

/* Family that an untagged picture is read as: BT.709, BT.601-625 or -525, BT.2020; the same code
 * names primaries and matrix. */
static int32_t family(ora_colour c, int32_t width, int32_t height)
{
    enum { MAX_SD_LINES = 576, MAX_SD_COLUMNS = 1024, MAX_525_LINES = 486 };
    const int32_t known[] = {c.matrix == 10 ? 9 : c.matrix, c.primaries};

    for (int i = 0; i < 2; i++)
        if (known[i] == 1 || known[i] == 5 || known[i] == 6 || known[i] == 9)
            return known[i];
    if (height > MAX_SD_LINES || width > MAX_SD_COLUMNS)
        return 1;
    return height <= MAX_525_LINES ? 6 : 5;
}

static void fill(int32_t *field, int32_t v, bool *guessed)
{
    if (*field != ORA_COLOUR_UNSPECIFIED)
        return;
    *field = v;
    *guessed = true;
}

ora_colour ora_colour_complete(ora_colour c, int32_t width, int32_t height, bool is_rgb,
                               bool *guessed)
{
    const int32_t f = family(c, width, height);

    *guessed = false;
    fill(&c.primaries, is_rgb ? 1 : f, guessed);
    fill(&c.transfer, is_rgb ? 13 : f == 9 ? 14 : f == 1 ? 1 : 6, guessed);
    fill(&c.matrix, is_rgb ? 0 : f, guessed);
    if (c.range == ORA_RANGE_UNSPECIFIED) {
        c.range = is_rgb ? ORA_RANGE_FULL : ORA_RANGE_LIMITED;
        *guessed = true;
    }
    return c;
}

static const char *name_of(const char *const *table, int32_t n, int32_t v)
{
    return v >= 0 && v < n && table[v] ? table[v] : "reserved";
}

static int32_t code_of(const char *const *table, int32_t n, const char *name)
{
    if (strcmp(name, "unknown") == 0)
        name = "unspecified";
    for (int32_t i = 0; i < n; i++)
        if (table[i] && strcmp(table[i], name) == 0)
            return i;
    return -1;
}

const char *ora_colour_primaries_name(int32_t v)
{
    return name_of(PRIMARIES, COUNT(PRIMARIES), v);
}

const char *ora_colour_transfer_name(int32_t v)
{
    return name_of(TRANSFERS, COUNT(TRANSFERS), v);
}

const char *ora_colour_matrix_name(int32_t v)
{
    return name_of(MATRICES, COUNT(MATRICES), v);
}

const char *ora_colour_range_name(ora_colour_range v)
{
    return name_of(RANGES, COUNT(RANGES), (int32_t)v);
}

int32_t ora_colour_primaries_code(const char *name)
{
    return code_of(PRIMARIES, COUNT(PRIMARIES), name);
}

int32_t ora_colour_transfer_code(const char *name)
{
    return code_of(TRANSFERS, COUNT(TRANSFERS), name);
}

int32_t ora_colour_matrix_code(const char *name)
{
    return code_of(MATRICES, COUNT(MATRICES), name);
}

int32_t ora_colour_range_code(const char *name)
{
    return code_of(RANGES, COUNT(RANGES), name);
}

static const struct {
    int32_t code;
    float xy[4][2];
} CHROMATICITIES[] = {
    {1, {{0.640f, 0.330f}, {0.300f, 0.600f}, {0.150f, 0.060f}, {0.3127f, 0.3290f}}},
    {4, {{0.670f, 0.330f}, {0.210f, 0.710f}, {0.140f, 0.080f}, {0.310f, 0.316f}}},
    {5, {{0.640f, 0.330f}, {0.290f, 0.600f}, {0.150f, 0.060f}, {0.3127f, 0.3290f}}},
    {6, {{0.630f, 0.340f}, {0.310f, 0.595f}, {0.155f, 0.070f}, {0.3127f, 0.3290f}}},
    {7, {{0.630f, 0.340f}, {0.310f, 0.595f}, {0.155f, 0.070f}, {0.3127f, 0.3290f}}},
    {8, {{0.681f, 0.319f}, {0.243f, 0.692f}, {0.145f, 0.049f}, {0.310f, 0.316f}}},
    {9, {{0.708f, 0.292f}, {0.170f, 0.797f}, {0.131f, 0.046f}, {0.3127f, 0.3290f}}},
    {11, {{0.680f, 0.320f}, {0.265f, 0.690f}, {0.150f, 0.060f}, {0.314f, 0.351f}}},
    {12, {{0.680f, 0.320f}, {0.265f, 0.690f}, {0.150f, 0.060f}, {0.3127f, 0.3290f}}},
    {22, {{0.630f, 0.340f}, {0.295f, 0.605f}, {0.155f, 0.077f}, {0.3127f, 0.3290f}}},
};

bool ora_colour_chromaticities(float out[4][2], int32_t primaries)
{
    for (int32_t i = 0; i < COUNT(CHROMATICITIES); i++)
        if (CHROMATICITIES[i].code == primaries) {
            memcpy(out, CHROMATICITIES[i].xy, sizeof CHROMATICITIES[i].xy);
            return true;
        }
    return false;
}

int32_t ora_colour_primaries_of(const float xy[4][2])
{
    for (int32_t i = 0; i < COUNT(CHROMATICITIES); i++) {
        bool same = true;

        for (int k = 0; k < 8; k++)
            same = same && fabsf(xy[k / 2][k % 2] - CHROMATICITIES[i].xy[k / 2][k % 2]) <= 1e-3f;
        if (same)
            return CHROMATICITIES[i].code;
    }
    return ORA_COLOUR_UNSPECIFIED;
}

static double bt709_to_linear(double v)
{
    return v < 4.5 * BT709_BETA ? v / 4.5 : pow((v + BT709_ALPHA - 1.0) / BT709_ALPHA, 1.0 / 0.45);
}

static double bt709_from_linear(double v)
{
    return v < BT709_BETA ? 4.5 * v : BT709_ALPHA * pow(v, 0.45) - (BT709_ALPHA - 1.0);
}

static double smpte240m_to_linear(double v)
{
    return v < 4.0 * 0.0228 ? v / 4.0 : pow((v + 0.1115) / 1.1115, 1.0 / 0.45);
}

static double smpte240m_from_linear(double v)
{
    return v < 0.0228 ? 4.0 * v : 1.1115 * pow(v, 0.45) - 0.1115;
}

static double srgb_to_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double srgb_from_linear(double v)
{
    return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1.0 / 2.4) - 0.055;
}

static double pq_to_linear(double v)
{
    const double p = pow(v, 1.0 / PQ_M2);
    const double above = p - PQ_C1;

    return above <= 0.0 ? 0.0 : pow(above / (PQ_C2 - PQ_C3 * p), 1.0 / PQ_M1);
}

static double pq_from_linear(double v)
{
    const double p = pow(v, PQ_M1);

    return pow((PQ_C1 + PQ_C2 * p) / (1.0 + PQ_C3 * p), PQ_M2);
}

static double hlg_to_linear(double v)
{
    return v <= 0.5 ? v * v / 3.0 : (exp((v - HLG_C) / HLG_A) + HLG_B) / 12.0;
}

static double hlg_from_linear(double v)
{
    return v <= 1.0 / 12.0 ? sqrt(3.0 * v) : HLG_A * log(12.0 * v - HLG_B) + HLG_C;
}

/* v >= 0 */
static double to_linear(int32_t transfer, double v)
{
    switch (transfer) {
    case 1:
    case 6:
    case 11:
    case 14:
    case 15:
        return bt709_to_linear(v);
    case 4:
        return pow(v, 2.2);
    case 5:
        return pow(v, 2.8);
    case 7:
        return smpte240m_to_linear(v);
    case 8:
        return v;
    case 13:
        return srgb_to_linear(v);
    case 16:
        return pq_to_linear(v);
    case 17:
        return pow(v, 2.6) * 52.37 / 48.0;
    case 18:
        return hlg_to_linear(v);
    default:
        return (double)NAN;
    }
}

/* v >= 0 */
static double from_linear(int32_t transfer, double v)
{
    switch (transfer) {
    case 1:
    case 6:
    case 11:
    case 14:
    case 15:
        return bt709_from_linear(v);
    case 4:
        return pow(v, 1.0 / 2.2);
    case 5:
        return pow(v, 1.0 / 2.8);
    case 7:
        return smpte240m_from_linear(v);
    case 8:
        return v;
    case 13:
        return srgb_from_linear(v);
    case 16:
        return pq_from_linear(v);
    case 17:
        return pow(v * 48.0 / 52.37, 1.0 / 2.6);
    case 18:
        return hlg_from_linear(v);
    default:
        return (double)NAN;
    }
}

bool ora_transfer_is_known(int32_t transfer)
{
    return !isnan(to_linear(transfer, 0.5));
}

double ora_transfer_to_linear(int32_t transfer, double v)
{
    return v < 0.0 ? -to_linear(transfer, -v) : to_linear(transfer, v);
}

double ora_transfer_from_linear(int32_t transfer, double v)
{
    return v < 0.0 ? -from_linear(transfer, -v) : from_linear(transfer, v);
}
