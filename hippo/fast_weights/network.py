"""A recurrent network with a fast memory that is written at every step and read within it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, shape_text
from hippo.fast_weights.associative_retrieval import N_TOKENS
from hippo.fast_weights.layers import Readout, glorot, linear
from hippo.fast_weights.memory import AttentionMemory, FastMemory, MatrixMemory, Write

__all__ = ["FastWeights", "FastWeightsConfig", "Norm"]

Norm = Literal["shared", "per step", "none"]


@dataclass(frozen=True)
class FastWeightsConfig:
    """The network of Ba et al. (2016), sec. 4.1, with the settings of the public reference."""

    #: H.
    n_hidden: int = 30
    #: λ.
    decay: float = 0.9
    #: η. At 0 the memory stays empty and an ordinary recurrent network is left.
    rate: float = 0.5
    #: S, inner steps within each step of the sequence.
    n_inner: int = 1
    #: One gain and bias for all inner steps, one for each, or no layer norm.
    norm: Norm = "shared"
    write: Write = "hebb"
    #: Units of a learnt embedding of the tokens; 0: tokens go in as they are.
    n_embedding: int = 0
    #: How A v is computed: it makes no difference but to the time and the memory it takes.
    form: Literal["attention", "matrix"] = "attention"
    n_inputs: int = N_TOKENS

    def __post_init__(self) -> None:
        for name in ("n_hidden", "n_inner", "n_inputs"):
            check_count(name, getattr(self, name))
        check_count("n_embedding", self.n_embedding, least=0)
        for name, allowed in (
            ("norm", ("shared", "per step", "none")),
            ("write", ("hebb", "storkey")),
            ("form", ("attention", "matrix")),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {getattr(self, name)!r}")


class FastWeights(nn.Module):
    """Read a sequence with fast weights, and answer after its last token.

    h_0 = 0, A_0 = 0. For t = 1 … T:
        z = h_{t−1} W + x_t C
        A_t = λ A_{t−1} + η h_{t−1} h_{t−1}ᵀ
        h⁽⁰⁾ = ReLU(z),  h⁽ˢ⁾ = ReLU(LN(z + A_t h⁽ˢ⁻¹⁾)) for s = 1 … S
        h_t = h⁽ˢ⁾ of s = S
    logits = readout(h_T). LN(u) = g (u − mean u)/(std u + 1e-5) + b over the H units.

    Parameters
    ----------
    config
        Sizes and rules.
    generator
        Draws the initial parameters: C and the readout by Glorot's rule, W = 0.05 · 1.

    Example
    -------
    >>> net = FastWeights(FastWeightsConfig(), generator=torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 6, 37)).shape, sum(parameter.numel() for parameter in net.parameters())
    (torch.Size([2, 37]), 8907)
    """

    def __init__(self, config: FastWeightsConfig, *, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        n_hidden, width = config.n_hidden, config.n_embedding or config.n_inputs
        self.embedding: nn.Module = nn.Identity()
        if config.n_embedding:
            self.embedding = nn.Sequential(linear(config.n_inputs, width, generator), nn.ReLU())
        self.inputs = nn.Parameter(glorot(width, n_hidden, generator))  # C
        self.slow = nn.Parameter(0.05 * torch.eye(n_hidden))  # W
        n_norms = {"none": 0, "shared": 1, "per step": config.n_inner}[config.norm]
        self.gains = nn.Parameter(torch.ones(n_norms, n_hidden))
        self.biases = nn.Parameter(torch.zeros(n_norms, n_hidden))
        self.readout = Readout(n_hidden, config.n_inputs, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """Answer sequences (B, T, 37): logits of the tokens, (B, 37)."""
        logits: Tensor = self.readout(self.states(inputs)[:, -1])
        return logits

    def states(self, inputs: Tensor) -> Tensor:
        """Return the state after every token, (B, T, H)."""
        if inputs.ndim != 3 or inputs.shape[-1] != self.config.n_inputs or inputs.shape[1] == 0:
            raise ValueError(f"inputs: expected shape (B, T, {self.config.n_inputs}), got {shape_text(inputs)}")
        driven = self.embedding(inputs) @ self.inputs  # (B, T, H), x_t C of all t
        h, memory = torch.zeros_like(driven[:, 0]), self.empty_memory()
        states = []
        for t, driving in enumerate(driven.unbind(1)):
            if t > 0:  # h_0 = 0 writes nothing
                memory.write(h)
            h = self.step(driving + h @ self.slow, memory)
            states.append(h)
        return torch.stack(states, dim=1)

    def step(self, z: Tensor, memory: FastMemory) -> Tensor:
        """Settle for S inner steps under the constant drive z, (B, H)."""
        h = torch.relu(z)
        for s in range(self.config.n_inner):
            h = torch.relu(self.norm(z + memory.read(h), s))
        return h

    def norm(self, u: Tensor, s: int) -> Tensor:
        """Normalise the H units of every example."""
        if self.config.norm == "none":
            return u
        row = s if self.config.norm == "per step" else 0
        std, mean = torch.std_mean(u, dim=-1, correction=0, keepdim=True)
        return self.gains[row] * ((u - mean) / (std + 1e-5)) + self.biases[row]

    def empty_memory(self) -> FastMemory:
        """Make the memory of one pass through a batch."""
        kind = AttentionMemory if self.config.form == "attention" else MatrixMemory
        return kind(self.config.decay, self.config.rate, self.config.write)
