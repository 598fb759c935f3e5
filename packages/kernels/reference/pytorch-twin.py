"""Twenty training steps of networks in PyTorch: what src/pytorch-twin.test.ts replays with our kernels.

    /usr/bin/python3 packages/kernels/reference/pytorch-twin.py

writes pytorch-twin.json beside itself: the losses before each step, and the sha256 over all initial values, which both
sides draw from the same generator (`uniform` of conformance/backends.ts). Made with PyTorch 1.13.0 (Debian's
python3-torch) on one thread. `--double` prints how far these losses are from the same in double precision, and writes
nothing.

Blocks are batch normalisation -> 3x3 convolution without padding -> ReLU; then global average pooling per branch,
concatenation, dense softmax. Focal loss with gamma 1 plus 0.001 times the squares of all filters and dense weights;
Adam. The batch is the same in every step. Layouts are tfjs's: filters [3, 3, in, out], dense [in, out], pictures
[batch, height, width].
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
STEPS = 20
TINY = {"filters": [8, 16], "strides": [1, 2], "batch": 6, "learningRate": 1e-3}
PAPER = {"filters": [16, 32, 32, 64, 64, 128, 128], "strides": [1, 2, 1, 2, 1, 2, 1], "learningRate": 1e-4}
NETWORKS = {
    "one branch, four classes": {**TINY, "pictures": [[13, 9]], "classes": 4},
    "two branches, two classes": {**TINY, "pictures": [[13, 9], [7, 9]], "classes": 2},
    # 292 776 parameters, moving statistics included.
    "the paper's source network": {**PAPER, "batch": 32, "pictures": [[257, 45]], "classes": 4},
    # 585 034 parameters; the inspiration is half of the cycle.
    "the paper's target network": {**PAPER, "batch": 15, "pictures": [[257, 45], [128, 45]], "classes": 2},
}


class Values:
    """Draws tensors one after the other, each with the next seed; the sha256 over all of them as float32."""

    def __init__(self):
        self.seed = 0
        self.hash = hashlib.sha256()

    def draw(self, shape, scale, middle=0.0):
        """Uniform in middle +- scale, in single precision."""
        self.seed += 1
        state = (self.seed * 2654435761 + 12345) % 2**32
        numbers = np.empty(int(np.prod(shape)), np.float32)
        for i in range(len(numbers)):
            state = (state * 1664525 + 1013904223) % 2**32
            numbers[i] = state / 2**31 - 1
        numbers = (numbers * np.float32(scale) + np.float32(middle)).reshape(shape)
        self.hash.update(numbers.astype("<f4").tobytes())
        return torch.from_numpy(numbers)


def glorot(fan_in, fan_out):
    return (6 / (fan_in + fan_out)) ** 0.5


def run(filters, strides, batch, pictures, classes, learningRate, dtype=torch.float32):
    values = Values()
    branches, x = [], []
    for height, width in pictures:
        channels, layers = 1, []
        for out_channels, stride in zip(filters, strides):
            norm = nn.BatchNorm2d(channels, eps=1e-3)
            conv = nn.Conv2d(channels, out_channels, 3, stride)
            # Away from ones and zeros, so that every gradient matters.
            norm.weight.data = values.draw([channels], 0.3, 1)
            norm.bias.data = values.draw([channels], 0.3)
            scale = glorot(9 * channels, 9 * out_channels)
            kernel = values.draw([3, 3, channels, out_channels], scale)
            conv.weight.data = kernel.permute(3, 2, 0, 1).contiguous()
            conv.bias.data = values.draw([out_channels], 0.3)
            layers += [norm, conv, nn.ReLU()]
            channels = out_channels
        branches.append(nn.Sequential(*layers))
        # Of unit variance, as standardised pictures are.
        x.append(values.draw([batch, height, width], 3**0.5)[:, None])
    output = nn.Linear(channels * len(pictures), classes)
    scale = glorot(channels * len(pictures), classes)
    output.weight.data = values.draw([channels * len(pictures), classes], scale).t().contiguous()
    output.bias.data = values.draw([classes], 0.3)
    modules = nn.ModuleList([*branches, output]).to(dtype)
    x = [t.to(dtype) for t in x]
    y = torch.arange(batch) % classes

    optimizer = torch.optim.Adam(modules.parameters(), lr=learningRate, betas=(0.9, 0.999), eps=1e-7)
    kernels = [p for p in modules.parameters() if p.dim() > 1]
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        features = torch.cat([b(t).mean((2, 3)) for b, t in zip(branches, x)], 1)
        log_p = functional.log_softmax(output(features), 1).gather(1, y[:, None])[:, 0]
        loss = (-(1 - log_p.exp()) * log_p).mean() + 0.001 * sum((k * k).sum() for k in kernels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"values": values.hash.hexdigest(), "losses": losses}


if "--double" in sys.argv:
    for name, network in NETWORKS.items():
        single, double = (run(**network, dtype=dtype)["losses"] for dtype in (torch.float32, torch.float64))
        print(f"{name}: {max(abs(s - d) for s, d in zip(single, double)):.1e}")
else:
    twins = {name: {**network, **run(**network)} for name, network in NETWORKS.items()}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(twins) + "\n")
