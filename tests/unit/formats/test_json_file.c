#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/json_check.h"
#include "formats/json_file.h"

static orator_status parse(cJSON **out, const char *text)
{
    return ora_json_parse(out, text, strlen(text), "t.json");
}

/* Refused as damaged, with `part` in the message. */
static void refuse(const char *text, const char *part)
{
    cJSON *json = NULL;

    CHECK_STATUS(parse(&json, text), ORATOR_E_FORMAT);
    CHECK(json == NULL);
    CHECK_ERROR_HAS("t.json");
    CHECK_ERROR_HAS(part);
}

TEST(json, members_come_back_with_their_types)
{
    cJSON *json, *o;
    const char *text;
    double d, three[3];
    int64_t i, num, den;
    bool b;

    CHECK_OK(parse(&json,
                   "\xef\xbb\xbf{\"t\":\"\\u00e9\\ud83d\\ude00\",\"i\":-12,\"d\":1.5e-3,"
                   "\"b\":true,\"a\":[1,2,3],\"o\":{},\"r\":\"24000/1001\",\"q\":\"25\"}\n"));
    CHECK_OK(ora_json_get_text(&text, json, "t", "t.json"));
    CHECK_TEXT(text, "\xc3\xa9\xf0\x9f\x98\x80");
    CHECK_OK(ora_json_get_i64(&i, json, "i", -12, 0, "t.json"));
    CHECK_I64(i, -12);
    CHECK_OK(ora_json_get_f64(&d, json, "d", "t.json"));
    CHECK(d == 1.5e-3);
    CHECK_OK(ora_json_get_bool(&b, json, "b", "t.json"));
    CHECK(b);
    CHECK_OK(ora_json_get_f64_array(three, 3, json, "a", "t.json"));
    CHECK(three[0] == 1.0 && three[2] == 3.0);
    CHECK_OK(ora_json_get_object(&o, json, "o", "t.json"));
    CHECK_OK(ora_json_get_array(&o, json, "a", "t.json"));
    CHECK_OK(ora_json_get_rate(&num, &den, json, "r", "t.json"));
    CHECK(num == 24000 && den == 1001);
    CHECK_OK(ora_json_get_rate(&num, &den, json, "q", "t.json"));
    CHECK(num == 25 && den == 1);
    cJSON_Delete(json);
}

