/*
 * yaml_events.h - YAML text to a flat list of section, key and value.
 */
#ifndef ORA_YAML_EVENTS_H
#define ORA_YAML_EVENTS_H

#include <stddef.h>

#include "orator/status.h"

enum {
    ORA_YAML_MAX_BYTES = 256 << 10, /* of one file              */
    ORA_YAML_MAX_ITEMS = 1024       /* sections and keys in one */
};

typedef struct ora_yaml_item {
    char *section; /* owned; "" for `include`                      */
    char *key;     /* owned; NULL for a section's own line         */
    char *value;   /* owned; NULL with `key`, "" for null or none */
    size_t line;   /* of the key, from 1                           */
} ora_yaml_item;

typedef struct ora_yaml_items {
    ora_yaml_item *item; /* [n], owned, in file order */
    size_t n, capacity;
} ora_yaml_items;

/*
 * Sections of `key: value`, and in front of them at most one `include: file`. Names are compared as
 * options are: case, hyphen and underscore do not count.
 *   ORATOR_E_INVALID  bad YAML, a list, deeper nesting, a second document, an anchor, an alias, a
 *                     tag, a name twice: "a.yaml:3: ..."
 *   ORATOR_E_NOMEM
 */
orator_status ora_yaml_items_parse(ora_yaml_items *out, const char *text, size_t n,
                                   const char *name);
void ora_yaml_items_clear(ora_yaml_items *items);

#endif /* ORA_YAML_EVENTS_H */
