/*
 * safetensors_header.h - the JSON in front of the tensors, between text and entries.
 */
#ifndef ORA_SAFETENSORS_HEADER_H
#define ORA_SAFETENSORS_HEADER_H

#include "formats/json_file.h"
#include "formats/safetensors.h"

enum {
    ORA_SAFETENSORS_PREFIX = 8,           /* bytes of the header's length */
    ORA_SAFETENSORS_MAX_HEADER = 64 << 20 /* as that of any JSON          */
};

extern const char ora_safetensors_meta_key[]; /* "__metadata__" */

/* Type as the format spells it, "F32"; static. */
const char *ora_safetensors_type_code(ora_dtype t);

/*
 * Entries of a parsed header over a data section of n_data bytes, in offset order; names are
 * borrowed from `json`. *entries is owned (free()), NULL where there are none.
 *   ORATOR_E_CHECKPOINT, ORATOR_E_NOMEM
 */
orator_status ora_safetensors_entries(ora_tensor_entry **entries, int32_t *n, const cJSON *json,
                                      uint64_t n_data, const char *name);

#endif /* ORA_SAFETENSORS_HEADER_H */
