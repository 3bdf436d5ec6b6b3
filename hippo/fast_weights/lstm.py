"""LSTMs that fast weights are compared with: as the public reference has it, and as it is used today."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hippo.arguments import shape_text
from hippo.fast_weights.associative_retrieval import N_TOKENS
from hippo.fast_weights.layers import Readout, glorot

__all__ = ["LSTM", "ReferenceLSTM"]


class ReferenceLSTM(nn.Module):
    """The baseline with the conventions of its time: rectified, its answer read from the cell.

    (i, j, f, o) = [x_t, h_{t−1}] K + b
    c_t = σ(f + 1) c_{t−1} + σ(i) ReLU(j),  h_t = σ(o) ReLU(c_t)
    logits = readout(c_T).

    Parameters
    ----------
    n_hidden
        H.
    generator
        Draws the initial parameters by Glorot's rule; b = 0.

    Notes
    -----
    TensorFlow 1's BasicLSTMCell with activation ReLU. Its state is the pair (c, h), of which the
    reference takes the first.

    Example
    -------
    >>> net = ReferenceLSTM(30, generator=torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 6, 37)).shape, sum(parameter.numel() for parameter in net.parameters())
    (torch.Size([2, 37]), 14997)
    """

    def __init__(self, n_hidden: int = 30, *, generator: torch.Generator) -> None:
        super().__init__()
        self.kernel = nn.Parameter(glorot(N_TOKENS + n_hidden, 4 * n_hidden, generator))  # K
        self.bias = nn.Parameter(torch.zeros(4 * n_hidden))
        self.readout = Readout(n_hidden, N_TOKENS, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """Answer sequences (B, T, 37): logits of the tokens, (B, 37)."""
        _check(inputs)
        from_input, from_state = self.kernel[:N_TOKENS], self.kernel[N_TOKENS:]
        driven = inputs @ from_input + self.bias  # (B, T, 4H)
        c = h = driven.new_zeros(len(inputs), len(from_state))
        for driving in driven.unbind(1):
            i, j, f, o = (driving + h @ from_state).chunk(4, dim=-1)
            c = torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.relu(j)
            h = torch.sigmoid(o) * torch.relu(c)
        logits: Tensor = self.readout(c)
        return logits


class LSTM(nn.Module):
    """An LSTM as it is used today, tanh units and its answer read from h_T, with the same readout.

    Parameters
    ----------
    n_hidden
        H.
    generator
        Draws the recurrent parameters as torch does, uniform within ±1/√H.
    """

    def __init__(self, n_hidden: int = 30, *, generator: torch.Generator) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(N_TOKENS, n_hidden, batch_first=True, device="meta").to_empty(device="cpu")
        bound = 1 / math.sqrt(n_hidden)
        with torch.no_grad():
            for parameter in self.recurrent.parameters():
                nn.init.uniform_(parameter, -bound, bound, generator=generator)
        self.readout = Readout(n_hidden, N_TOKENS, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """Answer sequences (B, T, 37): logits of the tokens, (B, 37)."""
        _check(inputs)
        logits: Tensor = self.readout(self.recurrent(inputs)[0][:, -1])
        return logits


def _check(inputs: Tensor) -> None:
    if inputs.ndim != 3 or inputs.shape[-1] != N_TOKENS or inputs.shape[1] == 0:
        raise ValueError(f"inputs: expected shape (B, T, {N_TOKENS}), got {shape_text(inputs)}")
