#!/usr/bin/env python3
"""bench_field_torch.py - the head's nets in PyTorch on the processor, beside `orator bench field`.

    orator bench field --threads 1 --json >ours.json
    tests/bench/bench_field_torch.py --threads 1 --ours ours.json

Times forward, and forward with backward, of the same layers in the same order: attention
96 -> 32 -> 48, density 144 -> 64 -> 64 -> 64 + 1, colour 64 -> 3, with ReLU where the field has it.
Gradients reach inputs and weights, as in training. (Ours are the matrix products alone, a few
per cent less work than the activations and sums here.) Prints samples per second, the rate of
multiplications and additions, and with --ours how many times faster ours is. Needs PyTorch
(Debian: python3-torch).
"""
import argparse
import json
import sys
import time

try:
    import torch
except ImportError:
    sys.exit("bench_field_torch.py: no PyTorch here; on Debian: apt install python3-torch")

POSITION, CODE = 96, 48
SIZES = {"att1": (POSITION, 32), "att2": (32, CODE), "den1": (POSITION + CODE, 64),
         "den2": (64, 64), "out": (64, 65), "col": (64, 3)}
FLOPS = sum(2 * n_in * n_out for n_in, n_out in SIZES.values())


class Head(torch.nn.Module):
    """The nets that every sample goes through; the ray's term of the colour net is given."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.ModuleDict({k: torch.nn.Linear(*v) for k, v in SIZES.items()})

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


def measure(n, sec):
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch, default 1")
    parser.add_argument("--samples", type=int, nargs="+", default=[1024, 4096, 65536],
                        help="of a batch; each is timed, the best counts")
    parser.add_argument("--time", type=float, default=2.0, help="seconds a figure, about")
    parser.add_argument("--ours", help="what orator bench field --json said")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    print(f"PyTorch {torch.__version__}, {args.threads} threads, {FLOPS} FLOP a sample forward")
    best = [0.0, 0.0]
    for n in args.samples:
        rates = measure(n, args.time)
        best = [max(a, b) for a, b in zip(best, rates)]
        print(f"{n:7d} samples: forward {rates[0] * 1e-6:.2f} million samples/s "
              f"({rates[0] * FLOPS * 1e-9:.1f} GFLOP/s), forward and backward "
              f"{rates[1] * 1e-6:.2f} ({rates[1] * 3 * FLOPS * 1e-9:.1f})")
    if args.ours:
        with open(args.ours, encoding="utf-8") as f:
            nets = json.load(f)["nets"]
        if nets["flops_per_sample"] != FLOPS:
            sys.exit(f"{args.ours}: nets of {nets['flops_per_sample']} FLOP, want {FLOPS}")
        ours = [nets["forward_samples_per_sec"], nets["train_samples_per_sec"]]
        print(f"ours, one thread: forward {ours[0] * 1e-6:.2f}, {ours[0] / best[0]:.1f} times "
              f"PyTorch; forward and backward {ours[1] * 1e-6:.2f}, {ours[1] / best[1]:.1f} times")


if __name__ == "__main__":
    main()
