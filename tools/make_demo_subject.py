#!/usr/bin/env python3
"""make_demo_subject.py - makes data/demo/ from a rendered virtual human with exact ground truth.

usage: tools/make_demo_subject.py SOURCE [OUT] [--size 384|256|192]

SOURCE is the folder of the render: A_256.mp4 (A_384.mp4 for the sizes 384 and 192), A.wav,
A_gt.npz, A_mask_384.mkv, A_background_384.png. OUT defaults to data/demo beside this script's folder
and is replaced. SIZE is that of the pictures, 256 by default; the other sizes are for measurements
and need an OUT. Needs numpy and the ffmpeg program with libx264; the build does not run this script,
data/demo/ is kept in the repository. The same inputs and the same ffmpeg give the same files.

What becomes of the source (docs/formats.md has the target):
  clip.mp4              the coded pictures and sound as they are, tagged with their colour; for 192
                        the 384 pixels area-averaged and coded again
  sound.wav             copied untouched
  pose.npy              camera_from_head; metres -> millimetres, axes are those of the format already
  landmarks2d.npy       projected points, 384 -> SIZE pixels
  neutral.npy           median of the 3-D points over the frames at rest: a pause, lips less than
                        3 mm apart, eyes open
  motion.json, .npy     3-D points minus neutral, millimetres; side channels from the face units
  background.png        the plate, area-averaged to SIZE; valid everywhere
  mattes.mkv            classes area-averaged to SIZE: R head (skin, hair), G torso (neck, garment),
                        lossless H.264 in RGB, a sixth of the size of PNG files
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import zlib

import numpy as np

SHIPPED_SIZE, SOURCE_SIZE, RATE = 256, 384, 25
MM = 1000.0
N_TRAIN = 1086  # the first 10/11, as the AD-NeRF family splits
SIDES = ["lid_left", "lid_right", "brow_left", "brow_right", "gaze_x", "gaze_y", "jaw", "lip_gap"]

CREDITS = """\
The person shown does not exist. Picture and voice are synthetic: a rendered virtual human speaking
ten sentences of synthesised English. No real person's video, voice recording or likeness was used.

Base mesh, body targets, rig weights, eyes, hair, garments, teeth, tongue,
brows, lashes, face units ......... MakeHuman, CC0
Skin maps ......................... MIT, copyright (c) 2021 Aki Miyazaki
Lighting, background panorama ..... "lebombo", HDRI Haven / Poly Haven, CC0
Voice ............................. flite cmu_us_slt, Carnegie Mellon University, BSD-like

Sentences, animation and rendering were made for this set and come under the licence of this project.


Skin maps: the MIT licence

Copyright (c) 2021 Aki Miyazaki

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense,
and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN
NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY,
WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def run(*args, **kwargs):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, **kwargs).stdout


def decode(path, pix_fmt, channels):
    raw = run("ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", pix_fmt, "-")
    return np.frombuffer(raw, np.uint8).reshape(-1, SOURCE_SIZE, SOURCE_SIZE, channels)


def decoded_hash(path):
    return run("ffmpeg", "-v", "error", "-i", str(path), "-map", "0", "-f", "framemd5", "-")


def write_small_clip(source, out, size):
    """Area-averaged, at a quality at which the coding does not show; the sound is copied."""
    run("ffmpeg", "-v", "error", "-y", "-i", str(source), "-vf", f"scale={size}:{size}:flags=area",
        "-c:v", "libx264", "-crf", "10", "-preset", "slow", "-pix_fmt", "yuv420p", "-threads", "1",
        "-c:a", "copy", "-fflags", "+bitexact", "-flags:v", "+bitexact", str(out))


def write_clip(source, out):
    """A copy whose streams say what the render means: BT.709 primaries, sRGB, BT.601 matrix."""
    run("ffmpeg", "-v", "error", "-y", "-i", str(source), "-map", "0", "-c", "copy", "-bsf:v",
        "h264_metadata=colour_primaries=1:transfer_characteristics=13:matrix_coefficients=6:"
        "video_full_range_flag=0", "-fflags", "+bitexact", "-movflags", "+faststart", str(out))
    if decoded_hash(source) != decoded_hash(out):
        sys.exit(f"{out}: tagging has changed the pictures, the sound or their times")


