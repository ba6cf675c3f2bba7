"""field_torch.py - the whole field in PyTorch, as src/numerics/field_model.h describes it.

Written as one would write it for a processor: whole batches as tensors, no loop over rays or
samples, large tensors laid out as the operations like them. Scene, sizes and losses are those of
`orator bench field` (src/host/field/field_bench.c); only the random numbers are others.

Letters: R rays, H rays that meet occupied space, K samples of a ray, N = H K, F frames.
"""
import math

import torch
from torch import nn
from torch.nn.functional import embedding_bag, grid_sample, linear

SIZE, N_FRAMES, CELLS = 256, 4, 96  # pixels of a side; frames; cells of occupancy along an axis
BOX, RADIUS, SHELL, DISTANCE, FOCAL = 220.0, 90.0, 12.0, 600.0, 2.6 * SIZE
TAPS, MOUTH_IN, EYE_IN, MOUTH_CODE, EYE_CODE, APPEARANCE = 5, 24, 16, 32, 16, 8
STEPS, PROBES = 16, 176  # of a ray; probes are at most a cell apart
TORSO_REACH = 0.03
POSITION, CODE = 96, MOUTH_CODE + EYE_CODE
HEAD = {"att1": (POSITION, 32), "att2": (32, CODE), "den1": (POSITION + CODE, 64),
        "den2": (64, 64), "out": (64, 65), "col": (64, 3)}
OTHERS = {"mouth1": (MOUTH_IN, 64), "mouth2": (64, MOUTH_CODE), "eye1": (EYE_IN, 32),
          "eye2": (32, EYE_CODE), "tdef1": (16, 32), "tdef2": (32, 2), "tcol1": (28, 64),
          "tcol2": (64, 4)}
FLOPS = sum(2 * n_in * n_out for n_in, n_out in HEAD.values())  # of a sample, forward


class Planes(nn.Module):
    """Feature planes, 4 features at each vertex of each level; see src/numerics/grid.h."""

    def __init__(self, n_planes, n_levels, coarse, how):
        super().__init__()
        self.how, self.n_planes = how, n_planes
        self.cells = [int(coarse * (SIZE / coarse) ** (l / (n_levels - 1)) + 0.5)
                      for l in range(n_levels)]
        self.axes = torch.tensor([[0, 1], [0, 2], [1, 2]][:n_planes])
        side = torch.tensor(self.cells) + 1
        if how == "grid_sample":
            self.table = nn.ParameterList(
                nn.Parameter(torch.randn(n_planes, 4, n, n) * 1e-2) for n in side.tolist())
            return
        n_entries = int((side * side).sum())
        self.table = nn.Parameter(torch.randn(n_planes * n_entries, 4) * 1e-2)
        first = torch.cumsum(side * side, 0) - side * side
        self.first = torch.arange(n_planes)[:, None] * n_entries + first  # [planes][levels]
        self.scale = torch.tensor(self.cells, dtype=torch.float32)
        self.side = side.to(torch.float32)

    def forward(self, at):
        """[N][axes] in 0..1 to [N][planes * levels * 4]."""
        at = at.clamp(0, 1)
        return self.sample(at) if self.how == "grid_sample" else self.gather(at)

    def sample(self, at):
        n = at.shape[0]
        where = (2 * at - 1)[:, self.axes].transpose(0, 1)[:, None]  # [planes][1][N][2]
        out = [grid_sample(t, where, padding_mode="border", align_corners=True)
               for t in self.table]  # [planes][4][1][N]
        out = torch.stack(out, 1).reshape(self.n_planes * len(self.cells) * 4, n)
        return out.t()

    def gather(self, at):
        """Four corners; indices are exact in float32: tables have fewer than 2^24 entries."""
        n = at.shape[0]
        x = at[:, self.axes][:, :, None, :] * self.scale[:, None]  # [N][planes][levels][2]
        low = torch.minimum(x.detach().floor(), self.scale[:, None] - 1)
        f, g = (x - low), 1 - (x - low)
        weight = torch.stack([g[..., 0] * g[..., 1], f[..., 0] * g[..., 1],
                              g[..., 0] * f[..., 1], f[..., 0] * f[..., 1]], -1)
        entry = (low[..., 1] * self.side + low[..., 0]).long() + self.first
        step = torch.stack([torch.zeros_like(self.side), torch.ones_like(self.side), self.side,
                            self.side + 1], -1).long()
        entry = entry[..., None] + step  # [N][planes][levels][4]
        if self.how == "embedding_bag":
            return embedding_bag(entry.view(-1, 4), self.table, mode="sum",
                                 per_sample_weights=weight.view(-1, 4)).view(n, -1)
        corners = self.table.index_select(0, entry.view(-1)).view(n, -1, 4, 4)
        return (corners * weight.view(n, -1, 4, 1)).sum(2).view(n, -1)


