#include "pipeline/output_check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "core/frame_range.h"

/* True when the two lie in one folder, by whatever names of it. */
static bool are_neighbours(const char *a, const char *b)
{
    char *folder_a = ora_path_folder(a);
    char *folder_b = ora_path_folder(b);
    const bool are = folder_a && folder_b && ora_file_is_same(folder_a, folder_b);

    free(folder_a);
    free(folder_b);
    return are;
}

/* True when pattern `out` can name `in`, or pictures of the pattern `in`, which is beside it. */
static orator_status can_name(bool *can, const char *out, const char *in)
{
    ora_frame_pattern to = {0};
    ora_frame_pattern from = {0};
    int64_t number;
    orator_status st;

    *can = false;
    ORA_TRY(ora_frame_pattern_parse(&to, ora_path_name(out)));
    if (ora_frame_pattern_is(in)) {
        ORA_TRY(ora_frame_pattern_parse(&from, ora_path_name(in)));
        *can = strcmp(to.prefix, from.prefix) == 0 && strcmp(to.suffix, from.suffix) == 0;
    } else {
        *can = ora_frame_pattern_match(&number, &to, ora_path_name(in));
    }

done:
    ora_frame_pattern_clear(&to);
    ora_frame_pattern_clear(&from);
    return st;
}

orator_status ora_output_check(const char *out, const char *in)
{
    orator_status st = ORATOR_OK;
    bool is_bad = false;

    if (!in)
        return ORATOR_OK;
    if (ora_file_is_same(out, in))
        is_bad = true;
    else if (ora_frame_pattern_is(out) && are_neighbours(out, in))
        st = can_name(&is_bad, out, in);
    else if (ora_frame_pattern_is(in) && are_neighbours(out, in))
        st = can_name(&is_bad, in, out);
    if (st == ORATOR_OK && is_bad)
        st = ora_fail(ORATOR_E_INVALID, "'%s' would be written over the input '%s'", out, in);
    return st;
}

orator_status ora_output_place_check(const char *out)
{
    char *folder = ora_path_folder(out);
    struct stat info;
    orator_status st = ORATOR_OK;

    if (!folder)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", out);
    if (!ora_file_is_folder(folder))
        st = ora_fail(ORATOR_E_WRITE, "write '%s': there is no folder '%s'", out, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        st = ora_fail(ORATOR_E_WRITE, "write '%s': folder '%s': %s", out, folder, strerror(errno));
    else if (stat(out, &info) == 0 && !S_ISREG(info.st_mode))
        st = ora_fail(ORATOR_E_WRITE, "write '%s': it exists and is not a regular file", out);
    free(folder);
    return st;
}
