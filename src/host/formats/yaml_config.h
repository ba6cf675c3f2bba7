/*
 * yaml_config.h - configuration files: a section per option table, `key: value` inside, at most one
 * `include:` at the top. Read with libyaml; no anchors, no tags, no deeper nesting.
 */
#ifndef ORA_YAML_CONFIG_H
#define ORA_YAML_CONFIG_H

#include "base/options.h"
#include "orator/status.h"

/*
 * Apply `path` (its include first) to the tables. Sections that belong to no table given are
 * checked against `known_sections` (NULL-terminated, may be NULL) and then skipped.
 *   ORATOR_E_INVALID  missing or unreadable file, bad YAML, unknown section or key (with file, line
 *                     and nearest name), key twice, value out of range, include cycle
 */
orator_status ora_yaml_config_apply(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *path);

/* The same from memory, for tests; an include is refused. */
orator_status ora_yaml_config_parse(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *text, size_t n,
                                    const char *name);

/* The effective configuration as YAML that apply() reads back; owned (free()). ORATOR_E_NOMEM. */
orator_status ora_yaml_config_print(char **out, const ora_option_set *sets, size_t n_sets);

#endif /* ORA_YAML_CONFIG_H */
