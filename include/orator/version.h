/*
 * version.h - which orator this is.
 */
#ifndef ORATOR_VERSION_H
#define ORATOR_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define ORATOR_VERSION_MAJOR 0
#define ORATOR_VERSION_MINOR 1
#define ORATOR_VERSION_PATCH 0

/* Version of the library that is running, "0.1.0"; static. */
const char *orator_version(void);

/* Commit the library was built from, short hash, or "unknown"; static. */
const char *orator_version_commit(void);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_VERSION_H */
