/*
 * yaml_config.h - configuration files: a section per option table, `key: value` inside, at most one
 * `include:` at the top. Read with libyaml; no anchors, no tags, no deeper nesting.
 */
#ifndef ORA_YAML_CONFIG_H
#define ORA_YAML_CONFIG_H

#include "base/options.h"
#include "orator/status.h"

/*
 * Apply `path` (its include first) to the tables, at most 256 KiB a file and 8 includes inside each
 * other. PATH values and includes are relative to the file that names them. Tables whose section is
 * "" take no part. On failure earlier lines may have been applied. Sections that belong to no table
 * given are checked against `known_sections` (NULL-terminated, may be NULL) and then skipped.
 *   ORATOR_E_INVALID  missing or unreadable file, bad YAML, unknown section or key (with file, line
 *                     and nearest name), key twice, value out of range, include cycle
 *   ORATOR_E_NOMEM
 */
orator_status ora_yaml_config_apply(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *path);

/* The same from memory; an include is refused, PATH values are relative to the folder of `name`. */
orator_status ora_yaml_config_parse(const ora_option_set *sets, size_t n_sets,
                                    const char *const *known_sections, const char *text, size_t n,
                                    const char *name);

/*
 * The effective configuration as YAML that apply() reads back; owned (free()). PATH values become
 * absolute, so that the file means the same in any folder.
 *   ORATOR_E_INVALID  a text that is not UTF-8
 *   ORATOR_E_NOMEM
 */
orator_status ora_yaml_config_print(char **out, const ora_option_set *sets, size_t n_sets);

#endif /* ORA_YAML_CONFIG_H */
