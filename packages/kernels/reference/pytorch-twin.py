"""Twenty training steps of two tiny networks in PyTorch: what src/pytorch-twin.test.ts replays with our kernels.

    /usr/bin/python3 packages/kernels/reference/pytorch-twin.py

writes pytorch-twin.json beside itself: initial weights in tfjs's layout (filters [3, 3, in, out], dense [in, out]),
inputs [batch, height, width, 1], labels, and the losses before each step. Made with PyTorch 1.13.0 (Debian's
python3-torch) on one thread.

Blocks are batch normalisation -> 3x3 convolution without padding -> ReLU; then global average pooling per branch,
concatenation, dense softmax. Focal loss with gamma 1 plus 0.001 times the squares of all filters and dense weights;
Adam at 1e-3.
"""
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
STEPS, BATCH = 20, 6
NETWORKS = {
    "one branch, four classes": {"inputs": [[13, 9]], "classes": 4, "seed": 1},
    "two branches, two classes": {"inputs": [[13, 9], [7, 9]], "classes": 2, "seed": 2},
}
FILTERS, STRIDES = [8, 16], [1, 2]


def branch():
    channels, layers = 1, []
    for filters, stride in zip(FILTERS, STRIDES):
        layers += [nn.BatchNorm2d(channels, eps=1e-3), nn.Conv2d(channels, filters, 3, stride), nn.ReLU()]
        channels = filters
    return nn.Sequential(*layers)


def numbers(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]


def run(inputs, classes, seed):
    torch.manual_seed(seed)
    branches = [branch() for _ in inputs]
    output = nn.Linear(FILTERS[-1] * len(inputs), classes)
    modules = nn.ModuleList([*branches, output])
    for name, p in modules.named_parameters():
        # Away from ones and zeros, so that every gradient matters.
        if p.dim() == 1:
            p.data += 0.2 * torch.randn_like(p)
    x = [torch.randn(BATCH, 1, height, width) for height, width in inputs]
    y = torch.arange(BATCH) % classes
    blocks = [
        [
            {
                "gamma": numbers(b[i].weight),
                "beta": numbers(b[i].bias),
                "filter": numbers(b[i + 1].weight.permute(2, 3, 1, 0)),
                "bias": numbers(b[i + 1].bias),
                "stride": b[i + 1].stride[0],
            }
            for i in range(0, len(b), 3)
        ]
        for b in branches
    ]
    result = {
        "classes": classes,
        "branches": [
            {"shape": [BATCH, *shape, 1], "x": numbers(t), "blocks": layers}
            for shape, t, layers in zip(inputs, x, blocks)
        ],
        "dense": {"weights": numbers(output.weight.t()), "bias": numbers(output.bias)},
        "labels": y.tolist(),
        "losses": [],
    }
    optimizer = torch.optim.Adam(modules.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
    kernels = [p for p in modules.parameters() if p.dim() > 1]
    for _ in range(STEPS):
        optimizer.zero_grad()
        features = torch.cat([b(t).mean((2, 3)) for b, t in zip(branches, x)], 1)
        log_p = functional.log_softmax(output(features), 1).gather(1, y[:, None])[:, 0]
        loss = (-(1 - log_p.exp()) * log_p).mean() + 0.001 * sum((k * k).sum() for k in kernels)
        loss.backward()
        optimizer.step()
        result["losses"].append(loss.item())
    return result


path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({name: run(**network) for name, network in NETWORKS.items()}, indent=0).replace("\n", " ") + "\n")
