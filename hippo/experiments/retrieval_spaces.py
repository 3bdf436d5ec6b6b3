"""What the retrieval experiment stores: pixels, slots and codes, made when they are first asked for."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from hippo import checkpoints, scenes
from hippo.cifar import ColourImages, as_pixels, load_cifar
from hippo.datafiles import DownloadError
from hippo.datasets import Images, load_mnist
from hippo.experiments import retrieval_digits as digit_codes
from hippo.retrieval.benchmark import Space
from hippo.retrieval.conv_vae import ConvVAE
from hippo.retrieval.corruptions import Corruption, corrupt
from hippo.retrieval.initial import initialised
from hippo.retrieval.mnist_vae import DigitVAE
from hippo.retrieval.slots import encode_slots, spoil_slots, unit_variance
from hippo.retrieval.vae_training import Recipe, encode_all, fit

__all__ = ["PROPER", "SHORT", "SLOTS", "Sources"]

_Net = TypeVar("_Net", bound=nn.Module)

#: 2,500 steps of the published recipe: one pass through 50,000 images, five through 10,000.
SHORT = Recipe(n_steps=2500)
#: Larger batches, a larger rate that falls, other orders: 15 passes through 10,000 images.
PROPER = Recipe(n_steps=1500, batch_size=100, learning_rate=2e-3, shuffled=True, one_cycle=True)
VAES = {"codes, 2,500 steps": SHORT, "codes": PROPER}
N_SCENES = 1000
#: Two scales of the slots of the truth: as a network sees pictures, and every place with the same spread.
SLOTS = ("slots", "slots, unit variance")
#: Scenes that the spread of a place is taken from.
N_SCALE = 2000


class Sources:
    """Data and representations of one run.

    Parameters
    ----------
    folder
        Where trained autoencoders are kept; None keeps them for this run only.
    download
        Whether data may be downloaded.
    seed
        Of all that is drawn.
    device
        Where everything is computed.
    """

    def __init__(self, folder: Path | None, download: bool, seed: int, device: str) -> None:
        self.folder, self.download, self.seed, self.device = folder, download, seed, device
        self.digits = cache(self._digits)
        self.cifar = cache(self._cifar)
        self.vae = cache(self._vae)
        self.digit_vae = cache(self._digit_vae)
        self.slot_scale = cache(self._slot_scale)
        self.drawn = cache(self._drawn)
        self.space = cache(self._space)
        self.made = cache(self._made)

    def spaces(self) -> dict[tuple[str, str], Callable[[], Space]]:
        """Return every space by data and name, not made yet."""
        names = [("CIFAR-10", "pixels"), *(("scenes", name) for name in ("pixels", *SLOTS))]
        names += [(self.digits().name, name) for name in ("pixels", digit_codes.SPACE)]
        names += [("CIFAR-10", name) for name in VAES]
        return {(data, name): lambda data=data, name=name: self.space(data, name) for data, name in names}  # type: ignore[misc]

    def _made(self, data: str, name: str, n_steps: int) -> str:
        """Say what results on a space depend on, beside what a cell names: results of other data are not theirs.

        Parameters
        ----------
        data, name
            Of the space.
        n_steps
            Of the training of memories.
        """
        if data == "scenes":
            generator = torch.Generator().manual_seed(0)
            drawn = scenes.draw_scenes(2, generator)
            return f"{_digest(scenes.render(drawn, generator), encode_slots(drawn))} {n_steps}"
        digits, cifar = self.digits(), self.cifar()
        if data != "CIFAR-10" or cifar is None:
            return f"{_digest(digits.x_train[:1000], digits.x_test)} {digit_codes.RECIPE if name != 'pixels' else ''}"
        trained = f" {VAES[name]} {n_steps}" if name in VAES else ""
        return _digest(cifar.x_train[:1000], cifar.x_test) + trained

    def training_codes(self, data: str, name: str, corruption: Corruption, n: int) -> Tensor:
        """Return codes of n images that no memory of the evaluation holds, spoilt, row for row the same images."""
        generator = torch.Generator().manual_seed(7 + self.seed)
        if name in SLOTS:
            drawn = scenes.draw_scenes(n, generator)
            return spoil_slots(encode_slots(drawn).to(self.device), corruption) / self.slot_scale(name)
        cifar = self.cifar()
        assert cifar is not None
        images = as_pixels(cifar.x_train[:n]).to(self.device)
        return self._space(data, name).encode(corrupt(images, corruption, generator))

    def _digits(self) -> Images:
        return load_mnist(allow_bundled=True, allow_download=self.download)

    def _cifar(self) -> ColourImages | None:
        try:
            return load_cifar(allow_download=self.download)
        except DownloadError:
            return None

    def _drawn(self) -> tuple[scenes.Scenes, Tensor]:
        generator = torch.Generator().manual_seed(self.seed)
        drawn = scenes.draw_scenes(N_SCENES, generator)
        return drawn, scenes.render(drawn, generator)

    def _space(self, data: str, name: str) -> Space:
        if data == "scenes" and name in SLOTS:
            codes, scale = encode_slots(self.drawn()[0]).to(self.device), self.slot_scale(name)
            return Space(codes, lambda rows: rows / scale, lambda rows, corruption, *_: spoil_slots(rows, corruption))
        if data == "scenes":
            return Space(self.drawn()[1].to(self.device), _scene_pixels, _spoil_scene)
        if data != "CIFAR-10":
            digits = as_pixels(self.digits().x_test)[:, None].to(self.device)
            if name != digit_codes.SPACE:
                return Space(digits, lambda x: x.flatten(1))
            digit_vae = self.digit_vae()
            return Space(digits, lambda x: encode_all(digit_vae, x))
        cifar = self.cifar()
        assert cifar is not None
        images = as_pixels(cifar.x_test).to(self.device)
        if name == "pixels":
            return Space(images, lambda x: x.flatten(1))
        vae = self.vae(name)
        return Space(images, lambda x: encode_all(vae, x))

    def _slot_scale(self, name: str) -> Tensor | float:
        if name == "slots":
            return 1.0
        return unit_variance(scenes.draw_scenes(N_SCALE, torch.Generator().manual_seed(N_SCALE))).to(self.device)

    def _vae(self, name: str) -> ConvVAE:
        cifar = self.cifar()
        assert cifar is not None
        label = "cifar-vae" if name == "codes" else "cifar-vae-short"
        return self._trained(ConvVAE, cifar.x_train, VAES[name], label)

    def _digit_vae(self) -> DigitVAE:
        return self._trained(DigitVAE, self.digits().x_train[:, None], digit_codes.RECIPE, "digit-vae")

    def _trained(self, make: Callable[[], _Net], images: Tensor, recipe: Recipe, label: str) -> _Net:
        """Return the autoencoder that an earlier run left, or a new one; each recipe has a file of its own."""
        generator = torch.Generator().manual_seed(self.seed)
        vae = initialised(make, generator).to(self.device)
        told = hashlib.sha256(repr(recipe).encode()).hexdigest()[:8]
        kept = None if self.folder is None else self.folder / f"{label}-{self.seed}-{told}.safetensors"
        if kept is not None and kept.exists():
            checkpoints.load(kept, vae)
        else:
            shown = label if sys.stderr.isatty() else None
            errors = fit(vae, images.to(self.device), recipe, generator, progress=shown)
            if kept is not None:
                checkpoints.save(kept, vae, {"seed": self.seed, "recipe": asdict(recipe), "errors": errors})
        return vae.eval().requires_grad_(False)


def _digest(*tensors: Tensor) -> str:
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def _scene_pixels(images: Tensor) -> Tensor:
    """Crop where that is not done yet, and scale to [−1, 1]."""
    cropped = scenes.crop(images) if images.shape[-1] == scenes.WIDTH else images
    return cropped.flatten(1) * 2 - 1


def _spoil_scene(images: Tensor, corruption: Corruption, generator: torch.Generator, _: slice) -> Tensor:
    if corruption.name == "shift":
        return scenes.crop(images, shifted=True)
    return corrupt(scenes.crop(images), corruption, generator)
