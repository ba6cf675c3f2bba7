/*
 * make_dataset.h - miniatures of the folders other systems leave, from an exactly known camera, head
 * motion and 3-D points, written with those systems' own formulas.
 */
#ifndef ORA_MAKE_DATASET_H
#define ORA_MAKE_DATASET_H

#include <stdbool.h>
#include <stdint.h>

enum { DATASET_SIZE = 32, DATASET_POINTS = 68 };

typedef enum dataset_flavour {
    DATASET_ADNERF,
    DATASET_RADNERF,
    DATASET_ERNERF,
    DATASET_SYNCTALK
} dataset_flavour;

typedef struct make_adnerf_spec {
    dataset_flavour flavour; /* which features lie there                                         */
    int n_frames;            /* numbers 0..n-1                                                   */
    int hole;                /* number without picture, landmarks and parsing; -1 = none         */
    int no_landmarks;        /* number whose .lms alone is missing; -1 = none                    */
    int other_sound;         /* number whose aud_id is that of the next frame; -1 = none         */
    bool by_position;        /* poses numbered by position among the frames with landmarks       */
    bool no_transforms;      /* only track_params.pt                                             */
} make_adnerf_spec;

make_adnerf_spec make_adnerf_spec_default(void);
void make_adnerf(const char *folder, const make_adnerf_spec *spec);

typedef struct make_geneface_spec {
    int n_frames;
    int first;       /* number of the first picture, 0 or 1                                       */
    bool is_pickled; /* coeff_fit_mp.npy alone, without the plain arrays                          */
} make_geneface_spec;

make_geneface_spec make_geneface_spec_default(void);
void make_geneface(const char *folder, const make_geneface_spec *spec);

/* Landmark k of the head, millimetres in head space. */
void dataset_point(double out[3], int k);

/* Where the tracker of each family sees landmark k in frame i, pixels. */
void dataset_adnerf_pixel(double out[2], int i, int k);
void dataset_geneface_pixel(double out[2], int i, int k);

/* Bytes of an object array as numpy.save() writes a dictionary: header '|O' and a pickle. */
void dataset_write_pickle(const char *path);

#endif /* ORA_MAKE_DATASET_H */
