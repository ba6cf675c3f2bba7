#include "formats/yaml_events.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/status_impl.h"
#include "base/text.h"

typedef struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one, to be deleted */
    bool has_event;
    const char *name;
    ora_yaml_items items;
} reader;

static size_t line_of(const reader *r)
{
    return r->event.start_mark.line + 1;
}

static orator_status fail_parser(const reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const size_t line = p->problem_mark.line + 1;
    const char *problem = p->problem ? p->problem : "damaged";

    if (p->error == YAML_MEMORY_ERROR)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for its YAML", r->name);
    if (p->error == YAML_READER_ERROR)
        return ora_fail(ORATOR_E_INVALID, "%s: no YAML text at byte %zu: %s", r->name,
                        p->problem_offset, problem);
    return ora_fail(ORATOR_E_INVALID, "%s:%zu: no YAML: %s", r->name, line, problem);
}

/* Features that let one place of a file act on another, or choose types, have no use here. */
static orator_status refuse_features(const reader *r)
{
    const yaml_event_t *e = &r->event;
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    const char *found = NULL;

    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    }
    if (e->type == YAML_ALIAS_EVENT)
        found = "an alias";
    else if (e->type == YAML_SEQUENCE_START_EVENT)
        found = "a list";
    else if (anchor)
        found = "an anchor";
    else if (tag)
        found = "a tag";
    else if (e->type == YAML_DOCUMENT_START_EVENT &&
             (e->data.document_start.version_directive ||
              e->data.document_start.tag_directives.start !=
                  e->data.document_start.tag_directives.end))
        found = "a directive";
    if (!found)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_INVALID, "%s:%zu: found %s, want sections of plain 'key: value' lines",
                    r->name, line_of(r), found);
}

static orator_status next(reader *r)
{
    if (r->has_event)
        yaml_event_delete(&r->event);
    r->has_event = false;
    if (!yaml_parser_parse(&r->parser, &r->event))
        return fail_parser(r);
    r->has_event = true;
    return refuse_features(r);
}

/* Copy of the current event, which has to be a scalar; owned by the caller. */
static orator_status take_scalar(char **out, const reader *r, const char *want)
{
    const yaml_event_t *e = &r->event;

    *out = NULL;
    if (e->type != YAML_SCALAR_EVENT)
        return ora_fail(ORATOR_E_INVALID, "%s:%zu: found keys below a key, want %s", r->name,
                        line_of(r), want);
    if (memchr(e->data.scalar.value, 0, e->data.scalar.length))
        return ora_fail(ORATOR_E_INVALID, "%s:%zu: found a NUL byte in a text", r->name,
                        line_of(r));
    *out = ora_text_copy((const char *)e->data.scalar.value);
    return *out ? ORATOR_OK : ora_fail(ORATOR_E_NOMEM, "'%s': no memory", r->name);
}

static void clear_item(ora_yaml_item *item)
{
    free(item->section);
    free(item->key);
    free(item->value);
    *item = (ora_yaml_item){0};
}

static bool is_twin(const ora_yaml_item *a, const ora_yaml_item *b)
{
    if (!ora_text_same_name(a->section, b->section) || !a->key != !b->key)
        return false;
    return !a->key || ora_text_same_name(a->key, b->key);
}

/* Append; moves the item. */
static orator_status add_item(reader *r, ora_yaml_item *item)
{
    ora_yaml_items *list = &r->items;

    for (size_t i = 0; i < list->n; i++)
        if (is_twin(&list->item[i], item))
            return ora_fail(ORATOR_E_INVALID, "%s:%zu: '%s' stands twice, first in line %zu",
                            r->name, item->line, item->key ? item->key : item->section,
                            list->item[i].line);
    if (list->n == ORA_YAML_MAX_ITEMS)
        return ora_fail(ORATOR_E_INVALID, "%s:%zu: more than %d keys", r->name, item->line,
                        ORA_YAML_MAX_ITEMS);
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity * 2 + 32;
        ora_yaml_item *more = realloc(list->item, capacity * sizeof *more);

        if (!more)
            return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu lines", r->name, capacity);
        list->item = more;
        list->capacity = capacity;
    }
    list->item[list->n++] = *item;
    *item = (ora_yaml_item){0};
    return ORATOR_OK;
}

/* The unquoted words that YAML keeps for "no value". */
static bool is_null(const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;

    return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (strcmp(text, "~") == 0 || ora_text_same_nocase(text, "null"));
}

