#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "formats/json_file.h"
#include "support/json_schema.h"

static char why[256];

static bool holds(const char *schema_text, const char *text)
{
    cJSON *schema = NULL;
    cJSON *value = NULL;
    bool ok;

    CHECK_OK(ora_json_parse(&schema, schema_text, strlen(schema_text), "schema"));
    CHECK_OK(ora_json_parse(&value, text, strlen(text), "value"));
    why[0] = 0;
    ok = json_schema_holds(schema, value, why, sizeof why);
    cJSON_Delete(schema);
    cJSON_Delete(value);
    return ok;
}

TEST(json_schema, types_are_told_apart)
{
    CHECK(holds("{\"type\":\"integer\"}", "3"));
    CHECK(!holds("{\"type\":\"integer\"}", "3.5"));
    CHECK(!holds("{\"type\":\"string\"}", "3"));
    CHECK(holds("{\"type\":[\"integer\",\"null\"]}", "null"));
    CHECK(!holds("{\"type\":[\"integer\",\"null\"]}", "\"x\""));
    CHECK(holds("{\"type\":\"boolean\"}", "false"));
}

TEST(json_schema, faults_are_found_inside_and_named)
{
    static const char schema[] =
        "{\"type\":\"object\",\"required\":[\"a\"],\"additionalProperties\":false,"
        "\"properties\":{\"a\":{\"type\":\"array\",\"minItems\":1,"
        "\"items\":{\"type\":\"number\",\"minimum\":0}},\"b\":{\"enum\":[\"x\",\"y\"]},"
        "\"c\":{\"const\":\"k/1\"}}}";

    CHECK(holds(schema, "{\"a\":[1,2.5],\"b\":\"y\",\"c\":\"k/1\"}"));
    CHECK(!holds(schema, "{\"b\":\"x\"}"));
    CHECK_TEXT(why, ": lacks a");
    CHECK(!holds(schema, "{\"a\":[1,-1]}"));
    CHECK_TEXT(why, ".a[1]: is below its minimum");
    CHECK(!holds(schema, "{\"a\":[]}"));
    CHECK(!holds(schema, "{\"a\":[1],\"b\":\"z\"}"));
    CHECK(!holds(schema, "{\"a\":[1],\"c\":\"k/2\"}"));
    CHECK(!holds(schema, "{\"a\":[1],\"d\":1}"));
    CHECK_TEXT(why, ".d: is not in the schema");
}

TEST(json_schema, unknown_keywords_are_faults_of_the_schema)
{
    CHECK(!holds("{\"pattern\":\"x\"}", "\"x\""));
}

TEST(json_schema, one_alternative_by_kind_and_definitions)
{
    static const char schema[] =
        "{\"oneOf\":[{\"required\":[\"a\"],\"properties\":{\"kind\":{\"const\":\"a\"},"
        "\"a\":{\"$ref\":\"#/$defs/n\"}}},{\"required\":[\"b\"],"
        "\"properties\":{\"kind\":{\"const\":\"b\"}}}],"
        "\"$defs\":{\"n\":{\"type\":\"number\"}}}";

    CHECK(holds(schema, "{\"kind\":\"a\",\"a\":1}"));
    CHECK(holds(schema, "{\"kind\":\"b\",\"b\":1}"));
    CHECK(!holds(schema, "{\"kind\":\"a\",\"a\":\"1\"}"));
    CHECK_TEXT(why, ".a: want number");
    CHECK(!holds(schema, "{\"kind\":\"c\",\"a\":1}"));
    CHECK(!holds(schema, "{\"a\":1,\"b\":1}"));
    CHECK(!holds("{\"$ref\":\"#/$defs/x\"}", "1"));
}
