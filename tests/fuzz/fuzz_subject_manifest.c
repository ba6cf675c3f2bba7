/*
 * fuzz_subject_manifest.c - subject.json: what is read must print to text that reads back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "subject/subject_impl.h"
#include "support/fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    orator_subject *s = NULL, *again = NULL;
    char *text = NULL, *text_again = NULL;
    size_t n_text = 0, n_again = 0;

    if (ora_subject_parse(&s, (const char *)data, n, "folder", "subject.json") != ORATOR_OK)
        return 0;
    if (ora_subject_print(&text, &n_text, s) != ORATOR_OK ||
        ora_subject_parse(&again, text, n_text, "folder", "subject.json") != ORATOR_OK ||
        ora_subject_print(&text_again, &n_again, again) != ORATOR_OK || n_text != n_again ||
        memcmp(text, text_again, n_text) != 0)
        abort();
    free(text);
    free(text_again);
    orator_subject_close(&s);
    orator_subject_close(&again);
    return 0;
}
