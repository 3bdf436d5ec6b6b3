"""Pictures of variational memory addressing: where queries look, with what the model makes of it."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure
from torch import Tensor

from hippo.memory_addressing import MemoryVAE
from hippo.memory_addressing.drawings import Drawings
from hippo.memory_addressing.looking import look_up
from hippo.memory_addressing.memories import Layout, draw_memories, draw_shared_memories
from hippo.plotting import address_map, error_curves, figure_of, image_grid

__all__ = ["figures"]

N_COLUMNS = 10
N_EXEMPLARS = (1, 2, 5, 10)


def figures(
    model: MemoryVAE,
    drawings: Drawings,
    log: list[dict[str, float]],
    crowd: dict[int, float],
    generator: torch.Generator,
) -> dict[str, Figure]:
    """Draw everything but the table of bounds."""
    pictures = {
        "addresses": _addresses(model, drawings, generator),
        "retrieved": _retrieved(model, drawings, generator),
        "samples": _samples(model, drawings, generator),
    }
    if crowd:
        chance = torch.tensor([[1 / n for n in crowd]])
        curves = {"addressed": torch.tensor([list(crowd.values())]), "chance": chance}
        ax = error_curves(
            list(crowd),
            curves,
            xlabel="characters in the memory, one item of each",
            ylabel="share of queries that find their own",
            title="Looking up unseen characters",
        )
        ax.set_xscale("log")
        ax.set_xticks(list(crowd), list(map(str, crowd)))
        ax.minorticks_off()
        ax.set_ylim(0, 1.02)
        pictures["crowd"] = figure_of(ax)
    if log:
        pictures["training"] = _training(log)
    return pictures


def _addresses(model: MemoryVAE, drawings: Drawings, generator: torch.Generator) -> Figure:
    """Map where fifteen queries look in one memory of five characters, four items of each."""
    layout = Layout(20, max_img_per_class=4, exact=True)
    batch = draw_shared_memories(drawings.members, 1, 15, layout, generator)
    n_drawings = drawings.members.shape[1]
    place = {int(row): i // n_drawings for i, row in enumerate(drawings.members.flatten())}
    character = torch.tensor([place[int(row)] for row in batch.queries])
    item_character = torch.tensor([place[int(row)] for row in batch.items])
    first = torch.tensor([int((item_character == c).nonzero()[0]) for c in character])
    order = first.argsort(stable=True)
    images = drawings.images
    found = look_up(
        model, images[batch.queries[order]], images[batch.items], batch.slots.to(images.device), generator=generator
    )
    own = character[order][:, None] == item_character
    own = torch.cat([own, torch.zeros(len(own), model.sizes.n_dummies, dtype=torch.bool)], 1)
    title = "Queries of five unseen characters, sorted"
    return figure_of(address_map(found.address, own, n_dummies=model.sizes.n_dummies, title=title))


def _retrieved(model: MemoryVAE, drawings: Drawings, generator: torch.Generator) -> Figure:
    """Show queries, what they find among four own and four other drawings, and what is made of it."""
    layout = Layout(8, max_batch_cls=2, mode="exact_classes", own_images=4)
    queries = torch.randperm(drawings.members.numel(), generator=generator)[:N_COLUMNS]
    batch = draw_memories(drawings.members, queries, layout, generator)
    x = drawings.images[batch.queries]
    slots = batch.slots.to(x.device)
    found = look_up(model, x, drawings.images[batch.items], slots, generator=generator)
    rows = {"query": x, "found item": found.item, "query again": found.reconstruction, "sample": found.sample}
    return figure_of(image_grid(_square(rows, model), title="Looked up among 4 own and 4 other drawings"))


def _samples(model: MemoryVAE, drawings: Drawings, generator: torch.Generator) -> Figure:
    """Show new drawings of two characters from one to ten exemplars."""
    rows: dict[str, Tensor] = {}
    chosen = torch.randperm(len(drawings.members), generator=generator)[:2]
    for name, character in zip("AB", chosen, strict=True):
        exemplars = drawings.images[drawings.members[character][:N_COLUMNS]]
        rows[f"{name}: exemplars"] = exemplars
        for n in N_EXEMPLARS:
            means, _ = model.sample(exemplars[:n], N_COLUMNS, generator=generator)
            rows[f"{name}: from {n}"] = means
    return figure_of(image_grid(_square(rows, model), title="New drawings of two unseen characters"))


def _training(log: list[dict[str, float]]) -> Figure:
    steps = [row["step"] for row in log]
    names = {"bound": "training memories", "C1T1": "one item", "C1T4": "four items", "C2T8": "four own of eight items"}
    curves = {
        label: torch.tensor([[row[name] for row in log]])
        for name, label in names.items()
        if all(name in row for row in log)
    }
    ax = error_curves(steps, curves, xlabel="training steps", ylabel="bound (nats)", title="Training and validation")
    # The first steps are hundreds of nats above: the plot is about the rest.
    lowest = min(float(values.min()) for values in curves.values())
    ax.set_ylim(lowest - 3, min(lowest + 70, max(float(values.max()) for values in curves.values()) + 3))
    return figure_of(ax)


def _square(rows: dict[str, Tensor], model: MemoryVAE) -> dict[str, Tensor]:
    side = model.sizes.side
    return {name: images.reshape(-1, side, side) for name, images in rows.items()}
