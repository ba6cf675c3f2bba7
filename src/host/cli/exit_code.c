#include "cli/exit_code.h"

#include <stddef.h>

const ora_exit_code ora_exit_codes[] = {
    {0, "done"},
    {1, "internal error; for doctor: something needed is missing"},
    {2, "usage or configuration"},
    {3, "input missing, damaged or of a kind that is not handled"},
    {4, "the preflight report says no"},
    {5, "quality gate missed"},
    {6, "no usable device"},
    {7, "out of memory after all fallbacks"},
    {8, "weights or checkpoint damaged or mismatched"},
    {9, "refused by the consent policy"},
    {10, "output cannot be written"},
    {75, "interrupted by a signal, checkpoint saved: run again"},
    {0, NULL},
};

int ora_exit_code_of(orator_status st)
{
    switch (st) {
    case ORATOR_OK:
        return 0;
    case ORATOR_E_INVALID:
        return 2;
    case ORATOR_E_IO:
    case ORATOR_E_FORMAT:
    case ORATOR_E_UNSUPPORTED:
        return 3;
    case ORATOR_E_DEVICE:
        return 6;
    case ORATOR_E_NOMEM:
        return 7;
    case ORATOR_E_CHECKPOINT:
        return 8;
    case ORATOR_E_WRITE:
        return 10;
    case ORATOR_E_CANCELLED:
        return 75;
    case ORATOR_E_AGAIN:
    case ORATOR_E_INTERNAL:
        return 1;
    }
    return 1;
}
