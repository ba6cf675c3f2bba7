#include <stdio.h>

#include "orator/version.h"

int main(void)
{
    (void)printf("orator %s (%s)\n", orator_version(), orator_version_commit());
    return 0;
}
