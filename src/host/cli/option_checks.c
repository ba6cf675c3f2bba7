#include "cli/option_checks.h"

#include "core/frame_range.h"
#include "core/rational.h"

orator_status ora_check_rate(const char *text)
{
    ora_rational rate;

    return ora_rate_parse(&rate, text);
}

orator_status ora_check_frames(const char *text)
{
    ora_frame_range range = {0};
    const orator_status st = ora_frame_range_parse(&range, text);

    ora_frame_range_clear(&range);
    return st;
}
