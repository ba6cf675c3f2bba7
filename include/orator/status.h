/*
 * status.h - how every fallible call of orator reports its outcome.
 *
 * A call returns ORATOR_OK or a negative code. The text, written once at the place where things
 * went wrong and given context on the way up, is read with orator_last_error() on the same thread.
 */
#ifndef ORATOR_STATUS_H
#define ORATOR_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Never renumbered. The exit code of the `orator` program for each code stands beside it. */
typedef enum orator_status {
    ORATOR_OK = 0,
    ORATOR_E_INVALID = -1, /*  2  argument, option or configuration out of its documented range */
    ORATOR_E_NOMEM = -2,   /*  7  out of memory after all fallbacks                             */
    ORATOR_E_IO = -3,      /*  3  input missing or unreadable                                   */
    ORATOR_E_FORMAT = -4,  /*  3  input damaged or not what it claims to be                     */
    ORATOR_E_UNSUPPORTED =
        -5,                  /*  3  input well formed, but of a kind that is not handled          */
    ORATOR_E_DEVICE = -6,    /*  6  the requested device is not usable                            */
    ORATOR_E_AGAIN = -7,     /*  1  nothing to give yet; callers inside the library act on it     */
    ORATOR_E_WRITE = -8,     /* 10  output cannot be written                                      */
    ORATOR_E_CANCELLED = -9, /* 75  the progress callback or a signal asked to stop               */
    ORATOR_E_CHECKPOINT =
        -10,                /*  8  weights or checkpoint damaged or mismatched                   */
    ORATOR_E_INTERNAL = -11 /*  1  a defect in orator itself                                     */
} orator_status;

/*
 * Text of the last failure on the calling thread, one line without a full stop or a newline.
 * Borrowed, valid until the next failing call on this thread; "" when nothing failed yet.
 */
const char *orator_last_error(void);

/* Short lower-case name of a code ("format"), never NULL; static. */
const char *orator_status_name(orator_status st);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_STATUS_H */
