/*
 * make_kind.h - one small file of each kind that orator knows, with known content.
 *
 * The running case fails where a file cannot be written.
 */
#ifndef ORA_MAKE_KIND_H
#define ORA_MAKE_KIND_H

#include <stdbool.h>

/*
 * clip          64x48, 10 frames at 25 per second, BT.709, FFV1 or what the container wants, with sound
 * mute          the same without sound
 * long          128x96, 200 frames with sound
 * odd           63x47, without sound
 * sound         0.5 s at 48 kHz, one channel, in anything but WAV without a picture
 * picture       5x3 PNG, 16 bit, four channels
 * exr           6x4, colour and a depth layer, 24000/1001, time code 01:00:00:00, BT.709
 * array         f4 of [2][3]
 * tensors       "a" f32 [2][2], "b" u8 [3]; metadata "who": "test"
 * livelink      30 frames at 60 per second from 00:00:00:50 with one row missing
 * audio2face    3 frames of 2 poses at 30 per second
 * motion_track  4 frames at 24000/1001, frame 2 not valid; NAME.json and NAME.npy
 * field         of a box of fog, 32x24, 8 frames of plate at 25 per second: field.safetensors
 * model         folder with such a field
 * landmarks     .lms or .pts: landmark i at (i, 2 i)
 * adnerf        folder of the AD-NeRF family
 * geneface      folder as GeneFace leaves it
 * pickled       the same, poses in a pickle alone
 * False where the kind is not known.
 */
bool make_kind(const char *kind, const char *path);

#endif /* ORA_MAKE_KIND_H */
