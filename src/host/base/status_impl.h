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

/* Put "<text>: " in front of the stored message and return `st`; nothing when st is ORATOR_OK. */
orator_status ora_while(orator_status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif /* ORA_STATUS_IMPL_H */
