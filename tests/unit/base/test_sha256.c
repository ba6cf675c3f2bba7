#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

static void digest(char out[ORA_SHA256_TEXT], const void *bytes, size_t n)
{
    ora_sha256 h;

    ora_sha256_init(&h);
    ora_sha256_add(&h, bytes, n);
    ora_sha256_finish(&h, out);
}

/* NIST's examples for FIPS 180-4. */
TEST(sha256, known_answers)
{
    static const char *const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char hex[ORA_SHA256_TEXT];

    digest(hex, "", 0);
    CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest(hex, "abc", 3);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest(hex, two, strlen(two));
    CHECK_TEXT(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(sha256, a_million_times_a_in_pieces_of_every_length)
{
    static char as[1000];
    char hex[ORA_SHA256_TEXT];
    ora_sha256 h;
    size_t left = 1000000;

    memset(as, 'a', sizeof as);
    ora_sha256_init(&h);
    for (size_t piece = 0; left > 0; piece = (piece + 1) % sizeof as) {
        const size_t n = piece < left ? piece : left;

        ora_sha256_add(&h, as, n);
        left -= n;
    }
    ora_sha256_finish(&h, hex);
    CHECK_TEXT(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256, every_length_near_the_block_border_agrees_with_byte_by_byte)
{
    unsigned char bytes[200];
    char whole[ORA_SHA256_TEXT], single[ORA_SHA256_TEXT];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        ora_sha256 h;

        digest(whole, bytes, n);
        ora_sha256_init(&h);
        for (size_t i = 0; i < n; i++)
            ora_sha256_add(&h, bytes + i, 1);
        ora_sha256_finish(&h, single);
        CHECK_TEXT(single, whole);
    }
}

TEST(sha256, file_agrees_with_sha256sum)
{
    static unsigned char bytes[70001];
    char hex[ORA_SHA256_TEXT], want[ORA_SHA256_TEXT] = "";
    const char *path = test_path("some.bin");
    char command[1024];
    FILE *p;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    test_write(path, bytes, sizeof bytes);
    CHECK_OK(ora_sha256_file(hex, path));
    (void)snprintf(command, sizeof command, "sha256sum '%s' 2>/dev/null", path);
    p = popen(command, "r");
    if (!p || fscanf(p, "%64s", want) != 1) {
        if (p)
            (void)pclose(p);
        SKIP("no sha256sum");
    }
    (void)pclose(p);
    CHECK_TEXT(hex, want);
}

TEST(sha256, missing_file_and_folder_are_io_errors)
{
    char hex[ORA_SHA256_TEXT] = "x";

    CHECK_STATUS(ora_sha256_file(hex, test_path("absent")), ORATOR_E_IO);
    CHECK_ERROR_HAS("absent");
    CHECK_TEXT(hex, "");
    CHECK_STATUS(ora_sha256_file(hex, test_folder()), ORATOR_E_IO);
}
