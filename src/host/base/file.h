/*
 * file.h - whole files in, and files that appear complete or not at all.
 */
#ifndef ORA_FILE_H
#define ORA_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

/*
 * Read the whole of the regular file `path`, at most max_bytes. On success *out is owned by the
 * caller (free()) and has a 0 byte after its end that *out_bytes does not count.
 *   ORATOR_E_IO      missing, a folder, unreadable
 *   ORATOR_E_FORMAT  longer than max_bytes
 */
orator_status ora_file_read_all(unsigned char **out, size_t *out_bytes, const char *path,
                                size_t max_bytes);

/* A file being written under a temporary name beside its final one. */
typedef struct ora_file_writer ora_file_writer;

/*
 * Start writing `path`. The final name is untouched until commit.
 *   ORATOR_E_WRITE  no such folder, no right to write there, or `path` is a device, pipe or folder
 */
orator_status ora_file_writer_open(ora_file_writer **out, const char *path);

/* Append. ORATOR_E_WRITE (disk full among others). */
orator_status ora_file_writer_put(ora_file_writer *w, const void *bytes, size_t n);

/* Overwrite n bytes at `offset`, which must have been written before. ORATOR_E_WRITE. */
orator_status ora_file_writer_patch(ora_file_writer *w, uint64_t offset, const void *bytes,
                                    size_t n);

/* Sync, close, rename over the final name, sync the folder. Closes *w, on failure too. */
orator_status ora_file_writer_commit(ora_file_writer **w);

/* Remove the temporary file and close *w; NULL and a committed writer are fine. */
void ora_file_writer_close(ora_file_writer **w);

/* open + put + commit. */
orator_status ora_file_write_all(const char *path, const void *bytes, size_t n);

/*
 * Temporary name that belongs to `path` in the same folder, made unique by process and counter:
 * "dir/.name.tmp-<host>-<pid>-<n><.ext>". The extension stays last so that libraries which choose a format
 * by name work. Owned by the caller (free()). NULL only when out of memory.
 */
char *ora_file_temp_name(const char *path);

/* True for a name without folders that ora_file_temp_name() may have made. */
bool ora_file_name_is_temp(const char *name);

/*
 * Sync `temp`, rename it to `path`, sync the folder. Removes `temp` on failure. ORATOR_E_WRITE, as
 * ora_file_writer_open().
 */
orator_status ora_file_publish(const char *temp, const char *path);

bool ora_file_exists(const char *path);
bool ora_file_is_folder(const char *path);

/* True when both are there and are one file or folder, by whatever names. */
bool ora_file_is_same(const char *a, const char *b);

/* Make `path` and its missing parents (0777 less umask). Existing is fine. ORATOR_E_WRITE. */
orator_status ora_folder_make(const char *path);

/*
 * Remove temporary files that interrupted runs left in the folder (not below). Those of a process
 * that runs, and of other hosts, are kept until nothing was written to them for a day.
 *   ORATOR_E_IO     the folder cannot be listed
 *   ORATOR_E_WRITE  a file cannot be removed
 */
orator_status ora_folder_sweep(const char *path);

/*
 * Names in the folder without "." and "..", sorted by byte value; numbers are not special.
 * *names [*n] is owned: ora_names_free(). ORATOR_E_IO.
 */
orator_status ora_folder_list(char ***names, size_t *n, const char *path);
void ora_names_free(char **names, size_t n);

/* Remove a folder and everything in it. Does not follow links, nor takes one. ORATOR_E_WRITE. */
orator_status ora_folder_remove(const char *path);

/* "dir/name", "name" where dir is "", owned (free()); NULL only when out of memory. */
char *ora_path_join(const char *dir, const char *name);

/* Part after the last '/', borrowed from `path`. */
const char *ora_path_name(const char *path);

/* Extension with its dot, ".mp4", borrowed from `path`; "" where there is none. */
const char *ora_path_extension(const char *path);

/* Folder part, "." where there is none. Owned (free()); NULL only when out of memory. */
char *ora_path_folder(const char *path);

#endif /* ORA_FILE_H */
