/*
 * picture_fixture.h - small pictures for the tests of subject folders.
 */
#ifndef ORA_PICTURE_FIXTURE_H
#define ORA_PICTURE_FIXTURE_H

/* A grey 8-bit PNG with 3 or 4 channels. */
void write_test_png(const char *path, int width, int height, int channels);

/* Noise as JPEG; even sizes. */
void write_test_jpeg(const char *path, int width, int height);

#endif /* ORA_PICTURE_FIXTURE_H */
