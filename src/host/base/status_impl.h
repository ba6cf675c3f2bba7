/*
 * status_impl.h - raising errors inside the library.
 *
 * The message is written once, at the origin: ora_fail(). Callers that know more add context in
 * front with ora_while(). Text is thread-local; a worker keeps status and text in its job and
 * whoever joins it raises both again with ora_fail().
 */
#ifndef ORA_STATUS_IMPL_H
#define ORA_STATUS_IMPL_H

#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Go to `done` of the enclosing function when `expr` fails; needs a local orator_status `st` and a
 * label `done`.
 */
#define ORA_TRY(expr)                                                                              \
    do {                                                                                           \
        st = (expr);                                                                               \
        if (st != ORATOR_OK)                                                                       \
            goto done;                                                                             \
    } while (0)

/*
 * Store the message and return `st`. It names the thing, what was found and what was expected;
 * lower case, no full stop, no newline. Control characters from hostile names are replaced by '?'.
 */
orator_status ora_fail(orator_status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__
/* The analyser sees one file at a time; this tells it that ora_fail() never makes ORATOR_OK. */
/* NOLINTNEXTLINE(readability-identifier-naming): it stands in for the function */
#define ora_fail(st, ...) ((void)(ora_fail)(st, __VA_ARGS__), (st))
#endif

/* Put "<text>: " in front of the stored message and return `st`; nothing when st is ORATOR_OK. */
orator_status ora_while(orator_status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif /* ORA_STATUS_IMPL_H */
