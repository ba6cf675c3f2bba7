/*
 * signals.h - SIGINT, SIGTERM and SIGUSR1 ask for a checkpoint; a second one kills.
 *
 * For programs, not for the library: a library does not own its process's signals.
 */
#ifndef ORA_SIGNALS_H
#define ORA_SIGNALS_H

#include <stdbool.h>

#include "orator/context.h"

/*
 * From now on the signals cancel the job under `ctx` (borrowed until ora_signals_reset), so that it
 * saves and returns ORATOR_E_CANCELLED, which the program turns into exit code 75. A second signal
 * of the same kind, more than a second later, has its default effect; one that was ignored at the
 * start stays ignored. SIGPIPE and SIGXFSZ are ignored: the write fails and says so.
 */
void ora_signals_watch(orator_context *ctx);

/* Back to the effects before the watch. Both calls belong to the main thread. */
void ora_signals_reset(void);

/* True once one of the signals came. */
bool ora_signals_came(void);

#endif /* ORA_SIGNALS_H */
