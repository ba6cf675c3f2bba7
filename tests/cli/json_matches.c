/*
 * json_matches.c - json_matches SCHEMA FILE [--lines]: does FILE, or each of its lines, hold what
 * data/schemas/SCHEMA.schema.json describes? For .cli scripts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "formats/json_file.h"
#include "support/json_schema.h"

enum { MAX_BYTES = 1 << 24 };

static int check(const cJSON *schema, const char *text, size_t n, const char *name)
{
    char why[512];
    cJSON *value = NULL;
    int rc = 0;

    if (ora_json_parse(&value, text, n, name) != ORATOR_OK) {
        (void)printf("%s\n", orator_last_error());
        return 1;
    }
    if (!json_schema_holds(schema, value, why, sizeof why)) {
        (void)printf("%s: %s\n", name, why);
        rc = 1;
    }
    cJSON_Delete(value);
    return rc;
}

int main(int argc, char **argv)
{
    const bool by_line = argc == 4 && strcmp(argv[3], "--lines") == 0;
    const char *source = getenv("SOURCE");
    char path[4096];
    unsigned char *bytes = NULL;
    cJSON *schema = NULL;
    size_t n = 0;
    int rc = 0;

    if (argc < 3 || !source)
        return 2;
    (void)snprintf(path, sizeof path, "%s/data/schemas/%s.schema.json", source, argv[1]);
    if (ora_json_read(&schema, path) != ORATOR_OK ||
        ora_file_read_all(&bytes, &n, argv[2], MAX_BYTES) != ORATOR_OK) {
        (void)printf("%s\n", orator_last_error());
        cJSON_Delete(schema);
        return 1;
    }
    if (by_line) {
        for (const char *s = (const char *)bytes; *s && rc == 0;) {
            const size_t length = strcspn(s, "\n");

            rc = check(schema, s, length, argv[2]);
            s += length + (s[length] == '\n');
        }
    } else {
        rc = check(schema, (const char *)bytes, n, argv[2]);
    }
    free(bytes);
    cJSON_Delete(schema);
    return rc;
}
