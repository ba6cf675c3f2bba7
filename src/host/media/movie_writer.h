/*
 * movie_writer.h - a movie file with one picture stream and at most one of sound.
 *
 * All goes to a temporary name; finish publishes it.
 */
#ifndef ORA_MOVIE_WRITER_H
#define ORA_MOVIE_WRITER_H

#include "media/encoder_setup.h"

typedef struct ora_movie_writer ora_movie_writer;

/* `params` are borrowed until close. Errors of ora_video_writer_open(). */
orator_status ora_movie_writer_open(ora_movie_writer **out, orator_context *ctx,
                                    const ora_encoder_plan *plan,
                                    const ora_video_writer_params *params);

/* Next frame; straight alpha, primaries and transfer of the plan. ORATOR_E_WRITE. */
orator_status ora_movie_writer_put(ora_movie_writer *w, const ora_image *image);

/* Everything on disk under its final name. ORATOR_E_WRITE. */
orator_status ora_movie_writer_finish(ora_movie_writer *w);

/* Removes the temporary file when it was not finished. */
void ora_movie_writer_close(ora_movie_writer **w);

#endif /* ORA_MOVIE_WRITER_H */
