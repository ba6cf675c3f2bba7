/*
 * fuzz_replay.c - runs a fuzz target over files and folders given, once each; main() of the replay
 * test. Built with libFuzzer the same targets search for new inputs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/fuzz_target.h"

static int replay(const char *path)
{
    unsigned char *bytes = NULL;
    char **names = NULL;
    size_t n = 0;
    int n_inputs = 0;

    if (ora_file_is_folder(path)) {
        if (ora_folder_list(&names, &n, path) != ORATOR_OK) {
            (void)fprintf(stderr, "%s\n", orator_last_error());
            return 0;
        }
        for (size_t i = 0; i < n; i++) {
            char *inner = ora_path_join(path, names[i]);

            if (inner)
                n_inputs += replay(inner);
            free(inner);
        }
        ora_names_free(names, n);
        return n_inputs;
    }
    if (ora_file_read_all(&bytes, &n, path, (size_t)1 << 26) != ORATOR_OK) {
        (void)fprintf(stderr, "%s\n", orator_last_error());
        return 0;
    }
    (void)LLVMFuzzerTestOneInput(bytes, n);
    free(bytes);
    return 1;
}

int main(int argc, char **argv)
{
    int n_inputs = 0;

    for (int i = 1; i < argc; i++)
        n_inputs += replay(argv[i]);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    (void)fprintf(stderr, "%d inputs replayed\n", n_inputs);
    return n_inputs > 0 ? 0 : 1;
}
