"""One training step of the paper's network in PyTorch, on one thread, in the layout that is fastest on CPUs.

Prints its version once it is warm; then, for each line on stdin, runs one step and prints its milliseconds.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
FILTERS = [16, 32, 32, 64, 64, 128, 128]
STRIDES = [1, 2, 1, 2, 1, 2, 1]
CLASSES, BATCH = 4, 32


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        channels, layers = 1, []
        for filters, stride in zip(FILTERS, STRIDES):
            layers += [nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01), nn.Conv2d(channels, filters, 3, stride), nn.ReLU()]
            channels = filters
        self.blocks = nn.Sequential(*layers)
        self.output = nn.Linear(channels, CLASSES)

    def forward(self, x):
        return self.output(self.blocks(x).mean((2, 3)))


network = Network().to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(network.parameters(), 1e-4, eps=1e-7)
kernels = [p for p in network.parameters() if p.dim() >= 2]
x = torch.randn(BATCH, 1, 257, 45).to(memory_format=torch.channels_last)
y = torch.arange(BATCH) % CLASSES


def step():
    optimizer.zero_grad()
    log_p = functional.log_softmax(network(x), 1).gather(1, y[:, None])[:, 0]
    loss = (-(1 - log_p.exp()) * log_p).mean() + 0.001 * sum((k * k).sum() for k in kernels)
    loss.backward()
    optimizer.step()


step()
print(torch.__version__, flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    step()
    print((time.perf_counter() - start) * 1000, flush=True)
