"""The mixture memory with a learnt precision: it finds out which dimensions of a code can be trusted.

GMM* of Annabi, Pitti, Quoy 2022 (arXiv 2210.08013), diagonal and with a low-rank part.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hippo.arguments import check_count
from hippo.draws import normal
from hippo.retrieval.kernel import Retrieval, biased_product, check_states, iterate_weights
from hippo.retrieval.separations import clear_weights

__all__ = ["LearntPrecision"]


class LearntPrecision(nn.Module):
    """A Gaussian mixture whose Gaussians share a precision matrix that is learnt.

    w = softmax_i(−½ (z − m_i)ᵀ P (z − m_i)), z ← Σ_i w_i m_i; P = diag(exp ρ) + U Uᵀ.

    Parameters
    ----------
    n_code
        D.
    rank
        Columns of U; 0 keeps P diagonal. Any U leaves P positive definite.
    generator
        Draws U, small; needed with a rank only.

    Attributes
    ----------
    log_precision
        ρ, (D,), 0 at the start: P = 1, not 1/σ².

    Notes
    -----
    With the patterns scaled by exp(ρ/2) and projected on U it is the plain mixture step: two matrix
    products and O(B N + N D) memory, where copies of P for every pair would take O(B N D²).

    Example
    -------
    >>> memory = torch.tensor([[0.0, 0.0], [3.0, 3.0]])
    >>> LearntPrecision(2).retrieve(memory, torch.tensor([[1.0, 0.0]])).weights.argmax(-1)
    tensor([0])
    """

    def __init__(self, n_code: int, rank: int = 0, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        check_count("n_code", n_code)
        check_count("rank", rank, least=0)
        self.log_precision = nn.Parameter(torch.zeros(n_code))
        if rank and generator is None:
            raise ValueError("generator: expected a torch.Generator to draw the low-rank part from, got None")
        factors = torch.zeros(n_code, rank)
        if generator is not None and rank:
            factors = 0.1 * normal((n_code, rank), generator, torch.device("cpu"))
        self.factors = nn.Parameter(factors)

    def precision(self) -> Tensor:
        """Return P, (D, D)."""
        return torch.diag(self.log_precision.exp()) + self.factors @ self.factors.T

    def scores(self, patterns: Tensor, states: Tensor) -> Tensor:
        """Return −½ (z − m_i)ᵀ P (z − m_i) but for a term that all i share, (..., B, N)."""
        weighted, half = self._weighted(patterns)
        return biased_product(states, weighted.mT, half)

    def _weighted(self, patterns: Tensor) -> tuple[Tensor, Tensor]:
        """Return M P, (..., N, D), and ½ m_iᵀ P m_i, (..., 1, N)."""
        weighted = patterns * self.log_precision.exp()
        if self.factors.shape[1]:
            weighted = weighted + (patterns @ self.factors) @ self.factors.T
        return weighted, (weighted * patterns).sum(-1)[..., None, :] / 2

    def forward(self, patterns: Tensor, cues: Tensor, n_steps: int = 1) -> Tensor:
        """Return the read-out after some steps, (..., B, D)."""
        return self.retrieve(patterns, cues, n_steps, tolerance=None).readout

    def retrieve(self, patterns: Tensor, cues: Tensor, n_steps: int = 10, tolerance: float | None = 0.0) -> Retrieval:
        """Iterate the step until no weight changes by more than the tolerance, or n_steps times."""
        check_states(patterns, cues)
        weighted, half = self._weighted(patterns)
        # Where several reads follow, z (M P)ᵀ = w M (M P)ᵀ: iterate on weights alone if that is less work.
        gram = patterns @ weighted.mT if n_steps > 2 and patterns.shape[-2] <= 2 * patterns.shape[-1] else None

        def read(weights: Tensor | None) -> Tensor:
            if weights is None:
                return clear_weights(biased_product(cues, weighted.mT, half))
            if gram is None:
                return clear_weights(biased_product(weights @ patterns, weighted.mT, half))
            return clear_weights(biased_product(weights, gram, half))

        return iterate_weights(read, patterns, n_steps, tolerance)
