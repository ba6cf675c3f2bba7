/*
 * make_field.h - small random fields, ready to write or to render.
 *
 * A box full of coloured fog 800 mm before the camera, its head turning a little from frame to
 * frame, over a torso and a plate of noise. Nothing in it looks like a person.
 */
#ifndef ORA_MAKE_FIELD_H
#define ORA_MAKE_FIELD_H

#include "field/field_file.h"

typedef struct make_field_spec {
    int32_t width, height;    /* default 32 x 24                                  */
    int64_t n_frames;         /* default 8                                        */
    int64_t i_missing;        /* frame without a pose; default -1 = all have one  */
    ora_rational rate;        /* default 25                                       */
    int32_t levels, features; /* of the head's grid; default 2 and 2              */
    int32_t hash;             /* entries of a level at most; default 0 = any      */
    int32_t n_occupancy;      /* default 8                                        */
    bool is_empty;            /* fog so thin that none is seen                    */
    uint64_t seed;
} make_field_spec;

make_field_spec make_field_spec_default(void);

/* On success clear with ora_field_file_clear(). ORATOR_E_NOMEM. */
orator_status make_field(ora_field_file *out, const make_field_spec *spec);

#endif /* ORA_MAKE_FIELD_H */
