/*
 * field_model.h - sizes and parameter layout of the landmark-conditioned field.
 *
 * Per sample of a head ray (widths in floats; ReLU where not said otherwise):
 *
 *     x          = grid(position)                    [n_position]  three axis planes, bilinear
 *     a          = sigmoid(att2(att1(x)))            [48]          region attention
 *     g          = a * code(frame)                   [48]          mouth code 32 | eye code 16
 *     h          = den2(den1([x | g]))               [64]
 *     [u | s]    = out(h), no activation             [64 | 1]
 *     density    = ORA_DENSITY_UNIT * exp(s)         per mm
 *     rgb        = sigmoid(col(relu(u + ray(v))))    [3]
 *
 * v = [spherical harmonics of the viewing direction 9 | camera's up axis 3, both in head space |
 * appearance code of the frame 8]: once per ray. The density net's linear output layer and the
 * colour net's first layer are one matrix, there being no activation between them.
 *
 * Per pixel of the torso, q = affine(frame) pixel:
 *
 *     q'         = q + TORSO_REACH * tanh-like(tdef2(tdef1([waves(q) | torso_pose(frame)])))
 *     [rgb | a]  = sigmoid(tcol2(tcol1([grid(scale q') | torso_pose(frame)])))
 *
 * where scale is 1, or in a picture that is higher than wide width / height.
 *
 * Per frame, for each of the 5 frames around it: mouth2(mouth1(mouth_in)), eye2(eye1(eye_in)); the
 * code is their average by softmax(taps).
 *
 * A layer's weights are [n_in][n_out_pad], n_out_pad = n_out up to a multiple of 16; padding is 0
 * and stays so. All layers lie in one array theta[n_theta], grids in arrays of their own.
 */
#ifndef ORA_FIELD_MODEL_H
#define ORA_FIELD_MODEL_H

#include "numerics/grid.h"
#include "numerics/inline.h"

enum {
    ORA_MOUTH_IN = 24, /* whitened components of mouth and jaw                             */
    ORA_EYE_IN = 16,   /* whitened components of eyes and brows 8, lids 2, brows 2, gaze 2, 0 0 */
    ORA_COND_IN = 40,  /* the two of them                                                  */
    ORA_COND_TAPS = 5, /* frames t-2 .. t+2 at 25 Hz                                       */
    ORA_MOUTH_CODE = 32,
    ORA_EYE_CODE = 16,
    ORA_CODE = 48,
    ORA_APPEARANCE = 8,
    ORA_VIEW = 20,       /* 9 + 3 + ORA_APPEARANCE                                           */
    ORA_TORSO_POSE = 8,  /* of the head relative to the mean, of small spread: 6 numbers, 0 0 */
    ORA_TORSO_WAVES = 8, /* sin and cos of pi q, 2 pi q: x, x, y, y each                     */
    ORA_FIELD_HIDDEN = 64,
    ORA_FIELD_ATTENTION = 32,
    ORA_FIELD_MAX_POSITION = 96,
    ORA_FIELD_MAX_STEPS = 16 /* of a ray: its sample set is a 16-bit mask                    */
};

#define ORA_DENSITY_UNIT    ORA_REAL(0.05) /* per mm */
#define ORA_DENSITY_MAX_LOG ORA_REAL(8.0)
#define ORA_TORSO_REACH     ORA_REAL(0.03) /* of the picture's width */

typedef enum ora_layer_id {
    ORA_LAYER_ATT1 = 0, /* n_position -> 32                  */
    ORA_LAYER_ATT2,     /* 32 -> 48                          */
    ORA_LAYER_DEN1,     /* n_position + 48 -> 64             */
    ORA_LAYER_DEN2,     /* 64 -> 64                          */
    ORA_LAYER_OUT,      /* 64 -> 64 + 1                      */
    ORA_LAYER_RAY,      /* ORA_VIEW -> 64, no bias           */
    ORA_LAYER_COL,      /* 64 -> 3                           */
    ORA_LAYER_TDEF1,    /* 8 + 8 -> 32                       */
    ORA_LAYER_TDEF2,    /* 32 -> 2                           */
    ORA_LAYER_TCOL1,    /* torso features + 8 -> 64          */
    ORA_LAYER_TCOL2,    /* 64 -> 3 + 1                       */
    ORA_LAYER_MOUTH1,   /* 24 -> 64                          */
    ORA_LAYER_MOUTH2,   /* 64 -> 32                          */
    ORA_LAYER_EYE1,     /* 16 -> 32                          */
    ORA_LAYER_EYE2,     /* 32 -> 16                          */
    ORA_LAYER_COUNT
} ora_layer_id;

typedef struct ora_layer {
    int32_t n_in, n_out, n_out_pad;
    int32_t weight; /* index in theta of [n_in][n_out_pad]      */
    int32_t bias;   /* index in theta of [n_out_pad]; -1 = none */
} ora_layer;

/* POD, the same bytes on host and device. */
typedef struct ora_field_model {
    ora_grid head, torso;
    ora_layer layer[ORA_LAYER_COUNT];
    int32_t mouth_taps, eye_taps; /* index in theta of [16], 5 used: logits          */
    int32_t n_theta;              /* floats, a multiple of 16                        */
    int32_t n_position;           /* head.n_planes * n_levels * n_features           */
} ora_field_model;

/*
 * Fill in everything but the grids from model->head and model->torso. n_position must come out at
 * most ORA_FIELD_MAX_POSITION and torso features at most 32.
 */
ORA_NUM void ora_field_model_layout(ora_field_model *m)
{
    const int32_t position = m->head.n_planes * m->head.n_levels * m->head.n_features;
    const int32_t torso = m->torso.n_planes * m->torso.n_levels * m->torso.n_features;
    const int32_t n_in[ORA_LAYER_COUNT] = {position,
                                           ORA_FIELD_ATTENTION,
                                           position + ORA_CODE,
                                           ORA_FIELD_HIDDEN,
                                           ORA_FIELD_HIDDEN,
                                           ORA_VIEW,
                                           ORA_FIELD_HIDDEN,
                                           ORA_TORSO_WAVES + ORA_TORSO_POSE,
                                           32,
                                           torso + ORA_TORSO_POSE,
                                           ORA_FIELD_HIDDEN,
                                           ORA_MOUTH_IN,
                                           64,
                                           ORA_EYE_IN,
                                           32};
    const int32_t n_out[ORA_LAYER_COUNT] = {ORA_FIELD_ATTENTION,
                                            ORA_CODE,
                                            ORA_FIELD_HIDDEN,
                                            ORA_FIELD_HIDDEN,
                                            ORA_FIELD_HIDDEN + 1,
                                            ORA_FIELD_HIDDEN,
                                            3,
                                            32,
                                            2,
                                            ORA_FIELD_HIDDEN,
                                            4,
                                            64,
                                            ORA_MOUTH_CODE,
                                            32,
                                            ORA_EYE_CODE};
    int32_t at = 0;

    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        ora_layer *l = &m->layer[i];

        l->n_in = n_in[i];
        l->n_out = n_out[i];
        l->n_out_pad = (n_out[i] + 15) / 16 * 16;
        l->weight = at;
        at += l->n_in * l->n_out_pad;
        l->bias = i == ORA_LAYER_RAY ? -1 : at;
        at += i == ORA_LAYER_RAY ? 0 : l->n_out_pad;
    }
    m->mouth_taps = at;
    m->eye_taps = at + 16;
    m->n_theta = at + 32;
    m->n_position = position;
}

#endif /* ORA_FIELD_MODEL_H */
