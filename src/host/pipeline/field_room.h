/*
 * field_room.h - how much of a run's memory is left for its pictures.
 */
#ifndef ORA_FIELD_ROOM_H
#define ORA_FIELD_ROOM_H

#include "field/trainer.h"

/* What a run is about, before its first frame is read. */
typedef struct ora_field_room_params {
    int32_t width, height;             /* of the clip                                         */
    int32_t train_width, train_height; /* of the training pictures                            */
    int64_t n_frames;                  /* of the clip                                         */
    int32_t n_hull;                    /* cells per axis                                      */
    const ora_train_config *config;    /* borrowed                                            */
} ora_field_room_params;

/*
 * Bytes of a model in training: parameters, their two moments and averages. From above where the
 * grid is as fine as the pictures: the head then has a cell per pixel and fills the picture at most.
 */
uint64_t ora_field_room_model(const ora_field_room_params *p);

/*
 * What is left for training pictures of `ram_bytes`, so that the whole run stays below `ram_bytes`
 * and one ora_field_room_model(): without the program, decoders, tables, two copies of the model to
 * go back to and to write, what a step works with, and previews. 0 where nothing is.
 */
uint64_t ora_field_room_frames(const ora_field_room_params *p, uint64_t ram_bytes);

#endif /* ORA_FIELD_ROOM_H */
