"""What an episode of few-shot learning costs: numbers, layouts, memory and readout, each beside the plain way.

Times are CPU milliseconds of one thread, best of several, forward and backward; each pair is measured
in the same run, so that ratios hold on a busy machine. bfloat16 is faster only where the processor has
instructions for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from hippo.few_shot import ARMS, Arm, ConvNet, Learner, Settings, draw_episodes, write
from hippo.few_shot.attractor import Rule

BATCH, N_IMAGES = 4, 15


def cpu_milliseconds(work: Callable[[], object], repeats: int = 12) -> float:
    """Return the least CPU time of several runs, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return 1e3 * min(times)


def embedding(net: torch.nn.Module, images: Tensor) -> float:
    """Embed the images of a batch of episodes and go back, per episode."""

    def work() -> None:
        net.zero_grad()
        net(images).square().sum().backward()

    return cpu_milliseconds(work) / BATCH


class Plain(torch.nn.Module):
    """The same net as one writes it first: features apart, padded by hand, rectified before pooling."""

    def __init__(self, net: ConvNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        x = images[:, None].contiguous()
        for layer in self.net.convolutions:
            x = F.relu(F.conv2d(x, layer.weight.contiguous(), layer.bias, padding=1))
            odd = x.shape[-1] % 2
            x = F.max_pool2d(F.pad(x, (odd, 1, odd, 1)), 3, 2)  # after the ReLU, zeros are as good as −∞
        return x.flatten(1)


def main() -> None:
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    drawings = (torch.rand(100, 20, 28, 28, generator=generator) < 0.08).to(torch.uint8)
    images = (torch.rand(BATCH * N_IMAGES, 28, 28, generator=generator) < 0.08).float()
    net = ConvNet(generator=generator)
    plain = embedding(Plain(net), images)
    rows = [("plain net, float32", plain), ("net, float32", embedding(net, images))]
    net.in_bfloat16 = True
    rows.append(("net, bfloat16", embedding(net, images)))
    print("embedding an episode of 15 images, there and back (CPU ms; × faster than plain)")
    for name, cost in rows:
        print(f"  {name:36s} {cost:8.2f}  {plain / cost:5.1f} ×")
    assert torch.allclose(Plain(net)(images), ConvNet.forward(_exact(net), images), atol=1e-4)

    print("a step of training, per episode (CPU ms)")
    arms: tuple[Arm, ...] = tuple(ARMS)  # type: ignore[assignment]
    for arm in arms:
        learner = Learner(Settings(arm), generator=generator)

        def step(learner: Learner = learner) -> None:
            learner.zero_grad()
            learner.loss(draw_episodes(drawings, BATCH, generator=generator)).backward()

        print(f"  {ARMS[arm]:36.36s} {cpu_milliseconds(step, 6) / BATCH:8.2f}")

    print("writing a memory of 64 features (CPU ms per episode), 5 and 100 embeddings")
    rules: tuple[Rule, ...] = ("hebb", "storkey")
    for rule in rules:
        costs = []
        for n in (5, 100):
            s = torch.rand(BATCH, n, 64, generator=generator)
            costs.append(cpu_milliseconds(lambda s=s, rule=rule: write(s, rule)) / BATCH)  # type: ignore[misc]
        print(f"  {rule:36s} {costs[0]:8.3f} {costs[1]:8.3f}")


def _exact(net: ConvNet) -> ConvNet:
    net.in_bfloat16 = False
    return net


if __name__ == "__main__":
    main()
