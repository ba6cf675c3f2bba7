#include "support/check.h"

#include <stdlib.h>

#include "base/status_impl.h"
#include "field/field_file.h"
#include "support/alloc_fail.h"
#include "support/make_field.h"

typedef struct files {
    const ora_field_file *field;
    const char *path;
} files;

static orator_status there_and_back(void *arg)
{
    const files *a = arg;
    ora_field_file back = {0};
    char *path = NULL;
    orator_status st;

    ORA_TRY(ora_field_file_write(a->field, a->path));
    ORA_TRY(ora_field_file_find(&path, a->path));
    ORA_TRY(ora_field_file_read(&back, path));

done:
    free(path);
    ora_field_file_clear(&back);
    return st;
}

TEST(field_file_alloc, survives_failed_allocations)
{
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;
    files a = {&f, test_path("f.safetensors")};

    spec.levels = 1;
    CHECK_OK(make_field(&f, &spec));
    CHECK(alloc_fail_each(there_and_back, &a, ALLOC_STRICT) > 50);
    ora_field_file_clear(&f);
}
