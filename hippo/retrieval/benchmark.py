"""The benchmark: every model gets the same cues of the same blocks, and is measured in the same ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from hippo.retrieval.cells import Cell, Store
from hippo.retrieval.corruptions import Corruption, corrupt
from hippo.retrieval.mixture import mixture_energy
from hippo.retrieval.models import ImageModel, Model, read
from hippo.retrieval.success import measure, neighbour_distances

__all__ = ["Space", "blocks_of", "evaluate", "run_cells"]


@dataclass(frozen=True)
class Space:
    """Images, and what of them is stored."""

    #: (n, channels, height, width), from 0 to 1, in the order in which blocks are cut.
    images: Tensor
    #: Images → rows (n, D).
    encode: Callable[[Tensor], Tensor]
    #: Corruption → corrupted images; None: `corrupt` with the block's generator.
    spoil: Callable[[Tensor, Corruption, torch.Generator, slice], Tensor] | None = None


def blocks_of(space: Space, n_stored: int, n_blocks: int) -> Iterator[slice]:
    """Cut the images, in order, into blocks that become memories."""
    if n_stored * n_blocks > len(space.images):
        raise ValueError(
            f"n_blocks: expected at most {len(space.images) // n_stored} blocks of {n_stored} from "
            f"{len(space.images)} images, got {n_blocks}"
        )
    return (slice(i * n_stored, (i + 1) * n_stored) for i in range(n_blocks))


def cues_of(space: Space, corruption: Corruption, rows: slice, block: int, seed: int) -> Tensor:
    """Return the corrupted images of a block: a function of corruption, block and seed alone."""
    generator = torch.Generator().manual_seed(1000 + block + 100_000 * seed)
    spoil = space.spoil
    if spoil is not None:
        return spoil(space.images[rows], corruption, generator, rows)
    return corrupt(space.images[rows], corruption, generator)


@torch.no_grad()
def evaluate(
    model: Model | ImageModel,
    patterns: Tensor,
    cues: Tensor,
    threshold: float,
    images: Tensor | None = None,
    neighbours: Tensor | None = None,
) -> dict[str, Any]:
    """Measure one block: means over its cues; images are for models that look at them."""
    neighbours = neighbour_distances(patterns) if neighbours is None else neighbours
    found = read(model, patterns, cues, cues if images is None else images)
    success = measure(patterns, found.readout, threshold, neighbours)
    return {
        "rate": float(success.within.double().mean()),
        "identity": float(success.identity.double().mean()),
        "relative": float(success.relative.double().mean()),
        "distance": float(success.distance.double().mean()),
        "blend": float(found.blend.double().mean()),
        "iterations": float(found.n_iterations.double().mean()),
        "energy": float(mixture_energy(patterns, found.readout, sigma=0.1).double().mean()),
        "neighbour": float(neighbours.mean()),
    }


def run_cells(
    cells: Sequence[Cell],
    spaces: Mapping[tuple[str, str], Callable[[], Space]],
    models: Callable[[Cell], Model | ImageModel],
    store: Store,
    progress: str | None = None,
) -> list[dict[str, Any]]:
    """Compute what is missing and return one row per cell and block.

    Parameters
    ----------
    cells
        In any order; cells that differ in the model alone share their cues.
    spaces
        (data, space) → how to make it; made only if a cell of it is missing.
    models
        Cell → its memory, trained if it must be.
    store
        Where results are looked up and kept.
    progress
        Name of the progress bar on stderr; none without.
    """
    missing = [cell for cell in cells if store.get(cell) is None]
    bar = tqdm(total=len(missing), desc=progress, disable=progress is None or not missing, leave=False)
    with bar:
        groups: dict[tuple[Any, ...], list[Cell]] = {}
        for cell in missing:
            groups.setdefault(_cues_key(cell), []).append(cell)
        for same in groups.values():
            _compute(same, spaces[same[0].data, same[0].space](), models, store)
            bar.update(len(same))
    return [
        {
            "data": cell.data,
            "space": cell.space,
            "model": cell.model,
            "corruption": cell.corruption.name,
            "severity": cell.corruption.severity,
            "n_stored": cell.n_stored,
            "threshold": cell.threshold,
            "seed": cell.seed,
            **block,
        }
        for cell in cells
        for block in store.get(cell) or []
    ]


def _cues_key(cell: Cell) -> tuple[Any, ...]:
    c = cell.corruption
    return cell.data, cell.space, cell.n_stored, cell.n_blocks, cell.seed, c.name, c.severity


def _compute(cells: list[Cell], space: Space, models: Callable[[Cell], Model | ImageModel], store: Store) -> None:
    first = cells[0]
    built = {cell: models(cell) for cell in cells}
    results: dict[Cell, list[dict[str, Any]]] = {cell: [] for cell in cells}
    for block, rows in enumerate(blocks_of(space, first.n_stored, first.n_blocks)):
        patterns = space.encode(space.images[rows])
        images = cues_of(space, first.corruption, rows, block, first.seed)
        cues, neighbours = space.encode(images), neighbour_distances(patterns)
        for cell, model in built.items():
            some = slice(cell.n_cues)
            measures = evaluate(model, patterns, cues[some], cell.threshold, images[some], neighbours)
            results[cell].append({"block": block, "n_cues": len(cues[some]), **measures})
    for cell, blocks in results.items():
        store.put(cell, blocks)
