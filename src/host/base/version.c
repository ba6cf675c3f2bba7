#include "orator/version.h"

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

const char *orator_version(void)
{
    return TEXT(ORATOR_VERSION_MAJOR) "." TEXT(ORATOR_VERSION_MINOR) "." TEXT(ORATOR_VERSION_PATCH);
}

const char *orator_version_commit(void)
{
    return ORA_COMMIT;
}
