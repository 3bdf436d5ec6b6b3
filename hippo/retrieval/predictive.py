"""Retrieval by predictive coding: code and hidden layers move so that every layer predicts the next (PC-GMM)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hippo.arguments import check_count, check_positive
from hippo.draws import normal
from hippo.retrieval.mixture import mixture_energy, mixture_step

__all__ = ["PredictiveNetwork", "PredictiveTrace", "State", "cautious_step", "relax"]

#: Code, then hidden layers towards the image: z4, z3, z2, z1.
State = tuple[Tensor, ...]


@dataclass(frozen=True)
class PredictiveTrace:
    """Where a relaxation ended, and the energy on the way."""

    state: State
    #: Sums of squared errors e4, e3, e2, e1, e_x before the first step and after each, (T + 1, 5, B).
    terms: Tensor
    #: F at the same times, (T + 1, B).
    energy: Tensor
    #: The step size of each step, (T,).
    step_sizes: Tensor

    @property
    def codes(self) -> Tensor:
        """z4, (B, D)."""
        return self.state[0]


class PredictiveNetwork:
    """A decoder, an image to explain and a memory as the prior of the code.

    e4 = z4 − Σ_i w_i m_i, e_l = z_l − relu(p_l), e_x = x − σ(p_x), with p_{l−1} = T_l z_l;
    F = ½ Σ_l ‖e_l‖² + ½ ‖e_x‖² − σ² log Σ_i exp(−‖z4 − m_i‖² / 2σ²).

    Parameters
    ----------
    maps
        L, T3, T2, T1 of a `DigitVAE`.
    patterns
        M, (N, D); None: no memory, e4 = 0.
    images
        x, (B, 1, 28, 28).
    sigma
        σ of the mixture.
    """

    def __init__(self, maps: nn.ModuleList, patterns: Tensor | None, images: Tensor, sigma: float = 0.1) -> None:
        check_positive("sigma", sigma)
        self.maps, self.patterns, self.images, self.sigma = maps, patterns, images, sigma

    def start(self, codes: Tensor) -> State:
        """Return the state that the codes predict, top-down: hidden layers have no error."""
        state = [codes]
        for layer in list(self.maps)[:-1]:
            state.append(torch.relu(layer(state[-1])))
        return tuple(state)

    def predictions(self, state: State) -> list[Tensor]:
        """Return p3, p2, p1, p_x, before their non-linearities."""
        return [layer(z) for layer, z in zip(self.maps, state, strict=True)]

    def errors(self, state: State, predictions: list[Tensor], anchor: Tensor | None = None) -> list[Tensor]:
        """Return e4, e3, e2, e1, e_x; an anchor takes the place of what the memory says."""
        codes = state[0]
        if anchor is None:
            anchor = codes if self.patterns is None else mixture_step(self.patterns, codes, self.sigma)[0]
        hidden = [z - torch.relu(p) for z, p in zip(state[1:], predictions[:-1], strict=True)]
        return [codes - anchor, *hidden, self.images - torch.sigmoid(predictions[-1])]

    def changes(self, state: State, predictions: list[Tensor], errors: list[Tensor]) -> State:
        """Return −∂F/∂z of every layer: T_lᵀ [f'(p_{l−1}) e_{l−1}] − e_l, the way back without bias."""
        changes = []
        for i, (layer, z, p) in enumerate(zip(self.maps, state, predictions, strict=True)):
            last = i == len(state) - 1
            slope = torch.sigmoid(p) * (1 - torch.sigmoid(p)) if last else (p > 0).to(p.dtype)
            changes.append(_transposed(layer, z, slope * errors[i + 1]) - errors[i])
        return tuple(changes)

    def energy(self, state: State) -> Tensor:
        """Return F, (B,)."""
        errors = self.errors(state, self.predictions(state))
        total = _squares(errors[1:]).sum(0) / 2
        if self.patterns is None:
            return total
        return total + self.sigma**2 * mixture_energy(self.patterns, state[0], self.sigma)


@torch.no_grad()
def relax(
    network: PredictiveNetwork,
    cues: Tensor,
    *,
    step_size: float | None = None,
    n_steps: int = 50,
    fixed_predictions: bool = False,
) -> PredictiveTrace:
    """Move all layers at once, z_l ← z_l + α (−∂F/∂z_l).

    Parameters
    ----------
    network
        What is to be explained, by which decoder and which memory.
    cues
        Codes to start from, (B, D).
    step_size
        α. None: halved until the energy of no image rises, tried twice as large at the next step; so F
        never rises.
    n_steps
        T.
    fixed_predictions
        Predict once, from the start, and anchor the code where it began: no memory then. Needs α.

    Notes
    -----
    A fixed 0.1 diverged on a decoder trained for three epochs (from 6.6 to 2·10²⁴ in 50 steps).
    """
    check_count("n_steps", n_steps)
    if fixed_predictions and step_size is None:
        raise ValueError("step_size: expected a number with fixed predictions, which descend no energy, got None")
    state = network.start(cues)
    held = network.predictions(state) if fixed_predictions else None
    anchor = cues if fixed_predictions else None
    alpha = 0.25 if step_size is None else step_size
    terms, energies, sizes = [], [network.energy(state)], []
    for _ in range(n_steps):
        predictions = network.predictions(state) if held is None else held
        errors = network.errors(state, predictions, anchor)
        terms.append(_squares(errors))
        changes = network.changes(state, predictions, errors)
        if step_size is None:
            alpha, state = _careful(network, state, changes, 2 * alpha, energies[-1])
        else:
            state = _moved(state, changes, alpha)
        energies.append(network.energy(state))
        sizes.append(alpha)
    terms.append(_squares(network.errors(state, network.predictions(state) if held is None else held, anchor)))
    return PredictiveTrace(state, torch.stack(terms), torch.stack(energies), torch.tensor(sizes))


def cautious_step(maps: nn.ModuleList, generator: torch.Generator, n_iterations: int = 20) -> float:
    """Return 1/(1 + max_l ‖T_l‖²), by power iteration: small enough where layers are linear."""
    norms = []
    first = next(maps[0].parameters())
    shape: tuple[int, ...] = (1, first.shape[1])
    for layer in maps:
        v = normal(shape, generator, first.device).to(first.dtype)
        nothing = layer(torch.zeros_like(v)).detach()
        for _ in range(n_iterations):
            v = _transposed(layer, v, layer(v / v.norm()).detach() - nothing)
        # v is TᵀT of a unit vector along itself, so its length is ‖T‖².
        norms.append(float(v.norm()))
        shape = tuple(nothing.shape)
    return 1 / (1 + max(norms))


def _careful(
    network: PredictiveNetwork, state: State, changes: State, alpha: float, before: Tensor
) -> tuple[float, State]:
    """Halve α until no energy rises; below 10⁻⁸ stay."""
    while alpha > 1e-8:
        new = _moved(state, changes, alpha)
        if bool((network.energy(new) <= before).all()):
            return alpha, new
        alpha /= 2
    return alpha, state


def _transposed(layer: nn.Module, state: Tensor, signal: Tensor) -> Tensor:
    """Apply the transpose of an affine layer's matrix."""
    with torch.enable_grad():
        point = torch.zeros_like(state).requires_grad_()
        (back,) = torch.autograd.grad(layer(point), point, signal)
    return back


def _moved(state: State, changes: State, alpha: float) -> State:
    return tuple(z + alpha * change for z, change in zip(state, changes, strict=True))


def _squares(errors: list[Tensor]) -> Tensor:
    return torch.stack([e.square().flatten(1).sum(1) for e in errors])
