/*
 * safetensors.h - named tensors on disk, read as hostile input.
 *
 *     u64 little-endian header length N (at most 64 MB) | N bytes of JSON | row-major data
 *
 * The JSON maps names to {dtype, shape, data_offsets}; "__metadata__" maps strings to strings.
 * Ranges must fit the file, must not overlap and must leave no gap.
 *
 * Threads: one object may be used by one thread at a time.
 */
#ifndef ORA_SAFETENSORS_H
#define ORA_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "formats/npy.h"
#include "orator/status.h"

typedef struct ora_tensor_entry {
    const char *name; /* borrowed from the reader */
    ora_dtype dtype;
    int32_t n_dims;
    int64_t shape[ORA_NPY_MAX_DIMS];
    int64_t n_elements;
    uint64_t offset, n_bytes; /* in the data section */
} ora_tensor_entry;

typedef struct ora_safetensors ora_safetensors;

/*
 * Open and check the header; data is read later, tensor by tensor.
 *   ORATOR_E_IO          missing or unreadable
 *   ORATOR_E_CHECKPOINT  damaged in any way; the message names the file and the tensor
 */
orator_status ora_safetensors_open(ora_safetensors **out, const char *path);

/* The same over memory borrowed until close; `name` is for messages. */
orator_status ora_safetensors_open_memory(ora_safetensors **out, const void *bytes, size_t n,
                                          const char *name);
void ora_safetensors_close(ora_safetensors **s);

int32_t ora_safetensors_count(const ora_safetensors *s);
const ora_tensor_entry *ora_safetensors_at(const ora_safetensors *s, int32_t i); /* offset order */
const ora_tensor_entry *ora_safetensors_find(const ora_safetensors *s, const char *name);

/* Metadata value, borrowed; NULL where absent. */
const char *ora_safetensors_meta(const ora_safetensors *s, const char *key);
int32_t ora_safetensors_meta_count(const ora_safetensors *s);
void ora_safetensors_meta_at(const ora_safetensors *s, int32_t i, const char **key,
                             const char **value);

/* Read one tensor's bytes into dst [e->n_bytes]. ORATOR_E_IO. */
orator_status ora_safetensors_read(ora_safetensors *s, const ora_tensor_entry *e, void *dst);

/* Read as f32 into dst, converting from f16, bf16, f64; other types are ORATOR_E_CHECKPOINT. */
orator_status ora_safetensors_read_f32(ora_safetensors *s, const ora_tensor_entry *e, float *dst);

/*
 * Streamed writing: declare every tensor, then put the data in the order declared, in pieces of any
 * size. Nothing but the header is held in memory. The same calls give the same bytes. Declare wide
 * types before narrow ones: some readers want each tensor aligned to its element.
 */
typedef struct ora_safetensors_writer ora_safetensors_writer;

/* ORATOR_E_NOMEM. */
orator_status ora_safetensors_writer_create(ora_safetensors_writer **out);
void ora_safetensors_writer_destroy(ora_safetensors_writer **w); /* removes an unfinished file */

/* ORATOR_E_INVALID: key twice, after begin. */
orator_status ora_safetensors_writer_meta(ora_safetensors_writer *w, const char *key,
                                          const char *value);

/* ORATOR_E_INVALID: name twice, "__metadata__", a shape too large or too deep, after begin. */
orator_status ora_safetensors_writer_declare(ora_safetensors_writer *w, const char *name,
                                             ora_dtype dtype, int32_t n_dims, const int64_t *shape);

/*
 * Write the header.
 *   ORATOR_E_INVALID  text that is not UTF-8, or a header above 64 MB; begun before
 *   ORATOR_E_WRITE
 */
orator_status ora_safetensors_writer_begin(ora_safetensors_writer *w, const char *path);

/* ORATOR_E_INVALID: more bytes than were declared, or before begin. ORATOR_E_WRITE. */
orator_status ora_safetensors_writer_put(ora_safetensors_writer *w, const void *bytes, size_t n);

/* ORATOR_E_INVALID when fewer bytes came than were declared. Publishes the file. */
orator_status ora_safetensors_writer_commit(ora_safetensors_writer *w);

#endif /* ORA_SAFETENSORS_H */
