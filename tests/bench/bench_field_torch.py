#!/usr/bin/env python3
"""bench_field_torch.py - the field in PyTorch on the processor, beside `orator bench field`.

    orator bench field --threads 1 --json >ours.json
    tests/bench/bench_field_torch.py --threads 1 --ours ours.json

Times the same work twice: the head's nets alone, and the field as a whole (field_torch.py):

nets   attention 96 -> 32 -> 48, density 144 -> 64 -> 64 -> 64 + 1, colour 64 -> 3, with ReLU where
       the field has it, forward, and with backward. (Ours are the matrix products alone, a few per
       cent less work than the activations and sums here.)
whole  rays and their samples through occupied space, planes, nets, ray term, torso, compositing;
       in a step also the losses, backward and Adam for every parameter. Planes are looked up in
       three ways; the fastest counts.

Prints samples per second and with --ours how many times faster ours is. With one thread both sides
are timed in processor time. Large tensors are kept from going back to the system after each use, as
PyTorch's tuning guide advises: that is up to a third faster. Needs PyTorch (Debian: python3-torch).
"""
import argparse
import ctypes
import json
import os
import sys
import time

try:
    import torch
except ImportError:
    sys.exit("bench_field_torch.py: no PyTorch here; on Debian: apt install python3-torch")

from field_torch import CODE, ENCODERS, FLOPS, HEAD, POSITION, Field, Scene

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt()


class Head(torch.nn.Module):
    """The nets that every sample goes through; the ray's term of the colour net is given."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.ModuleDict({k: torch.nn.Linear(*v) for k, v in HEAD.items()})

    def forward(self, x, code, ray):
        layer = self.layer
        gate = torch.sigmoid(layer["att2"](torch.relu(layer["att1"](x))))
        h = torch.relu(layer["den1"](torch.cat([x, gate * code], 1)))
        out = layer["out"](torch.relu(layer["den2"](h)))
        return out[:, 64], torch.sigmoid(layer["col"](torch.relu(out[:, :64] + ray)))


def fastest(work, sec):
    """Seconds of the fastest run within about `sec`, after two that warm up.

    With one thread processor time counts, as in orator: what else runs matters less.
    """
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    work()
    work()
    best, end = float("inf"), clock() + sec
    while clock() < end:
        start = clock()
        work()
        best = min(best, clock() - start)
    return best


def measure_nets(n, sec):
    """Samples per second forward, and forward and backward."""
    torch.manual_seed(1)
    net = Head()
    x = torch.randn(n, POSITION, requires_grad=True)
    code = torch.randn(n, CODE, requires_grad=True)
    ray = torch.randn(n, 64, requires_grad=True)
    d_density, d_rgb = torch.randn(n), torch.randn(n, 3)

    def forward():
        with torch.no_grad():
            net(x, code, ray)

    def train():
        for tensor in [x, code, ray, *net.parameters()]:
            tensor.grad = None
        density, rgb = net(x, code, ray)
        torch.autograd.backward([density, rgb], [d_density, d_rgb])

    return n / fastest(forward, sec), n / fastest(train, sec)


def make_adam(parameters):
    """The fastest that this PyTorch has for the processor."""
    common = {"lr": 1e-7, "betas": (0.9, 0.99), "eps": 1e-15}
    for kind in ("fused", "foreach"):
        try:
            return torch.optim.Adam(parameters, **common, **{kind: True})
        except (TypeError, RuntimeError):
            continue
    return torch.optim.Adam(parameters, **common)


def measure_whole(how, scene, sec):
    """Samples of a step; samples per second forward, and of whole training steps."""
    torch.manual_seed(1)
    field = Field(how)
    adam = make_adam(list(field.parameters()))

    def forward():
        with torch.no_grad():
            return field(scene)[2]

    def step():
        adam.zero_grad(set_to_none=True)
        field.loss(scene)[0].backward()
        adam.step()

    n = forward()
    return n, n / fastest(forward, sec), n / fastest(step, sec)


def compare(ours, best):
    """Ratios to the nets and the steps that orator measured."""
    nets, train = ours["nets"], ours["train"]
    if nets["flops_per_sample"] != FLOPS:
        sys.exit(f"nets of {nets['flops_per_sample']} FLOP, want {FLOPS}")
    if not 0.95 < train["samples"] / best["samples"] < 1.05:
        sys.exit(f"steps of {train['samples']} samples, want about {best['samples']}")
    for what, there, n_threads in (("nets", nets, 1), ("whole", train, ours["threads"])):
        rates = there["forward_samples_per_sec"], there[
            "train_samples_per_sec" if what == "nets" else "samples_per_sec"]
        ratio = [a / b for a, b in zip(rates, best[what])]
        print(f"ours   {what}, {n_threads} threads: forward {rates[0] * 1e-6:.2f}, {ratio[0]:.1f} "
              f"times PyTorch; training {rates[1] * 1e-6:.2f}, {ratio[1]:.1f} times")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch, default 1")
    parser.add_argument("--samples", type=int, nargs="+", default=[1024, 4096, 65536],
                        help="of a batch of the nets; each is timed, the best counts")
    parser.add_argument("--rays", type=int, default=5376, help="of a step, default 5376")
    parser.add_argument("--time", type=float, default=2.0, help="seconds a figure, about")
    parser.add_argument("--ours", help="what orator bench field --json said")
    args = parser.parse_args()

    if os.environ.get("OPENBLAS_NUM_THREADS") != str(args.threads):
        # OpenBLAS has threads of its own, which set_num_threads() does not reach
        os.environ["OPENBLAS_NUM_THREADS"] = str(args.threads)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    torch.set_num_threads(args.threads)
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
    libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)
    print(f"PyTorch {torch.__version__}, {args.threads} threads; nets {FLOPS} FLOP a sample forward")
    best = {"nets": [0.0, 0.0], "whole": [0.0, 0.0]}
    for n in args.samples:
        rates = measure_nets(n, args.time)
        best["nets"] = [max(a, b) for a, b in zip(best["nets"], rates)]
        print(f"nets   {n:7d} samples: forward {rates[0] * 1e-6:.2f} million samples/s "
              f"({rates[0] * FLOPS * 1e-9:.1f} GFLOP/s), forward and backward "
              f"{rates[1] * 1e-6:.2f} ({rates[1] * 3 * FLOPS * 1e-9:.1f})")
    torch.manual_seed(1)
    scene = Scene(args.rays, 8)
    for how in ENCODERS:
        best["samples"], *rates = measure_whole(how, scene, args.time)
        best["whole"] = [max(a, b) for a, b in zip(best["whole"], rates)]
        print(f"whole  {best['samples']:7d} samples, planes by {how}: forward "
              f"{rates[0] * 1e-6:.3f} million samples/s ({best['samples'] / rates[0] * 1e3:.0f} ms),"
              f" training step {rates[1] * 1e-6:.3f} ({best['samples'] / rates[1] * 1e3:.0f} ms)")
    if args.ours:
        with open(args.ours, encoding="utf-8") as f:
            compare(json.load(f), best)


if __name__ == "__main__":
    main()
