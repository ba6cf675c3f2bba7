/*
 * banned.h - functions that have no safe use become compile errors; included before every file.
 */
#ifndef ORA_BANNED_H
#define ORA_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef alloca

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets rand alloca

#endif /* ORA_BANNED_H */
