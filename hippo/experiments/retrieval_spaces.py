"""What the retrieval experiment stores: pixels, slots and codes, made when they are first asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from hippo import checkpoints, scenes
from hippo.cifar import ColourImages, as_pixels, load_cifar
from hippo.datafiles import DownloadError
from hippo.datasets import Images, load_mnist
from hippo.retrieval.benchmark import Space
from hippo.retrieval.conv_vae import ConvVAE
from hippo.retrieval.corruptions import Corruption, corrupt
from hippo.retrieval.initial import initialised
from hippo.retrieval.slots import encode_slots, spoil_slots
from hippo.retrieval.vae_training import Recipe, encode_all, fit

__all__ = ["PROPER", "SHORT", "Sources"]

#: 2,500 steps of the published recipe: one pass through 50,000 images, five through 10,000.
SHORT = Recipe(n_steps=2500)
#: Larger batches, a larger rate that falls, other orders: 15 passes through 10,000 images.
PROPER = Recipe(n_steps=1500, batch_size=100, learning_rate=2e-3, shuffled=True, one_cycle=True)
VAES = {"codes, 2,500 steps": SHORT, "codes": PROPER}
N_SCENES = 1000


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
        self.drawn = cache(self._drawn)
        self.space = cache(self._space)

    def spaces(self) -> dict[tuple[str, str], Callable[[], Space]]:
        """Return every space by data and name, not made yet."""
        names = [(self.digits().name, "pixels"), ("scenes", "pixels"), ("scenes", "slots"), ("CIFAR-10", "pixels")]
        names += [("CIFAR-10", name) for name in VAES]
        return {(data, name): lambda data=data, name=name: self.space(data, name) for data, name in names}  # type: ignore[misc]

    def training_codes(self, data: str, name: str, corruption: Corruption, n: int) -> Tensor:
        """Return codes of n images that no memory of the evaluation holds, spoilt, row for row the same images."""
        generator = torch.Generator().manual_seed(7 + self.seed)
        if name == "slots":
            drawn = scenes.draw_scenes(n, generator)
            return spoil_slots(encode_slots(drawn).to(self.device), corruption)
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
        if data == "scenes" and name == "slots":
            codes = encode_slots(self.drawn()[0]).to(self.device)
            return Space(codes, lambda rows: rows, lambda rows, corruption, *_: spoil_slots(rows, corruption))
        if data == "scenes":
            return Space(self.drawn()[1].to(self.device), _scene_pixels, _spoil_scene)
        if data != "CIFAR-10":
            return Space(as_pixels(self.digits().x_test)[:, None].to(self.device), lambda x: x.flatten(1))
        cifar = self.cifar()
        assert cifar is not None
        images = as_pixels(cifar.x_test).to(self.device)
        if name == "pixels":
            return Space(images, lambda x: x.flatten(1))
        vae = self.vae(name)
        return Space(images, lambda x: encode_all(vae, x))

    def _vae(self, name: str) -> ConvVAE:
        """Return the shipped autoencoder, one that an earlier run left, or a new one."""
        cifar = self.cifar()
        assert cifar is not None
        generator = torch.Generator().manual_seed(self.seed)
        vae = initialised(ConvVAE, generator).to(self.device)
        label = "cifar-vae" if name == "codes" else "cifar-vae-short"
        kept = None if self.folder is None else self.folder / f"{label}-{self.seed}.safetensors"
        if name == "codes" and self.seed == 0 and checkpoints.shipped(label).exists():
            checkpoints.load(checkpoints.shipped(label), vae)
        elif kept is not None and kept.exists():
            checkpoints.load(kept, vae)
        else:
            shown = label if sys.stderr.isatty() else None
            errors = fit(vae, cifar.x_train.to(self.device), VAES[name], generator, progress=shown)
            if kept is not None:
                checkpoints.save(kept, vae, {"seed": self.seed, "errors": errors})
        return vae.eval().requires_grad_(False)


def _scene_pixels(images: Tensor) -> Tensor:
    """Crop where that is not done yet, and scale to [−1, 1]."""
    cropped = scenes.crop(images) if images.shape[-1] == scenes.WIDTH else images
    return cropped.flatten(1) * 2 - 1


def _spoil_scene(images: Tensor, corruption: Corruption, generator: torch.Generator, _: slice) -> Tensor:
    if corruption.name == "shift":
        return scenes.crop(images, shifted=True)
    return corrupt(scenes.crop(images), corruption, generator)
