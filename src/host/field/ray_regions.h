/*
 * ray_regions.h - the parts of one training picture that rays are drawn from.
 */
#ifndef ORA_RAY_REGIONS_H
#define ORA_RAY_REGIONS_H

#include "field/error_map.h"
#include "field/training_set.h"

/* Boxes are x0, y0, x1, y1, exclusive, clipped to the picture and never empty. */
typedef struct ora_ray_regions {
    const uint8_t *pixels; /* of the frame, borrowed from the store */
    int32_t id;
    int32_t width, height;
    int32_t widen;   /* pixels around the head's matte that count as head: 6/192 of the width */
    int32_t head[4]; /* box of the matte, widened             */
    int32_t mouth[4], eyes[4], face[4];
    int32_t neck[4]; /* between landmarks 5 and 11, from the mouth to 0.35 face heights (landmark 27
                        to 8) below the chin */
    bool has_neck;   /* the column lies in the picture; else `neck` is the whole picture */
} ora_ray_regions;

/*
 * `head_box` [4] keeps the widened box of the matte between calls for the same frame; all 0 before
 * the first.
 */
void ora_ray_regions_find(ora_ray_regions *r, const ora_training_set *set, int32_t id,
                          const uint8_t *pixels, int32_t head_box[4]);

/* Even draw in a box. */
void ora_ray_pick_box(int32_t xy[2], const int32_t box[4], ora_rng *rng);

/* In the widened matte of the head, by the error map. */
void ora_ray_pick_head(int32_t xy[2], const ora_ray_regions *r, const ora_error_map *map,
                       ora_rng *rng);

/* Where the torso's matte or its near surroundings are. */
void ora_ray_pick_torso(int32_t xy[2], const ora_ray_regions *r, ora_rng *rng);

/* On the outline of the head's matte, above the mouth. */
void ora_ray_pick_outline(int32_t xy[2], const ora_ray_regions *r, ora_rng *rng);

/* Cell of the error map; -1 outside the head's box. */
int32_t ora_ray_error_cell(const ora_ray_regions *r, int32_t x, int32_t y);

/* The ray through the middle of pixel x, y; slot = index of the frame in the batch. */
void ora_ray_make(ora_field_ray *ray, const ora_training_set *set, const ora_ray_regions *r,
                  int32_t slot, const int32_t xy[2]);

#endif /* ORA_RAY_REGIONS_H */