/* `key: value` of a section; the current event is the key. */
static orator_status take_pair(reader *r, const char *section)
{
    ora_yaml_item item = {.line = line_of(r)};
    orator_status st;

    ORA_TRY(take_scalar(&item.key, r, "a key"));
    ORA_TRY(next(r));
    ORA_TRY(take_scalar(&item.value, r, "one value"));
    if (is_null(&r->event))
        item.value[0] = 0;
    item.section = ora_text_copy(section);
    if (!item.section) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", r->name);
        goto done;
    }
    ORA_TRY(add_item(r, &item));

done:
    clear_item(&item);
    return st;
}

/* What stands below a section's name; nothing at all is fine. */
static orator_status take_section(reader *r, const char *section)
{
    orator_status st = ORATOR_OK;

    if (r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.length == 0)
        return ORATOR_OK;
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return ora_fail(ORATOR_E_INVALID,
                        "%s:%zu: '%s' has a value, want keys below it; only 'include' has one",
                        r->name, line_of(r), section);
    for (;;) {
        ORA_TRY(next(r));
        if (r->event.type == YAML_MAPPING_END_EVENT)
            break;
        ORA_TRY(take_pair(r, section));
    }

done:
    return st;
}

/* A line of the top level; the current event is its key. */
static orator_status take_top(reader *r)
{
    ora_yaml_item item = {.line = line_of(r)};
    const bool is_first = r->items.n == 0;
    char *name = NULL;
    orator_status st;

    ORA_TRY(take_scalar(&name, r, "a section"));
    if (strcmp(name, "include") == 0 && is_first) {
        item.section = ora_text_copy("");
        item.key = name;
        name = NULL;
        ORA_TRY(next(r));
        ORA_TRY(take_scalar(&item.value, r, "one file to include"));
        st = item.section ? add_item(r, &item)
                          : ora_fail(ORATOR_E_NOMEM, "'%s': no memory", r->name);
        goto done;
    }
    if (strcmp(name, "include") == 0) {
        st = ora_fail(ORATOR_E_INVALID, "%s:%zu: 'include' must come once, before every section",
                      r->name, item.line);
        goto done;
    }
    item.section = ora_text_copy(name);
    if (!item.section) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", r->name);
        goto done;
    }
    ORA_TRY(add_item(r, &item));
    ORA_TRY(next(r));
    ORA_TRY(take_section(r, name));

done:
    clear_item(&item);
    free(name);
    return st;
}

/* The one document: nothing, or a mapping. */
static orator_status take_document(reader *r)
{
    orator_status st;

    ORA_TRY(next(r));
    if (r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.length == 0)
        return next(r);
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return ora_fail(ORATOR_E_INVALID, "%s:%zu: found a lone value, want sections", r->name,
                        line_of(r));
    for (;;) {
        ORA_TRY(next(r));
        if (r->event.type == YAML_MAPPING_END_EVENT)
            break;
        ORA_TRY(take_top(r));
    }
    ORA_TRY(next(r));

done:
    return st;
}

static orator_status take_stream(reader *r)
{
    orator_status st;

    ORA_TRY(next(r));
    ORA_TRY(next(r));
    if (r->event.type == YAML_DOCUMENT_START_EVENT) {
        ORA_TRY(take_document(r));
        ORA_TRY(next(r));
    }
    if (r->event.type != YAML_STREAM_END_EVENT)
        st = ora_fail(ORATOR_E_INVALID, "%s:%zu: found a second document, want one", r->name,
                      line_of(r));

done:
    return st;
}

orator_status ora_yaml_items_parse(ora_yaml_items *out, const char *text, size_t n,
                                   const char *name)
{
    reader r = {.name = name};
    orator_status st;

    *out = (ora_yaml_items){0};
    if (n > ORA_YAML_MAX_BYTES)
        return ora_fail(ORATOR_E_INVALID, "'%s' has %zu bytes, want at most %d", name, n,
                        ORA_YAML_MAX_BYTES);
    if (!yaml_parser_initialize(&r.parser))
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for a YAML parser", name);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, n);
    ORA_TRY(take_stream(&r));
    *out = r.items;
    r.items = (ora_yaml_items){0};

done:
    if (r.has_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    ora_yaml_items_clear(&r.items);
    return st;
}

void ora_yaml_items_clear(ora_yaml_items *items)
{
    for (size_t i = 0; i < items->n; i++)
        clear_item(&items->item[i]);
    free(items->item);
    *items = (ora_yaml_items){0};
}
