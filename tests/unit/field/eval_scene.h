/*
 * eval_scene.h - a small training set with an engine that answers with the truth and a known error.
 */
#ifndef ORA_EVAL_SCENE_H
#define ORA_EVAL_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "field/field_eval.h"
#include "made_frames.h"
#include "numerics/rng.h"
#include "support/check.h"

enum { SCENE_WIDTH = 96, SCENE_HEIGHT = 80, SCENE_T = 40, SCENE_TRAIN = 20 };

typedef struct told_engine {
    ora_field_engine base;
    const ora_training_set *set;
    int error;       /* added to every value, of 255                      */
    int mouth_error; /* in the mouth box of frame bad_frame only          */
    int64_t bad_frame;
    int32_t shift; /* pixels by which the picture is moved to the right */
    ora_field_view last;
    int64_t n_renders;
} told_engine;

typedef struct eval_scene {
    made_frames frames;
    ora_training_set set;
    told_engine engine;
    uint8_t use[SCENE_T];
    float pose[SCENE_T][12];
    float points[SCENE_T][ORATOR_LANDMARKS][2];
    float torso_pose[SCENE_T][ORA_TORSO_POSE];
    float torso_affine[SCENE_T][6];
    float background[SCENE_HEIGHT * SCENE_WIDTH * 3];
} eval_scene;

/* Random values 40..215, so that an error of up to 40 is never clamped; head in 30..65 x 10..50. */
static inline void eval_scene_draw(uint8_t *pixels, int32_t width, int32_t height, int64_t id)
{
    for (int32_t i = 0; i < width * height; i++) {
        const ora_philox_block r = ora_rng_block(7, (uint64_t)id, (uint64_t)i);
        const int32_t x = i % width;
        const int32_t y = i / width;
        uint8_t *p = pixels + (size_t)i * ORA_STORE_CHANNELS;

        for (int c = 0; c < 3; c++)
            p[c] = (uint8_t)(40 + r.word[c] % 176);
        p[3] = x >= 30 && x < 65 && y >= 10 && y < 50 ? 255 : 0;
        p[4] = y >= 50 ? 255 : 0;
    }
}

static inline orator_status told_render(ora_field_engine *e, const ora_field_view *view,
                                        const ora_field_pixels *out)
{
    told_engine *t = (told_engine *)e;
    const int64_t id = view->frame.id;
    const uint8_t *truth = ora_frame_store_get(t->set->frames, id);
    int32_t mouth[4];

    ora_training_set_box(t->set, id, ORA_REGION_MOUTH, mouth);
    t->last = *view;
    t->n_renders++;
    for (int32_t y = view->y0; y < view->y1; y++) {
        for (int32_t x = view->x0; x < view->x1; x++) {
            const int32_t from = x - t->shift < 0 ? 0 : x - t->shift;
            const bool is_mouth = x >= mouth[0] && x < mouth[2] && y >= mouth[1] && y < mouth[3];
            const int error = t->error + (is_mouth && id == t->bad_frame ? t->mouth_error : 0);

            for (int c = 0; c < 3; c++)
                out->rgb[(y * SCENE_WIDTH + x) * 3 + c] =
                    (ora_real)(truth[(y * SCENE_WIDTH + from) * ORA_STORE_CHANNELS + c] + error) /
                    ORA_REAL(255.0);
        }
    }
    return ORATOR_OK;
}

static const ora_field_engine_ops told_ops = {.name = "told", .render = told_render};

static inline void eval_scene_open(eval_scene *s)
{
    memset(s, 0, sizeof *s);
    s->frames = (made_frames){
        .draw = eval_scene_draw, .width = SCENE_WIDTH, .height = SCENE_HEIGHT, .n = SCENE_T};
    s->set = (ora_training_set){
        .rate = {25, 1},
        .n_frames = SCENE_T,
        .camera = {.focal = 200, .centre = {48, 40}, .width = SCENE_WIDTH, .height = SCENE_HEIGHT},
        .use = s->use,
        .pose = &s->pose[0][0],
        .points = &s->points[0][0][0],
        .torso_pose = &s->torso_pose[0][0],
        .torso_affine = &s->torso_affine[0][0],
        .background = s->background,
    };
    for (int64_t i = 0; i < SCENE_T; i++) {
        s->use[i] = i < SCENE_TRAIN ? ORA_USE_TRAIN : ORA_USE_VAL;
        s->pose[i][0] = (float)i;
        s->torso_affine[i][2] = (float)(1000 + i);
        s->torso_pose[i][0] = 0.1f * (float)i;
        for (int k = 0; k < ORATOR_LANDMARKS; k++) {
            /* eyes at y 20..24, mouth at y 36..42, all between x 36 and 60 */
            s->points[i][k][0] = 36.0f + 2.0f * (float)(k % 13);
            s->points[i][k][1] = k >= 48 ? 36.0f + 2.0f * (float)(k % 4) : 20.0f + (float)(k % 5);
        }
    }
    CHECK_OK(orator_motion_track_create(&s->set.track, SCENE_T, 25, 1));
    CHECK_OK(made_frames_store(&s->set.frames, NULL, &s->frames, 1 << 28));
    s->engine = (told_engine){.base = {&told_ops}, .set = &s->set, .bad_frame = -1};
}

static inline void eval_scene_close(eval_scene *s)
{
    ora_frame_store_close(&s->set.frames);
    orator_motion_track_destroy(&s->set.track);
}

#endif /* ORA_EVAL_SCENE_H */
