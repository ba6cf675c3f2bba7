#!/usr/bin/env python3
"""check_layers.py - who may include whom: the layer law of docs/architecture.md.

    tools/check_layers.py [ROOT]

Reads the quoted includes of every C and CUDA file under ROOT (default: this checkout) and prints
each that goes upward, sideways or past its layer's name. Exit code 1 when there is one.
"""
import pathlib
import re
import sys

PEERS = ["speech", "face", "motion", "postnet", "field", "subject", "eval"]
BELOW_KERNELS = ["orator", "numerics", "base", "core"]
BELOW_PEERS = BELOW_KERNELS + ["cpu", "formats", "media", "nn"]

# layer: the layers its files may include, its own aside
ALLOWED = {
    "orator": [],
    "numerics": [],
    "base": ["orator", "numerics"],
    "core": ["orator", "numerics", "base"],
    "cpu": BELOW_KERNELS,
    "cuda": BELOW_KERNELS,
    "formats": BELOW_KERNELS + ["cpu"],
    "media": BELOW_KERNELS + ["cpu"],
    "nn": BELOW_KERNELS + ["cpu", "formats", "media"],
    **{peer: BELOW_PEERS for peer in PEERS},
    "pipeline": BELOW_PEERS + PEERS,
    "cli": BELOW_PEERS + PEERS + ["pipeline"],
}
FOLDERS = {
    "include/orator": "orator",
    "src/numerics": "numerics",
    "src/cpu": "cpu",
    "src/cuda": "cuda",
    **{f"src/host/{name}": name for name in ALLOWED
       if name not in ("orator", "numerics", "cpu", "cuda")},
}
SUFFIXES = {".c", ".h", ".cu", ".cuh", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
DEVICE_HEADER = re.compile(r"^(cuda|cublas|cudnn|nv)[a-z0-9_/]*\.h$")


def layer_of(relative):
    for folder, layer in FOLDERS.items():
        if relative.startswith(folder + "/"):
            return layer
    return None


def fault_of_include(layer, quote, name):
    """What is wrong with one include line of a file in `layer`, or None."""
    if quote == "<":
        if layer != "cuda" and DEVICE_HEADER.match(name):
            return f"<{name}> belongs in src/cuda alone"
        if "/" in name and name.split("/")[0] in ALLOWED:
            return f"<{name}> is ours; quote it"
        return None
    if ".." in name.split("/"):
        return f'"{name}" climbs out of its folder; name the layer instead'
    if "/" not in name:
        return f'"{name}" does not name its layer'
    target = name.split("/")[0]
    if target not in ALLOWED:
        return f'"{name}" is in no layer'
    if target != layer and target not in ALLOWED[layer]:
        return f'{layer} must not include {target} ("{name}")'
    return None


def faults_of_file(path, relative):
    layer = layer_of(relative)
    if layer is None:
        if relative.startswith("src/"):
            yield f"{relative}: not in the folder of any layer"
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        fault = fault_of_include(layer, *match.groups()) if match else None
        if fault:
            yield f"{relative}:{number}: {fault}"


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    faults = []
    n_files = 0
    for top in ("include", "src"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SUFFIXES:
                n_files += 1
                faults += faults_of_file(path, path.relative_to(root).as_posix())
    for fault in faults:
        print(fault)
    if n_files == 0:
        print(f"{root}: no sources found")
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
