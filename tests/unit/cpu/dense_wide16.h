/*
 * dense_wide16.h - dense.inc with 16 lanes in plain C, for test_dense.c.
 */
#ifndef ORA_DENSE_WIDE16_H
#define ORA_DENSE_WIDE16_H

#include "cpu/dense_probe.h"

extern const ora_dense_probe dense_wide16;

#endif /* ORA_DENSE_WIDE16_H */
