"""Initial parameters from the caller's generator, so that torch's own is left alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

__all__ = ["initialised"]

_Module = TypeVar("_Module", bound=nn.Module)


def initialised(make: Callable[[], _Module], generator: torch.Generator) -> _Module:
    """Make a module and draw its parameters as torch does, uniform within ±1/√(inputs of a unit).

    >>> a, b = (initialised(lambda: nn.Linear(4, 2), torch.Generator().manual_seed(1)) for _ in range(2))
    >>> torch.equal(a.weight, b.weight)
    True
    """
    with torch.device("meta"):
        module = make()
    module.to_empty(device="cpu")
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d | nn.InstanceNorm2d):
            part.reset_parameters()
        elif isinstance(part, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            bound = 1 / math.sqrt(part.weight[0].numel())
            nn.init.uniform_(part.weight, -bound, bound, generator=generator)
            if part.bias is not None:
                nn.init.uniform_(part.bias, -bound, bound, generator=generator)
        elif any(True for _ in part.parameters(recurse=False)):
            raise TypeError(f"make: expected linear, convolutional and normalising layers, got {type(part).__name__}")
    return module