TEST(json, missing_and_mistyped_members_are_named)
{
    cJSON *json;
    int64_t i, den;
    double d[2];
    const char *text;

    CHECK_OK(parse(&json,
                   "{\"w\":\"8\",\"big\":9007199254740992,\"half\":0.5,\"inf\":1e999,"
                   "\"a\":[1,null],\"r\":\"0/1\",\"r2\":\"24/1.5\",\"r3\":\"99999999999\"}"));
    CHECK_STATUS(ora_json_get_i64(&i, json, "width", 0, 9, "s.json"), ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "'s.json': 'width' is missing, want a number");
    CHECK_STATUS(ora_json_get_i64(&i, json, "w", 0, 9, "s.json"), ORATOR_E_FORMAT);
    CHECK_TEXT(orator_last_error(), "'s.json': 'w' is a text, want a number");
    CHECK_STATUS(ora_json_get_text(&text, json, "big", "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_i64(&i, json, "big", 0, INT64_MAX, "s.json"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("2^53");
    CHECK_STATUS(ora_json_get_i64(&i, json, "half", 0, 9, "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_i64(&i, json, "inf", 0, 9, "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_f64(d, json, "inf", "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_f64_array(d, 2, json, "a", "s.json"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'a'[1] is null");
    CHECK_STATUS(ora_json_get_f64_array(d, 1, json, "a", "s.json"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("has 2 numbers, want 1");
    CHECK_STATUS(ora_json_get_rate(&i, &den, json, "r", "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_rate(&i, &den, json, "r2", "s.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_get_rate(&i, &den, json, "r3", "s.json"), ORATOR_E_FORMAT);
    cJSON_Delete(json);
}

TEST(json, damage_is_refused_with_its_line)
{
    refuse("", "found the end of the text, want a value");
    refuse("{\"a\": 1,\n\"b\": ]}", "line 2: found ']', want a value");
    refuse("[1, 2", "want ',' or the closing bracket");
    refuse("[1, 2}", "found '}'");
    refuse("{\"a\" 1}", "want ':'");
    refuse("{a: 1}", "found 'a', want a key");
    refuse("[1,]", "want a value");
    refuse("1 2", "want the end");
    refuse("[01]", "leading zero");
    refuse("[1.]", "want a digit");
    refuse("[.5]", "want a value");
    refuse("[+1]", "want a value");
    refuse("[NaN]", "want a value");
    refuse("[nul]", "want a value");
    refuse("{\"a\":1,\"b\":{\"c\":1,\"d\":2,\"c\":3}}", "'c' stands twice");
    refuse("[\"a\nb\"]", "unprintable");
    refuse("[\"a", "want a closing");
    refuse("[\"\\q\"]", "want an escape");
    refuse("[\"\\u00\"]", "hexadecimal");
    refuse("[\"\\u0000\"]", "escaped NUL");
    refuse("[\"\\ud83d\"]", "surrogate");
    refuse("[\"\\ude00\"]", "surrogate");
    refuse("[\"\xff\"]", "UTF-8");
    refuse("[\"\xc0\xaf\"]", "UTF-8");
    refuse("[\"\xe0\x80\xaf\"]", "UTF-8");
    refuse("[\"\xed\xa0\x80\"]", "UTF-8");
    refuse("[\"\xf4\x90\x80\x80\"]", "UTF-8");
    refuse("[\"\xe2\x82", "UTF-8");
    refuse("[1234567890123456789012345678901234567890123456789012345678901234]", "63 characters");
}

TEST(json, nul_bytes_and_depth_and_size_have_limits)
{
    char deep[2 * 65 + 1];
    cJSON *json = NULL;

    CHECK_STATUS(ora_json_parse(&json, "[1\0]", 4, "t.json"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("NUL");
    CHECK_STATUS(ora_json_parse(&json, "[1]\0", 4, "t.json"), ORATOR_E_FORMAT);
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    CHECK_STATUS(ora_json_parse(&json, deep, 130, "t.json"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("64");
    CHECK_OK(ora_json_parse(&json, deep + 1, 128, "t.json"));
    cJSON_Delete(json);
    CHECK_STATUS(ora_json_check("", (size_t)ORA_JSON_MAX_BYTES + 1, "t.json"), ORATOR_E_FORMAT);
    CHECK_STATUS(ora_json_read(&json, test_path("absent.json")), ORATOR_E_IO);
}

TEST(json, text_is_not_read_past_its_end)
{
    char *text = malloc(3); /* exactly, so that the address sanitizer sees one byte too many */
    cJSON *json;

    CHECK(text != NULL);
    memcpy(text, "123", 3);
    CHECK_OK(ora_json_parse(&json, text, 3, "t.json"));
    CHECK(json->valuedouble == 123.0);
    cJSON_Delete(json);
    free(text);
}

TEST(json, written_numbers_read_back_with_the_same_bits)
{
    const double values[] = {0.1 + 0.2, 9007199254740991.0, -0.0, 1e300, 5e-324, 1e6, -1.0 / 3.0};
    const int n = (int)(sizeof values / sizeof values[0]);
    double back[sizeof values / sizeof values[0]];
    cJSON *json = cJSON_CreateObject();
    cJSON *read = NULL;

    cJSON_AddItemToObject(json, "v", cJSON_CreateDoubleArray(values, n));
    CHECK_OK(ora_json_write(json, test_path("numbers.json")));
    CHECK_OK(ora_json_read(&read, test_path("numbers.json")));
    CHECK_OK(ora_json_get_f64_array(back, n, read, "v", "numbers.json"));
    CHECK(memcmp(back, values, sizeof values) == 0);
    cJSON_Delete(read);
    cJSON_Delete(json);
}

TEST(json, text_is_indented_and_keeps_order)
{
    cJSON *json;
    char *text;

    CHECK_OK(parse(&json,
                   "{\"b\":1000000,\"a\":{\"x\":[1,2.5,null],\"e\":{},\"s\":\"q\\\"\\n\\u0001\"},"
                   "\"rows\":[[1],[true,false]]}"));
    CHECK_OK(ora_json_print(&text, json));
    CHECK_TEXT(text, "{\n"
                     "  \"b\": 1000000,\n"
                     "  \"a\": {\n"
                     "    \"x\": [1, 2.5, null],\n"
                     "    \"e\": {},\n"
                     "    \"s\": \"q\\\"\\n\\u0001\"\n"
                     "  },\n"
                     "  \"rows\": [\n"
                     "    [1],\n"
                     "    [true, false]\n"
                     "  ]\n"
                     "}\n");
    free(text);
    cJSON_AddNumberToObject(json, "nan", (double)NAN);
    CHECK_STATUS(ora_json_write(json, test_path("nan.json")), ORATOR_E_INVALID);
    CHECK(!ora_file_exists(test_path("nan.json")));
    cJSON_Delete(json);
}
