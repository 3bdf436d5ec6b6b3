"""Random draws that come from the caller's generator alone.

A generator lives on one device. The draw is made there and then moved, so a CPU generator gives
the same numbers whatever device the patterns are on.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["normal", "permutation", "random_rows", "uniform"]


def uniform(shape: torch.Size | tuple[int, ...], generator: torch.Generator, device: torch.device) -> Tensor:
    """Draw float32 numbers uniformly from [0, 1)."""
    return torch.rand(shape, generator=generator, device=generator.device).to(device)


def normal(shape: torch.Size | tuple[int, ...], generator: torch.Generator, device: torch.device) -> Tensor:
    """Draw float32 numbers from the standard normal distribution."""
    return torch.randn(shape, generator=generator, device=generator.device).to(device)


def permutation(n: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Draw one of the n! orders of 0 … n − 1."""
    return torch.randperm(n, generator=generator, device=generator.device).to(device)


def random_rows(rows: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Draw n different rows of a tensor, in random order."""
    if not 0 < n <= len(rows):
        raise ValueError(f"n: expected 1 to {len(rows)} rows, as many as there are, got {n}")
    return rows[permutation(len(rows), generator, rows.device)[:n]]
