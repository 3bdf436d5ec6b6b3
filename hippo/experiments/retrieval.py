"""Auto-associative retrieval: many memories on the same spoilt images, by four measures of success.

Every cell (data, what is stored, model, corruption, N) is kept when it is done, so that a run that was
stopped goes on where it was; `HIPPO_CACHE` names the folder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from hippo.datasets import Images
from hippo.experiments import retrieval_digits as digit_codes
from hippo.experiments import retrieval_figures as figures
from hippo.experiments import retrieval_table as table
from hippo.experiments.outcome import Outcome
from hippo.experiments.retrieval_memories import Memories
from hippo.experiments.retrieval_spaces import N_SCENES, SLOTS, VAES, Sources
from hippo.retrieval.benchmark import run_cells
from hippo.retrieval.cells import Cell, Store, default_folder
from hippo.retrieval.corruptions import Corruption

__all__ = ["FULL", "QUICK", "Config", "run"]

CLEAN, COLOUR = Corruption("clean"), Corruption("colour")
PIXEL_MODELS = ("no memory", "nearest neighbour", "MCHN", "GMM", "Manhattan", "cosine", "centred cosine")
CODE_MODELS = ("no memory", "nearest neighbour", "MCHN", "GMM", "GMM*", "NTM", "NTM*", "MemN2N", "MemN2N*", "BP-GMM")
CODE_CORRUPTIONS = (
    CLEAN, Corruption("noise", 0.3), Corruption("noise", 0.5), Corruption("mask", 8), Corruption("mask", 16),
    Corruption("mask", 24), COLOUR,
)  # fmt: skip
SCENE_CORRUPTIONS = (
    CLEAN, Corruption("shift", 12), COLOUR, Corruption("noise", 0.5), Corruption("noise", 1), Corruption("mask", 32),
    Corruption("mask", 48),
)  # fmt: skip
SWEPT = (Corruption("noise", 0.5), Corruption("noise", 0.8), Corruption("mask", 16), Corruption("mask", 20), COLOUR)
FURTHER = tuple(
    Corruption(name, severity)
    for name, severities in (
        ("half mask", (0.25, 0.5, 0.75)), ("pixel drop", (0.25, 0.5, 0.75, 0.9)), ("contrast", (0.5, 0.25, 0.1)),
        ("shift", (1, 2, 4)), ("noise, not clamped", (0.5, 1)),
    )
    for severity in severities
)  # fmt: skip
#: As the re-run had it; BP-GMM on the first.
N_BLOCKS_DIGITS = 2


@dataclass(frozen=True)
class Config:
    """The re-run's protocol: N = 100 consecutive test images, all of them cues."""

    noise: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    masks: tuple[int, ...] = (8, 12, 16, 20, 24, 28)
    n_stored: int = 100
    n_blocks: int = 20
    #: Scenes and codes.
    n_blocks_few: int = 10
    #: N → blocks, CIFAR-10.
    sweep: tuple[tuple[int, int], ...] = ((10, 200), (100, 20), (1000, 3), (5000, 1))
    cifar: bool = True
    #: Names of the autoencoders whose codes are stored.
    codes: tuple[str, ...] = tuple(VAES)
    #: Whether codes of digits are stored too, and read by predictive coding.
    digit_codes: bool = True
    further: bool = True
    #: Steps of training of memories on codes, and on slots.
    n_steps: int = 400
    n_steps_slots: int = 1000
    cached: bool = True
    download: bool = True
    seed: int = 0


QUICK = Config(
    noise=(0.2, 0.5, 0.8), masks=(8, 16, 24), n_blocks=3, n_blocks_few=2, sweep=((10, 20), (100, 3), (1000, 1)),
    codes=(), digit_codes=False, further=False, n_steps_slots=500, cached=False, download=False,
)  # fmt: skip
FULL = Config(sweep=((10, 1000), (100, 100), (1000, 10), (5000, 2)), n_blocks=100)


