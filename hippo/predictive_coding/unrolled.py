"""A leaky recurrent network unrolled in time, with its gradient written out.

Backpropagation through time as a loop over preallocated memory costs three operations per step and
direction; recorded by autograd it would cost about three times as much.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["leaky_rates"]


def leaky_rates(h0: Tensor, drive: Tensor, recurrent: Tensor, time_constant: float, n_steps: int) -> Tensor:
    """Follow h ← (1 − 1/τ) h + (1/τ) (W tanh(h) + drive) and return tanh(h) after every step.

    Parameters
    ----------
    h0
        (B, d_h), before the first step.
    drive
        (B, d_h), the same at every step.
    recurrent
        W, (d_h, d_h); row i holds what unit i receives.
    time_constant
        τ, in steps.
    n_steps
        T.

    Returns
    -------
    Tensor
        (T, B, d_h), differentiable once with respect to `h0`, `drive` and `recurrent`.
    """
    rates: Tensor = _LeakyRates.apply(h0, drive, recurrent, time_constant, n_steps)  # type: ignore[no-untyped-call]
    return rates


class _LeakyRates(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, h0: Tensor, drive: Tensor, recurrent: Tensor, time_constant: float, n_steps: int) -> Tensor:
        keep = 1 - 1 / time_constant
        weights, push = recurrent.T / time_constant, drive / time_constant
        hidden, before = h0.clone(), h0.tanh()
        rates = h0.new_empty(n_steps, *h0.shape)
        rate = before
        for t in range(n_steps):
            torch.add(push, hidden, alpha=keep, out=hidden)
            hidden.addmm_(rate, weights)
            rate = rates[t]
            torch.tanh(hidden, out=rate)
        ctx.save_for_backward(before, recurrent, rates)
        ctx.time_constant = time_constant
        return rates

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_rates: Tensor) -> tuple[Tensor | None, ...]:
        before, recurrent, rates = ctx.saved_tensors
        keep, weights = 1 - 1 / ctx.time_constant, recurrent / ctx.time_constant
        slopes = 1 - rates.square()  # (T, B, d_h), d tanh / dh
        grads = torch.empty_like(rates)  # (T, B, d_h), with respect to h after each step
        through = torch.empty_like(before)
        torch.mul(grad_rates[-1], slopes[-1], out=grads[-1])
        for t in range(len(rates) - 2, -1, -1):
            later, grad = grads[t + 1], grads[t]
            torch.addmm(grad_rates[t], later, weights, out=through)
            torch.mul(later, keep, out=grad)
            grad.addcmul_(through, slopes[t])
        first = grads[0]
        grad_h0 = keep * first + (first @ weights) * (1 - before.square()) if ctx.needs_input_grad[0] else None
        sources = torch.cat([before[None], rates[:-1]])  # (T, B, d_h), what the recurrent weights saw
        grad_weights = torch.einsum("tbi,tbj->ij", grads, sources) / ctx.time_constant
        return grad_h0, grads.sum(dim=0) / ctx.time_constant, grad_weights, None, None