ENCODERS = ["grid_sample", "index_select", "embedding_bag"]


def sh9(d):
    """Spherical harmonics up to degree 2 of directions [R][3]."""
    x, y, z = d.unbind(1)
    one = torch.full_like(x, 0.28209479177387814)
    return torch.stack([one, 0.4886025 * y, 0.4886025 * z, 0.4886025 * x, 1.0925484 * x * y,
                        1.0925484 * y * z, 0.3153916 * (3 * z * z - 1), 1.0925484 * x * z,
                        0.5462742 * (x * x - y * y)], 1)


class Scene:
    """A spherical shell of occupied space, rays into random pixels, targets."""

    def __init__(self, n_rays, n_samples):
        self.n_samples = n_samples
        axis = (torch.arange(CELLS) + 0.5) / CELLS - 0.5
        z, y, x = torch.meshgrid(axis, axis, axis, indexing="ij")
        far = (x * x + y * y + z * z).sqrt() * BOX
        self.occupied = ((far - RADIUS).abs() < SHELL).view(-1).to(torch.float32)
        self.turn = torch.diag(torch.tensor([1.0, -1.0, -1.0])).repeat(N_FRAMES, 1, 1)
        self.shift = torch.tensor([0.0, 0.0, DISTANCE]).repeat(N_FRAMES, 1)
        reach = (RADIUS + SHELL) * FOCAL / DISTANCE
        self.frame = torch.randint(N_FRAMES, (n_rays,))
        self.pixel = SIZE / 2 + reach * (2 * torch.rand(n_rays, 2) - 1)
        self.face = torch.rand(n_rays) < 0.25
        self.target, self.matte = torch.rand(n_rays, 3), torch.rand(n_rays, 2)
        self.plate = torch.zeros(n_rays, 3)
        self.mouth = torch.randn(N_FRAMES, TAPS, MOUTH_IN)
        self.eye = torch.randn(N_FRAMES, TAPS, EYE_IN)
        self.torso_pose = torch.zeros(N_FRAMES, 8)

    @torch.no_grad()
    def rays(self):
        """Directions [R][3], which rays have samples [H], their positions in the box 0..1
        [H][K][3] and what each sample stands for, mm [H][1]; as in src/numerics/march.h."""
        turn = self.turn[self.frame]
        d = torch.cat([(self.pixel - SIZE / 2) / FOCAL, torch.ones_like(self.pixel[:, :1])], 1)
        d = (d / d.norm(dim=1, keepdim=True))[:, None] @ turn  # transposed, from the left
        o = (-self.shift[self.frame][:, None] @ turn)[:, 0]
        d = d[:, 0]
        a, b = (-BOX / 2 - o) / d, (BOX / 2 - o) / d
        near = torch.minimum(a, b).amax(1, keepdim=True).clamp(min=0)
        far = torch.maximum(a, b).amin(1, keepdim=True).maximum(near)
        probe = (far - near) / PROBES
        entry, slope = (o + near * d) / BOX + 0.5, d * probe / BOX
        k = torch.arange(PROBES) + 0.5
        cell = [torch.addcmul(entry[:, i:i + 1] * CELLS, slope[:, i:i + 1] * CELLS, k)
                .clamp_(0, CELLS - 0.5).floor_() for i in range(3)]  # [R][PROBES]
        at = cell[2].mul_(CELLS).add_(cell[1]).mul_(CELLS).add_(cell[0]).long()
        seen = self.occupied[at].cumsum(1)  # probes so far
        hit = (seen[:, -1] > 0).nonzero()[:, 0]
        seen = seen[hit]
        total = seen[:, -1:]
        first = (seen == 0).sum(1, keepdim=True)
        width = (seen < total).sum(1, keepdim=True) + 1 - first  # probes from first to last
        edge = torch.arange(STEPS + 1) * width / STEPS + first  # where steps begin, in probes
        before = torch.cat([torch.zeros_like(total), seen], 1)
        mask = before.gather(1, edge[:, 1:].ceil().long()) > before.gather(1, edge[:, :-1].long())
        passed = mask.to(torch.float32).cumsum(1)
        n_set = passed[:, -1:]
        along = (torch.arange(self.n_samples) + torch.rand(len(hit), self.n_samples)) * (
            n_set / self.n_samples)
        want = torch.minimum(along.floor(), n_set - 1)
        step = torch.searchsorted(passed, want + 1) + (along - want)
        dt = width * probe[hit] / STEPS
        t = near[hit] + first * probe[hit] + step * dt
        place = (o[hit][:, None] + t[..., None] * d[hit][:, None]) / BOX + 0.5
        return d, hit, place, n_set / self.n_samples * dt