def area_weights(size):
    """[size][SOURCE_SIZE]: share of each source pixel in each target pixel, rows sum to 1."""
    scale = size / SOURCE_SIZE
    w = np.zeros((size, SOURCE_SIZE))
    for i in range(size):
        lo, hi = i / scale, (i + 1) / scale
        for s in range(int(lo), min(SOURCE_SIZE, int(np.ceil(hi)))):
            w[i, s] = max(0.0, min(hi, s + 1) - max(lo, s)) * scale
    return w


def write_png(path, rgba):
    """8-bit RGBA PNG, sRGB, filter by row: up."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    h, w, _ = rgba.shape
    rows = rgba.reshape(h, -1)
    up = rows - np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    raw = b"".join(b"\x02" + row.tobytes() for row in up)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 6, 0, 0, 0)) +
                     chunk(b"sRGB", b"\x00") + chunk(b"IDAT", zlib.compress(raw, 9)) +
                     chunk(b"IEND", b""))


def write_mattes(path, mask, weights):
    head = np.isin(mask, (1, 2))
    torso = np.isin(mask, (3, 4))
    size = len(weights)
    out = np.zeros((len(mask), size, size, 3), np.uint8)
    for i in range(len(mask)):
        out[i, ..., 0] = np.round(255 * (weights @ head[i] @ weights.T))
        out[i, ..., 1] = np.round(255 * (weights @ torso[i] @ weights.T))
    run("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size}x{size}",
        "-r", str(RATE), "-i", "-", "-c:v", "libx264rgb", "-qp", "0", "-preset", "veryslow", "-g",
        "125", "-threads", "1", "-pix_fmt", "rgb24", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        str(path), input=out.tobytes())


def side_channels(z, rest):
    """[T][8] in the order of SIDES; see docs/formats.md for ranges."""
    unit = dict(zip(z["blend_names"], z["blend_weights"].T.astype(np.float64)))
    inner = unit["browInnerUp"]
    brow_l = 0.5 * (inner + unit["browOuterUpLeft"]) - unit["browDownLeft"]
    brow_r = 0.5 * (inner + unit["browOuterUpRight"]) - unit["browDownRight"]
    lm = z["lm3d_head"].astype(np.float64)
    gap = MM * np.linalg.norm(lm[:, 62] - lm[:, 66], axis=1)
    gaze = np.radians(z["gaze_deg"].astype(np.float64))
    # signs from the face units themselves: out of the left eye is to the left, up is up
    left = unit["eyeLookOutLeft"] - unit["eyeLookInLeft"]
    up = unit["eyeLookUpLeft"] - unit["eyeLookDownLeft"]
    gaze_x = gaze[:, 0] * np.sign(np.corrcoef(gaze[:, 0], left)[0, 1])
    gaze_y = gaze[:, 1] * np.sign(np.corrcoef(gaze[:, 1], up)[0, 1])
    lid = 1.0 - unit["blinkClosure"]
    return np.stack([lid, lid,
                     np.clip(brow_l - np.median(brow_l[rest]), -1, 1),
                     np.clip(brow_r - np.median(brow_r[rest]), -1, 1),
                     gaze_x, gaze_y, unit["jawOpen"], gap], axis=1)


def write_motion(out, offset, side):
    t = len(offset)
    data = np.concatenate([offset.reshape(t, 204), side, np.ones((t, 1))], axis=1)
    np.save(out / "motion.npy", data.astype("<f4"))
    head = {
        "schema": 1,
        "kind": "orator motion track",
        "rate": str(RATE),
        "frames": t,
        "landmarks": "300-W 68",
        "unit": "mm",
        "space": "landmark minus the subject's neutral landmark, head space: "
                 "x to the subject's left, y up, z out of the face",
        "sides": SIDES,
        "npy_sha256": hashlib.sha256((out / "motion.npy").read_bytes()).hexdigest(),
    }
    (out / "motion.json").write_text(json.dumps(head, indent=2) + "\n")


def write_manifest(out, n, size, focal, source_hash):
    quote = json.dumps
    files = []
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name != "subject.json"):
        data = path.read_bytes()
        files.append((path.relative_to(out).as_posix(), len(data), hashlib.sha256(data).hexdigest()))
    clip_hash = next(h for p, _, h in files if p == "clip.mp4")
    rows = ",\n".join(f'    {{"path": {quote(p)}, "bytes": {b}, "sha256": "{h}"}}'
                      for p, b, h in sorted(files))
    subject_id = "demo" if size == SHIPPED_SIZE else f"demo{size}"
    licence = "Apache-2.0; parts CC0-1.0, MIT and BSD-like, see CREDITS.txt"
    (out / "subject.json").write_text(f"""{{
  "schema": "orator subject",
  "version": 1,
  "id": "{subject_id}",
  "rate": "{RATE}",
  "n_frames": {n},
  "width": {size},
  "height": {size},
  "crop": [0, 0, {size}, {size}],
  "clip": "clip.mp4",
  "clip_sha256": "{clip_hash}",
  "frames": null,
  "sound": "sound.wav",
  "mattes": "mattes.mkv",
  "colour": {{"primaries": "bt709", "transfer": "iec61966-2-1", "matrix": "smpte170m", "range": "tv"}},
  "camera": {{"focal_px": {focal!r}, "centre_px": [{size / 2:g}, {size / 2:g}]}},
  "head_origin": "source",
  "bad_frames": [],
  "splits": {{"train": [[0, {N_TRAIN - 1}]], "val": [[{N_TRAIN}, {n - 1}]]}},
  "licence": {quote(licence)},
  "consent": "not needed: no real person is shown or heard",
  "credits": "CREDITS.txt",
  "stages": [
    {{"name": "make_demo_subject", "input_sha256": "{source_hash}"}}
  ],
  "files": [
{rows}
  ]
}}
""")


def parse_args():
    shipped = pathlib.Path(__file__).resolve().parent.parent / "data" / "demo"
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("source", metavar="SOURCE", type=pathlib.Path)
    p.add_argument("out", metavar="OUT", nargs="?", type=pathlib.Path)
    p.add_argument("--size", type=int, choices=(384, 256, 192), default=SHIPPED_SIZE)
    args = p.parse_args()
    if args.out is None:
        if args.size != SHIPPED_SIZE:
            p.error(f"data/demo is {SHIPPED_SIZE} pixels wide; name an OUT")
        args.out = shipped
    return args


def main():
    args = parse_args()
    source, out, size = args.source, args.out, args.size
    scale = size / SOURCE_SIZE
    clip = "A_256.mp4" if size == 256 else "A_384.mp4"
    used = [clip, "A.wav", "A_gt.npz", "A_mask_384.mkv", "A_background_384.png"]
    lines = "".join(f"{hashlib.sha256((source / n).read_bytes()).hexdigest()}  {n}\n" for n in used)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)

    z = np.load(source / "A_gt.npz")
    n = int(z["n_frames"])
    if size == 192:
        write_small_clip(source / clip, out / "small.mp4", size)
        write_clip(out / "small.mp4", out / "clip.mp4")
        (out / "small.mp4").unlink()
    else:
        write_clip(source / clip, out / "clip.mp4")
    shutil.copyfile(source / "A.wav", out / "sound.wav")

    pose = z["cam_from_head"].astype(np.float64)
    pose[:, :3, 3] *= MM
    np.save(out / "pose.npy", pose.astype("<f4"))
    np.save(out / "landmarks2d.npy", (z["lm2d"].astype(np.float64) * scale).astype("<f4"))

    blink = z["blend_weights"][:, list(z["blend_names"]).index("blinkClosure")]
    rest = (z["phoneme"] == "pau") & (z["mouth_open_m"] * MM < 3.0) & (blink < 0.05)
    points = z["lm3d_head"].astype(np.float64) * MM
    neutral = np.median(points[rest], axis=0)
    np.save(out / "neutral.npy", neutral.astype("<f4"))
    write_motion(out, points - neutral, side_channels(z, rest))

    weights = area_weights(size)
    plate = decode(source / "A_background_384.png", "rgb24", 3)[0].astype(np.float64)
    small = np.stack([weights @ plate[..., c] @ weights.T for c in range(3)], axis=-1)
    rgba = np.full((size, size, 4), 255, np.uint8)
    rgba[..., :3] = np.round(small)
    write_png(out / "background.png", rgba)
    write_mattes(out / "mattes.mkv", decode(source / "A_mask_384.mkv", "gray", 1)[..., 0] // 40,
                 weights)
    (out / "CREDITS.txt").write_text(CREDITS)

    write_manifest(out, n, size, float(z["K"][0, 0]) * scale,
                   hashlib.sha256(lines.encode()).hexdigest())
    total = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    print(f"{out}: {n} frames, neutral from {int(rest.sum())} frames, {total} bytes")


if __name__ == "__main__":
    main()
