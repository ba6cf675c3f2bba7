/*
 * picture_change.h - how much the picture changes from frame to frame, on small luma pictures.
 *
 * All differences are in 8-bit levels (0..255) whatever the clip's depth. Frames are pushed in order;
 * six thumbnails are kept, so memory is bounded.
 */
#ifndef ORA_PICTURE_CHANGE_H
#define ORA_PICTURE_CHANGE_H

#include <libavutil/frame.h>
#include <stdint.h>

#include "orator/status.h"

typedef struct ora_change {
    float mean;      /* mean difference to the frame before                                 */
    float block;     /* the same of the block that changes most                             */
    float histogram; /* share of the picture whose brightness moved, 0..1                   */
    float before;    /* least difference to the frames 2 to 5 before                        */
    float after;     /* least difference of the frame before to the 4 frames after this one */
} ora_change;

typedef struct ora_change_meter ora_change_meter;

/* ORATOR_E_NOMEM */
orator_status ora_change_meter_open(ora_change_meter **out, int32_t width, int32_t height);
void ora_change_meter_close(ora_change_meter **m);

/*
 * Measure the next frame; its size is that of open. changes [i_frame + 1] has room for it; the four
 * entries before it are completed (`after`).
 */
void ora_change_meter_push(ora_change_meter *m, ora_change *changes, int64_t i_frame,
                           const AVFrame *f);

#endif /* ORA_PICTURE_CHANGE_H */