class Field(nn.Module):
    """All parameters; poses rest, as in the bench."""

    def __init__(self, how):
        super().__init__()
        self.layer = nn.ModuleDict({k: nn.Linear(*v) for k, v in {**HEAD, **OTHERS}.items()})
        self.ray = nn.Linear(20, 64, bias=False)
        self.taps = nn.Parameter(torch.zeros(2, TAPS))
        self.appearance = nn.Parameter(torch.zeros(N_FRAMES, APPEARANCE))
        self.affine = nn.Parameter(torch.eye(2, 3).repeat(N_FRAMES, 1, 1))
        self.grid = Planes(3, 8, 32, how)
        self.torso_grid = Planes(1, 5, 16, how)

    def net(self, first, second, x):
        a, b = self.layer[first], self.layer[second]
        return linear(torch.relu(linear(x, a.weight, a.bias)), b.weight, b.bias)

    def codes(self, scene):
        tap = torch.softmax(self.taps, 1)[:, :, None]
        return torch.cat([(self.net("mouth1", "mouth2", scene.mouth) * tap[0]).sum(1),
                          (self.net("eye1", "eye2", scene.eye) * tap[1]).sum(1)], 1)

    def torso(self, scene):
        """Colour and opacity [R][4]."""
        pose = scene.torso_pose[scene.frame]
        xy1 = torch.cat([scene.pixel / SIZE, torch.ones_like(scene.pixel[:, :1])], 1)
        q = (self.affine[scene.frame] @ xy1[..., None])[..., 0]
        waves = torch.cat([(math.pi * q).sin(), (math.pi * q).cos(), (2 * math.pi * q).sin(),
                           (2 * math.pi * q).cos()], 1)
        bend = self.net("tdef1", "tdef2", torch.cat([waves, pose], 1))
        features = self.torso_grid(q + TORSO_REACH * torch.tanh(bend))
        return torch.sigmoid(self.net("tcol1", "tcol2", torch.cat([features, pose], 1)))

    def head(self, scene, code, d, hit, place):
        """Log density [H][K], colour [H][K][3] and the gates [H][K][48] of the samples."""
        n_hit, n_samples = place.shape[:2]
        frame = scene.frame[hit]
        x = self.grid(place.reshape(-1, 3))
        gate = torch.sigmoid(self.net("att1", "att2", x))
        gated = gate.view(n_hit, n_samples, CODE) * code[frame][:, None]
        h = torch.relu(self.net("den1", "den2", torch.cat([x, gated.view(-1, CODE)], 1)))
        u = self.layer["out"](h).view(n_hit, n_samples, 65)
        up = -scene.turn[frame][:, 1]
        view = self.ray(torch.cat([sh9(d[hit]), up, self.appearance[frame]], 1))
        rgb = torch.sigmoid(self.layer["col"](torch.relu(u[..., :64] + view[:, None])))
        return u[..., 64], rgb, gate.view(n_hit, n_samples, CODE)

    def forward(self, scene):
        """Composite [R][3]; what the losses need; the number of samples."""
        n_rays = len(scene.frame)
        d, hit, place, spacing = scene.rays()
        torso = self.torso(scene)
        s, rgb, gate = self.head(scene, self.codes(scene), d, hit, place)
        x = 0.05 * s.clamp(max=8).exp() * spacing
        sums = x.cumsum(1)
        w = (x - sums).exp() - (-sums).exp()
        head = torch.cat([(w[..., None] * rgb).sum(1), w.sum(1, keepdim=True)], 1)
        head = head.new_zeros(n_rays, 4).index_copy(0, hit, head)
        alpha = head[:, 3]
        under = torso[:, 3:] * torso[:, :3] + (1 - torso[:, 3:]) * scene.plate
        left = 1 - alpha
        out = head[:, :3] + left[:, None] * under
        return out, (alpha, left * torso[:, 3], hit, w, gate), hit.numel() * scene.n_samples

    def loss(self, scene):
        rgb, (alpha, torso, hit, w, gate), n_samples = self(scene)
        colour = ((rgb - scene.target).square() + 1e-6).sqrt().sum()
        matte = (alpha - scene.matte[:, 0]).square() + (torso - scene.matte[:, 1]).square()
        a = alpha[hit].clamp(1e-4, 1 - 1e-4)
        entropy = -(a * a.log() + (1 - a) * (1 - a).log())
        still = w.detach() * ~scene.face[hit][:, None]
        dynamics = (still * gate.square().mean(2)).sum()
        return colour + 0.1 * matte.sum() + 1e-3 * entropy.sum() + 1e-3 * dynamics, n_samples
