"""The paper's network in PyTorch: a training step, or inference. See `spoken` in remote.ts for how it is asked.

    python3 pytorch.py train-step|inference THREADS channels_last|contiguous BATCH INPUT.safetensors
"""
import json
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional

task, threads, layout, batch, path = sys.argv[1:]
batch = int(batch)
torch.set_num_threads(int(threads))
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
STRIDES = [1, 2, 1, 2, 1, 2, 1]


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    floats = torch.frombuffer(data, dtype=torch.float32)
    arrays = {}
    for name, entry in header.items():
        begin, end = (offset // 4 for offset in entry["data_offsets"])
        arrays[name] = floats[begin:end].reshape(entry["shape"]).clone()
    return arrays


class Network(nn.Module):
    def __init__(self, arrays):
        super().__init__()
        layers = []
        for i, stride in enumerate(STRIDES):
            block = f"branch1/block{i + 1}"
            kernel = arrays[f"{block}/conv/kernel"].permute(3, 2, 0, 1).contiguous()
            filters, channels = kernel.shape[:2]
            normalisation = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
            convolution = nn.Conv2d(channels, filters, 3, stride)
            for tensor, name in (
                (normalisation.weight, "bn/gamma"),
                (normalisation.bias, "bn/beta"),
                (normalisation.running_mean, "bn/mean"),
                (normalisation.running_var, "bn/variance"),
                (convolution.bias, "conv/bias"),
            ):
                tensor.data = arrays[f"{block}/{name}"]
            convolution.weight.data = kernel
            layers += [normalisation, convolution, nn.ReLU()]
        self.blocks = nn.Sequential(*layers)
        kernel = arrays["dense/kernel"].t().contiguous()
        self.output = nn.Linear(kernel.shape[1], kernel.shape[0])
        self.output.weight.data = kernel
        self.output.bias.data = arrays["dense/bias"]

    def forward(self, x):
        return self.output(self.blocks(x).mean((2, 3)))


arrays = read(path)
network = Network(arrays).to(memory_format=memory_format)
x = arrays["pictures"][:batch, None].to(memory_format=memory_format)
classes = arrays["dense/bias"].shape[0]
labels = torch.arange(batch) % classes
optimizer = torch.optim.Adam(network.parameters(), 1e-4, eps=1e-7)
kernels = [p for p in network.parameters() if p.dim() >= 2]
losses = []


def train_step():
    optimizer.zero_grad()
    log_p = functional.log_softmax(network(x), 1).gather(1, labels[:, None])[:, 0]
    loss = (-(1 - log_p.exp()) * log_p).mean() + 0.001 * sum((k * k).sum() for k in kernels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())


def inference():
    global probabilities
    with torch.inference_mode():
        probabilities = functional.softmax(network(x), 1)


if task == "inference":
    network.eval()
run = train_step if task == "train-step" else inference
run()
print(f"{torch.__version__}, {layout}", flush=True)
for line in sys.stdin:
    if line.startswith("run"):
        times = int(line.split()[1])
        start = time.perf_counter()
        for _ in range(times):
            run()
        print((time.perf_counter() - start) * 1000, flush=True)
    else:
        values = losses[:2] if task == "train-step" else probabilities.flatten().tolist()
        print(*values, flush=True)
