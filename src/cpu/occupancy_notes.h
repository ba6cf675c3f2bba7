/*
 * occupancy_notes.h - which cells of the head box to march through, by rendering weight.
 *
 * The inside of a head has density but never weight, so keeping cells by weight drops it.
 * Arrays of cells are [z][y][x], n of them on each axis.
 */
#ifndef ORA_OCCUPANCY_NOTES_H
#define ORA_OCCUPANCY_NOTES_H

#include "numerics/occupancy.h"

/* notes[cell of position[i]] = max(itself, weight[i]) for i < n_slots; positions outside are left out. */
void ora_occupancy_note(float *notes, int32_t n, const ora_real *position, const float *weight,
                        int64_t n_slots);

/*
 * Clear the bits of cells that are further than one cell (diagonals counted in) from every cell with
 * a note >= threshold, then multiply the notes by decay. `near` is n^3 bytes of scratch. Returns how
 * many cells are left.
 */
int64_t ora_occupancy_prune(ora_occupancy *o, float *notes, float threshold, float decay,
                            uint8_t *near);

#endif /* ORA_OCCUPANCY_NOTES_H */
