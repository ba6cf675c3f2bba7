/* What a run's memory leaves for pictures. */
#include "support/check.h"

#include "pipeline/field_room.h"

enum { MB = 1 << 20 };

static const uint64_t GB = 1 << 30;

static ora_field_room_params room(const ora_train_config *config, int32_t side, int64_t n_frames)
{
    return (ora_field_room_params){.width = side,
                                   .height = side,
                                   .train_width = side,
                                   .train_height = side,
                                   .n_frames = n_frames,
                                   .n_hull = 96,
                                   .config = config};
}

/* Levels of 32 and 64 cells, 2 features, up to a multiple of 4, 3 planes; torso 5 levels of 4. */
TEST(field_room, the_model_is_its_arrays)
{
    ora_train_config c = ora_train_config_default();
    const ora_field_room_params p = room(&c, 64, 10);
    const uint64_t torso = 4 * (17 * 17 + 24 * 24 + 33 * 33 + 46 * 46 + 65 * 65);

    c.grid_levels = 2;
    c.grid_features = 2;
    CHECK_I64((int64_t)ora_field_room_model(&p),
              (int64_t)(16 * (3 * (2180 + 8452) + torso + 10 * 26)));
}

/* A run of 15000 frames of 512x512 took 299 MB beside pictures and 68 of them for its model. */
TEST(field_room, ten_minutes_leave_room_for_the_run)
{
    const ora_train_config c = ora_train_config_default();
    const ora_field_room_params p = room(&c, 512, 15000);
    const uint64_t left = ora_field_room_frames(&p, 2 * GB);

    CHECK(left < 2 * GB - (299 - 68) * MB);
    CHECK(left > GB + GB / 2);
}

TEST(field_room, what_is_more_leaves_less)
{
    ora_train_config c = ora_train_config_default();
    const ora_field_room_params small = room(&c, 128, 100);
    const ora_field_room_params large = room(&c, 256, 100);
    const ora_field_room_params longer = room(&c, 128, 10000);
    const uint64_t left = ora_field_room_frames(&small, GB);

    CHECK(ora_field_room_frames(&large, GB) < left);
    CHECK(ora_field_room_frames(&longer, GB) < left);
    c.grid_fine = 1024;
    CHECK(ora_field_room_frames(&small, GB) < left);
    CHECK_I64((int64_t)ora_field_room_frames(&small, 1), 0);
}