def run(config: Config, images: Images | None = None, device: str = "cpu") -> Outcome:
    """Evaluate all cells that are not kept yet, and compare; images are loaded here, as three sets are used."""
    folder = default_folder() if config.cached else None
    sources = Sources(folder, config.download, config.seed, device)
    memories, slot_memories = Memories(sources, config.n_steps), Memories(sources, config.n_steps_slots)
    cells = _cells(config, sources)
    rows = run_cells(
        cells,
        sources.spaces(),
        lambda cell: (slot_memories if cell.space in SLOTS else memories)(cell),
        Store(folder),
        progress="cells" if sys.stderr.isatty() else None,
    )
    steps: dict[str, Any] = {"n_steps": config.n_steps, "n_steps_slots": config.n_steps_slots}
    metrics = table.metrics(rows, sources.digits().name, steps)
    if any(cell.space == digit_codes.SPACE for cell in cells):
        space = sources.space(sources.digits().name, digit_codes.SPACE)
        metrics += digit_codes.energies(space, sources.digit_vae(), config.n_stored, N_BLOCKS_DIGITS, config.seed)
    return Outcome(metrics, rows, figures.draw(config, rows, sources, slot_memories))


def _cells(config: Config, sources: Sources) -> list[Cell]:
    """List what is to be known; data that are not here are left out."""
    cells: list[Cell] = []

    def add(
        data: str, space: str, models: tuple[str, ...], corruptions: tuple[Corruption, ...], n: int, blocks: int,
        threshold: float = 2.0, cues: int | None = None,
    ) -> None:  # fmt: skip
        steps = config.n_steps_slots if space in SLOTS else config.n_steps
        made = sources.made(data, space, steps)
        cells.extend(
            Cell(data, space, model, corruption, n, blocks, cues, config.seed, threshold, made)
            for corruption in corruptions
            for model in models
        )

    n = config.n_stored
    pixels = (
        CLEAN,
        *(Corruption("noise", s) for s in config.noise),
        *(Corruption("mask", float(p)) for p in config.masks),
    )
    digits = sources.digits()
    # A square of the whole image leaves nothing of it.
    grey = tuple(c for c in pixels if c.severity < digits.x_test.shape[-1])
    add(digits.name, "pixels", PIXEL_MODELS, grey, n, min(config.n_blocks, len(digits.x_test) // n))
    scenes_blocks = min(config.n_blocks_few, N_SCENES // n)
    add("scenes", "pixels", PIXEL_MODELS, SCENE_CORRUPTIONS, n, scenes_blocks)
    slots = ("no memory", "nearest neighbour", "MCHN", "GMM", "GMM*")
    for name in SLOTS:
        add("scenes", name, slots, SCENE_CORRUPTIONS[:3], n, scenes_blocks, 0.5)
    if config.digit_codes and digits.name == "MNIST":
        models = ("no memory", "nearest neighbour", "GMM", *digit_codes.RELAXATIONS)
        add(digits.name, digit_codes.SPACE, models, digit_codes.CORRUPTIONS, n, N_BLOCKS_DIGITS, 1.0)
        add(digits.name, digit_codes.SPACE, ("BP-GMM",), digit_codes.CORRUPTIONS, n, 1, 1.0)
    if not config.cifar or sources.cifar() is None:
        return cells
    add("CIFAR-10", "pixels", PIXEL_MODELS, (*pixels, COLOUR), n, config.n_blocks)
    for stored, blocks in config.sweep:
        swept = [(c, m) for c in SWEPT for m in ("no memory", "GMM", "centred cosine")]
        for corruption, model in swept:
            # At the N of the table its blocks do: others would count some twice.
            add("CIFAR-10", "pixels", (model,), (corruption,), stored, config.n_blocks if stored == n else blocks)
    for name in config.codes:
        add("CIFAR-10", name, CODE_MODELS[:-1], CODE_CORRUPTIONS, n, config.n_blocks_few, 5.0)
        add("CIFAR-10", name, ("BP-GMM",), CODE_CORRUPTIONS, n, 1, 5.0, cues=20)
    if config.further:
        add("CIFAR-10", "pixels", PIXEL_MODELS, FURTHER, n, config.n_blocks_few)
        universal = tuple(
            f"{similarity} × {separation}"
            for similarity in ("dot", "Euclid", "Manhattan", "cosine", "correlation")
            for separation in ("softmax", "polynomial 10", "max")
        )
        add("CIFAR-10", "pixels", universal, (Corruption("noise", 0.8), Corruption("mask", 20)), n, config.n_blocks_few)
    return list(dict.fromkeys(cells))
