/*
 * make_subject.h - a small subject folder from an exactly known scene: a ball for a head before a
 * coloured wall, on a torso that does not move.
 *
 *     make_subject(test_path("s"), 24);
 *
 * Pictures and mattes are PNG sequences. Frame i is held out where i >= n_frames * 3 / 4.
 */
#ifndef ORA_MAKE_SUBJECT_H
#define ORA_MAKE_SUBJECT_H

#include <stdint.h>

enum { SUBJECT_WIDTH = 64, SUBJECT_HEIGHT = 80 };

#define SUBJECT_FOCAL  110.0
#define SUBJECT_RADIUS 85.0 /* of the ball, mm */

/* Centre of the ball in head space, mm. */
extern const double subject_centre[3];

void make_subject(const char *folder, int n_frames);

/* Head pose of frame i, [3][4] camera_from_head. */
void make_subject_pose(double pose[12], int i);

/* Neutral landmark k, on the front of the ball; what is added to it in frame i. */
void make_subject_neutral(double out[3], int k);
void make_subject_offset(double out[3], int i, int k);

/* RGB of pixel (x, y) in frame i, and its coverage by head and torso, 0..255. */
void make_subject_pixel(uint8_t rgb[3], uint8_t matte[2], int i, int x, int y);

#endif /* ORA_MAKE_SUBJECT_H */
