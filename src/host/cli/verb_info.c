#include <stddef.h>
#include <stdio.h>

#include "cli/print_json.h"
#include "cli/verb_list.h"
#include "orator/inspect.h"

enum { EXIT_FAULTY_SUBJECT = 3 };

static const ora_option options[] = {{0}};

static const ora_example examples[] = {
    {"orator info clip.mov", "true rate, start, repeated frames, cuts, colour and sound of a clip"},
    {"orator info --json data/demo",
     "check a subject folder; the object is in data/schemas/info.schema.json"},
    {"orator info field.safetensors", "tensors and metadata of a model file"},
    {"orator info 'render/f.%04d.exr'", "a numbered sequence"},
    {0},
};

static orator_status run(ora_call *call)
{
    char *json = NULL;
    const orator_status st = orator_inspect(&json, call->ctx, call->words[0]);

    if (st != ORATOR_OK)
        return st;
    if (ora_json_count(json, "faults") > 0)
        call->exit_code = EXIT_FAULTY_SUBJECT;
    if (call->is_json)
        (void)fputs(json, stdout);
    else
        ora_print_json(stdout, json);
    orator_string_free(json);
    return ORATOR_OK;
}

const ora_verb ora_verb_info = {
    .name = "info",
    .summary = "say what a file is and what is wrong with it",
    .words = "FILE",
    .text = "Examines any file or folder orator knows: clip, numbered sequence, sound, picture, "
            "EXR, array, tensors, motion track, curves, landmarks, subject folder. Clips are "
            "decoded whole, so the numbers are those of the pictures and not what the container "
            "claims. A subject folder is checked; with faults the exit code is 3.",
    .options = options,
    .examples = examples,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
