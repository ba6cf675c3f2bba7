/*
 * field_pass_scalar.c - the pass over rays for any processor.
 */
#include "cpu/vec4_plain.h"
#include "cpu/vec_scalar.h"

#include "cpu/dense.inc"

#define FIELD_PASS ora_field_pass_scalar
#include "cpu/field_tile.inc"

size_t ora_field_pass_scratch(void)
{
    return sizeof(pass_scratch);
}
