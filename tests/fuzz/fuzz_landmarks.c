#include "support/fuzz_target.h"

#include <math.h>
#include <stdlib.h>

#include "formats/landmark_file.h"

/* One picture's landmarks and a clip's table, both finite where they were read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ora_landmark_rows rows;
    float p[68][2];

    if (ora_landmarks_parse(p, (const char *)data, n, "fuzz") == ORATOR_OK)
        for (int i = 0; i < 68; i++)
            if (!isfinite(p[i][0]) || !isfinite(p[i][1]))
                abort();
    if (ora_landmark_rows_parse(&rows, (const char *)data, n, "fuzz") == ORATOR_OK)
        for (int64_t i = 0; i < rows.n * 68; i++)
            if (!isfinite(rows.point[i][0]) || !isfinite(rows.point[i][1]))
                abort();
    ora_landmark_rows_clear(&rows);
    return 0;
}
