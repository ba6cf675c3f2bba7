#!/bin/sh
# Rewrites the expectations of tests/cli/*.cli (or of those named) to what the program does now.
# Expectations that hold stay as they are, globs too. Look at the difference before committing it.
# A build with media cannot rewrite no_media.cli; name that file and a build without media for it.
set -eu
cd "$(dirname "$0")/.."
build=${ORATOR_BUILD:-build/dev}
if [ ! -x "$build/tests/cli/cli_runner" ]; then
    echo "tools/cli_update.sh: $build has no cli_runner; build it with: cmake --build $build" >&2
    exit 1
fi
runner=$(cd "$build" && pwd)/tests/cli/cli_runner
"$build/bin/orator" docs options >docs/config.md
"$build/bin/orator" docs config >configs/base.yaml
if [ $# -eq 0 ]; then
    for script in tests/cli/*.cli; do
        [ "$script" = tests/cli/no_media.cli ] || set -- "$@" "$script"
    done
fi
for script; do
    ORATOR_TEST_SOURCE=$PWD ORATOR_TEST_PROGRAM=$(cd "$build" && pwd)/bin/orator \
        "$runner" --update "$script" || true
done
