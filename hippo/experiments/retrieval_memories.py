"""The memories of the retrieval experiment by name, trained where they must be."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hippo.experiments import retrieval_digits as digit_codes
from hippo.experiments.retrieval_spaces import Sources
from hippo.retrieval.associators import Schedule, train_associator
from hippo.retrieval.cells import Cell
from hippo.retrieval.corruptions import Corruption
from hippo.retrieval.free_energy import descend_by_backprop
from hippo.retrieval.kernel import Retrieval
from hippo.retrieval.models import MODELS, UNIVERSAL, ImageModel, Model
from hippo.retrieval.precision import LearntPrecision
from hippo.retrieval.rivals import MemoryNetwork, TuringRead

__all__ = ["TRAINED", "Memories"]

#: Name → rate of Adam, as published for codes of CIFAR-10. A star says that training saw the corruption.
TRAINED = {"GMM*": 1e-2, "NTM": 1e-3, "NTM*": 1e-3, "MemN2N": 1e-4, "MemN2N*": 1e-4}
N_TRAIN = 4000


class Memories:
    """Makes the memory of a cell; what is trained is trained once."""

    def __init__(self, sources: Sources, n_steps: int) -> None:
        self.sources, self.n_steps = sources, n_steps
        self._trained: dict[tuple[str, str, str, Corruption], nn.Module] = {}
        self._codes: dict[tuple[str, str, Corruption], Tensor] = {}

    def __call__(self, cell: Cell) -> Model | ImageModel:
        """Return the memory of a cell."""
        if cell.model in MODELS:
            return MODELS[cell.model]
        if cell.model == "BP-GMM":
            digits = cell.space == digit_codes.SPACE
            decode = self.sources.digit_vae().decode if digits else self.sources.vae(cell.space).decode

            def descend(patterns: Tensor, cues: Tensor, images: Tensor) -> Retrieval:
                codes = descend_by_backprop(patterns, cues, images, decode).codes
                steps = torch.full((len(cues),), 100, device=cues.device)
                return Retrieval(codes, codes.new_ones(len(cues), 1), steps)

            return ImageModel(descend)
        if cell.model in digit_codes.RELAXATIONS:
            return digit_codes.relaxation(cell.model, self.sources.digit_vae())
        if cell.model in TRAINED:
            model: Model = self.trained(cell.data, cell.space, cell.model, cell.corruption).retrieve  # type: ignore[assignment]
            return model
        similarity, separation = cell.model.split(" × ")
        return UNIVERSAL[similarity, separation]

    def trained(self, data: str, space: str, name: str, corruption: Corruption) -> nn.Module:
        """Return a trained memory."""
        seen = corruption if name.endswith("*") else Corruption("clean")
        key = (data, space, name, seen)
        if key not in self._trained:
            clean, spoilt = self._seen(data, space, Corruption("clean")), self._seen(data, space, seen)
            model = _untrained(name, clean.shape[1]).to(clean.device)
            train_associator(model, clean, lambda _: spoilt, Schedule(self.n_steps, TRAINED[name]))
            self._trained[key] = model.requires_grad_(False)
        return self._trained[key]

    def _seen(self, data: str, space: str, corruption: Corruption) -> Tensor:
        key = (data, space, corruption)
        if key not in self._codes:
            self._codes[key] = self.sources.training_codes(data, space, corruption, N_TRAIN)
        return self._codes[key]


def _untrained(name: str, n_code: int) -> nn.Module:
    if name.startswith("GMM"):
        return LearntPrecision(n_code)
    return TuringRead(n_code) if name.startswith("NTM") else MemoryNetwork(n_code)
