#include "support/check.h"

#include <pthread.h>
#include <string.h>

#include "base/status_impl.h"

TEST(status, message_and_context_form_one_chain)
{
    orator_status st = ora_fail(ORATOR_E_FORMAT, "tensor '%s' is [%d]", "w", 3);

    st = ora_while(st, "weights '%s'", "a.safetensors");
    st = ora_while(st, "open stage %d", 1);
    CHECK_I64(st, ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "open stage 1: weights 'a.safetensors': tensor 'w' is [3]");
}

TEST(status, context_on_success_changes_nothing)
{
    (void)ora_fail(ORATOR_E_IO, "kept");
    CHECK_OK(ora_while(ORATOR_OK, "not added"));
    CHECK_TEXT(orator_last_error(), "kept");
}

TEST(status, control_characters_are_replaced)
{
    (void)ora_fail(ORATOR_E_IO, "a\nb\tc\x1b[31md\x7f"
                                "e");
    CHECK_TEXT(orator_last_error(), "a?b?c?[31md?e");
    (void)ora_while(ORATOR_E_IO, "x\r");
    CHECK_TEXT(orator_last_error(), "x?: a?b?c?[31md?e");
    /* C1 in UTF-8: U+009B starts a terminal sequence; other letters stay */
    (void)ora_fail(ORATOR_E_IO, "\xc2\x9b"
                                "31m \xc3\xa9 \xc2\xb0 \xe2\x82\xac \xc2");
    CHECK_TEXT(orator_last_error(), "??31m \xc3\xa9 \xc2\xb0 \xe2\x82\xac \xc2");
}

TEST(status, long_messages_are_cut_and_stay_terminated)
{
    char name[5000];

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    (void)ora_fail(ORATOR_E_IO, "open '%s'", name);
    CHECK_I64(strlen(orator_last_error()), 1023);
    (void)ora_while(ORATOR_E_IO, "%s", name);
    CHECK_I64(strlen(orator_last_error()), 1023);
    (void)ora_fail(ORATOR_E_IO, "short");
    for (int i = 0; i < 1000; i++)
        (void)ora_while(ORATOR_E_IO, "deep");
    CHECK_I64(strlen(orator_last_error()), 1023);
}

TEST(status, a_message_may_be_made_from_the_last_one)
{
    (void)ora_fail(ORATOR_E_IO, "inner");
    (void)ora_fail(ORATOR_E_IO, "outer (%s)", orator_last_error());
    CHECK_TEXT(orator_last_error(), "outer (inner)");
}

static void *fail_elsewhere(void *arg)
{
    CHECK_TEXT(orator_last_error(), "");
    (void)ora_fail(ORATOR_E_NOMEM, "%s", (const char *)arg);
    return NULL;
}

TEST(status, each_thread_has_its_own_text)
{
    char text[] = "elsewhere";
    pthread_t t;

    (void)ora_fail(ORATOR_E_IO, "here");
    CHECK(pthread_create(&t, NULL, fail_elsewhere, text) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    CHECK_TEXT(orator_last_error(), "here");
}

TEST(status, every_code_has_a_name)
{
    for (int st = 0; st >= ORATOR_E_INTERNAL; st--)
        CHECK(strcmp(orator_status_name((orator_status)st), "unknown") != 0);
    CHECK_TEXT(orator_status_name((orator_status)-99), "unknown");
}
