#!/usr/bin/env python3
"""field_quality.py - trains a field with one setting after the other and tabulates held-out PSNR.

usage: tests/bench/field_quality.py [options] SUBJECT WORK SUITE...
       tests/bench/field_quality.py --table WORK

SUBJECT is a subject folder with held-out frames. Models and results go to the folder WORK: one line
of JSON a run in WORK/results.jsonl, and a Markdown table on stdout. Runs that are there already are
not repeated. Nothing else should run on the machine meanwhile: budgets are wall-clock time.

suites (each against the default setting, at --budget):
  curve      1, 3, 10 and 30 minutes
  grid       dense planes with 8x4, 8x2, 12x1 features; 12x1 hashed to 2^14
  samples    4, 6, 8 and 16 samples a ray
  schedule   share of the run after which the rates drop; with and without patches
  gaze       with and without the eyes' direction
  pose       0, 0.3, 0.7 and 1.5 degrees of pose noise, refined and not
  seed       three seeds: how far repeats lie apart
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

SUITES = {
    "curve": [("default", b, []) for b in ("1m", "3m", "10m", "30m")],
    "grid": [
        ("dense 8 x 4", None, []),
        ("dense 8 x 2", None, ["--grid-features", "2"]),
        ("dense 12 x 1", None, ["--grid-levels", "12", "--grid-features", "1"]),
        ("hashed 2^14 12 x 1", None,
         ["--grid-levels", "12", "--grid-features", "1", "--grid-hash", "16384"]),
    ],
    "samples": [(f"{n} samples a ray", None, ["--samples", str(n)]) for n in (4, 6, 8, 16)],
    "schedule": [(f"rates drop after {d}, patches {p}", None,
                  ["--drop-share", str(d), "--patch-share", str(p)])
                 for d, p in ((0.8, 0.1), (0.8, 0), (0.5, 0.1), (0.9, 0.1), (0.8, 0.3))],
    "gaze": [("gaze in", None, []), ("gaze out", None, ["--no-gaze"])],
    "pose": [(f"{noise} degrees, {how}", None, ["--pose-noise", str(noise), "--fit-held-out", "60", *flags])
             for noise in (0, 0.3, 0.7, 1.5)
             for how, flags in (("refined", []), ("unrefined", ["--no-pose-refine"]))],
    "seed": [(f"seed {n}", None, ["--seed", str(n)]) for n in (1, 2, 3)],
}
COLUMNS = [("mouth", "torso_tracked", "mouth_db"), ("mouth, worst tenth", "torso_tracked",
                                                     "mouth_worst_tenth_db"),
           ("eyes", "torso_tracked", "eyes_db"), ("face", "torso_tracked", "face_db"),
           ("head, torso tracked", "torso_tracked", "head_db"),
           ("head, predicted", "torso_predicted", "head_db"),
           ("full, tracked", "torso_tracked", "full_db"),
           ("full, predicted", "torso_predicted", "full_db"),
           ("head, poses fitted", "poses_fitted", "head_db"),
           ("mouth, poses fitted", "poses_fitted", "mouth_db")]


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
                          stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.strip() or "unknown"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def load_rows(work):
    path = work / "results.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def folder_name(budget, flags):
    words = [budget] + [f.lstrip("-") for f in flags]
    return "_".join(words).replace("/", "-")


def train(args, label, budget, flags):
    """One row: what was run, on what, and the object that orator printed."""
    model = args.work / folder_name(budget, flags)
    command = [args.orator, "train", "field", str(args.subject), "-o", str(model), "--json",
               "--restart", "--budget", budget, "--size", str(args.size), *flags]
    print(" ".join(command), file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} train: exit code {done.returncode}")
    return {"setting": label, "budget": budget, "flags": flags, "size": args.size,
            "subject": args.subject.name, "commit": commit(), "processor": processor(),
            "threads": len(os.sched_getaffinity(0)), "load": os.getloadavg()[1],
            "result": json.loads(done.stdout)}


def table(rows):
    heads = ["setting", "budget", "steps", "samples"] + [c[0] for c in COLUMNS]
    print("| " + " | ".join(heads) + " |")
    print("|" + " --- |" * 2 + " ---: |" * (len(heads) - 2))
    for r in rows:
        scores = [f"{r['result'].get(part, {}).get(key, float('nan')):.2f}"
                  for _, part, key in COLUMNS]
        cells = [r["setting"], r["budget"], str(r["result"]["steps"]),
                 f"{r['result']['samples']:.2g}", *scores]
        print("| " + " | ".join(cells) + " |")
    for r in rows[:1]:
        floor = r["result"].get("nearest_frame", {})
        print(f"\nHeld-out PSNR in dB, {r['subject']} at {r['size']} pixels; nearest training frame "
              f"copied: full {floor.get('full_db', float('nan')):.1f}, head "
              f"{floor.get('head_db', float('nan')):.1f}, mouth "
              f"{floor.get('mouth_db', float('nan')):.1f}. {r['processor']}, {r['threads']} threads.")


def parse_args():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--orator", default=str(ROOT / "build" / "release" / "bin" / "orator"))
    p.add_argument("--budget", default="3m", help="of runs that do not name one")
    p.add_argument("--size", type=int, default=192, help="pixels, default 192")
    p.add_argument("--table", action="store_true", help="print what is there and stop")
    p.add_argument("paths", nargs="+", metavar="SUBJECT WORK SUITE")
    args = p.parse_args()
    if args.table:
        args.work, args.suites = pathlib.Path(args.paths[0]), []
        return args
    if len(args.paths) < 3:
        p.error("want SUBJECT, WORK and at least one suite")
    args.subject, args.work = map(pathlib.Path, args.paths[:2])
    args.suites = args.paths[2:]
    for name in args.suites:
        if name not in SUITES:
            p.error(f"no suite '{name}'; there are {', '.join(SUITES)}")
    return args


def main():
    args = parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows = load_rows(args.work)
    if args.table:
        table(rows)
        return
    wanted = []
    for label, budget, flags in (run for name in args.suites for run in SUITES[name]):
        key = (budget or args.budget, flags, args.size, args.subject.name)
        found = [r for r in rows if (r["budget"], r["flags"], r["size"], r["subject"]) == key]
        if not found:
            found = [train(args, label, key[0], flags)]
            rows += found
            with (args.work / "results.jsonl").open("a") as f:
                f.write(json.dumps(found[0]) + "\n")
        wanted.append(found[0] | {"setting": label})
    table(wanted)


if __name__ == "__main__":
    main()
