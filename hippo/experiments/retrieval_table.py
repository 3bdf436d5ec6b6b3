"""The retrieval experiment's numbers beside those of the re-run, with intervals over blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import torch

from hippo.experiments import retrieval_digits as digit_codes
from hippo.experiments import retrieval_published as published
from hippo.experiments.outcome import Metric
from hippo.experiments.retrieval_spaces import SLOTS
from hippo.retrieval.corruptions import Corruption
from hippo.retrieval.success import bootstrap_interval

__all__ = ["Group", "grouped", "metrics"]

#: data, what is stored, N, corruption, model.
Group = tuple[str, str, int, Corruption, str]
Rows = list[dict[str, Any]]


def grouped(rows: Rows) -> dict[Group, Rows]:
    """Collect the blocks of each cell, in the order of the rows."""
    groups: dict[Group, Rows] = {}
    for row in rows:
        corruption = Corruption(row["corruption"], row["severity"])
        groups.setdefault((row["data"], row["space"], row["n_stored"], corruption, row["model"]), []).append(row)
    return groups


def metrics(rows: Rows, digits: str, steps: dict[str, Any]) -> list[Metric]:
    """Give every cell's rate and, where codes or slots are stored, its identity beside it."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for group, blocks in grouped(rows).items():
        data, space, n, corruption, model = group
        label = f"{data}, {space}, N = {n}, {corruption}, {model}"
        interval = bootstrap_interval(torch.tensor([100 * row["rate"] for row in blocks]), generator)
        identity, relative = (_mean(blocks, measure) for measure in ("identity", "relative"))
        note = f"95 % interval {interval[0]:.1f} to {interval[1]:.1f}, {len(blocks)} blocks"
        note += f"; identity {identity:.1f}, relative {relative:.1f}"
        value, _ = _published(group)
        if value is None and space == "pixels" and model != "centred cosine":
            continue  # in the table of all blocks
        if value is not None and data == "scenes":
            note += "; published: scenes of another generator"
        if value is not None and data == "CIFAR-10" and space != "pixels":
            note += "; published: another autoencoder of the same budget, so orders count"
        ran_off = digit_codes.note(model, _mean(blocks, "distance") / 100)
        note += f"; {ran_off}" if ran_off else ""
        if model.startswith(("NTM", "MemN2N", "GMM*")):
            note += f"; trained for {steps['n_steps_slots' if space in SLOTS else 'n_steps']} steps"
        unit = f"% below {blocks[0]['threshold']:g}"
        found.append(Metric(label, value, _mean(blocks, "rate"), unit, note))
        if space != "pixels":
            found.append(Metric(f"{label}: identity", _published(group)[1], identity, "% nearest is its own", ran_off))
    return [*found, *_summary(rows)]


def _published(group: Group) -> tuple[float | None, float | None]:
    """Return the published rate and identity of a cell, None where there is none."""
    data, space, n, corruption, model = group
    plain = Corruption(corruption.name, float(corruption.severity))
    if space == digit_codes.SPACE:
        return None, published.DIGIT_CODES_IDENTITY.get(plain, {}).get(model)
    if space == "slots":
        return published.SLOTS.get(plain, {}).get(model), None
    if data == "scenes":
        return (published.SCENES.get(plain, {}).get(model) if space == "pixels" else None), None
    if space == "codes, 2,500 steps":
        return published.CODES.get(plain, {}).get(model), published.CODES_IDENTITY.get(plain, {}).get(model)
    if space != "pixels":
        return None, None
    value = published.PIXELS.get(data, {}).get(plain, {}).get(model) if n == 100 else None
    if value is None and data == "CIFAR-10":
        value = published.SWEEP.get(n, {}).get(plain, {}).get(model)
    return value, None


def _summary(rows: Rows) -> Iterator[Metric]:
    """Say how far the measured figures are from the published ones where images are the same."""
    gaps = []
    for group, blocks in grouped(rows).items():
        value, _ = _published(group)
        if value is not None and group[0] != "scenes" and group[1] == "pixels":
            gaps.append(abs(_mean(blocks, "rate") - value))
    if gaps:
        note = f"{len(gaps)} cells; {sum(gap <= 3 for gap in gaps)} within 3 points"
        yield Metric("largest difference to a published rate, pixels", None, max(gaps), "points", note)
    kept, asked = _orders(rows)
    if asked:
        note = (
            f"{kept} of {asked} pairs in the rows of the short table whose published rates differ by more than chance"
        )
        yield Metric("pairs of models in the published order, codes", None, 100 * kept / asked, "%", note)


def _orders(rows: Rows) -> tuple[int, int]:
    """Count pairs of models whose rates on codes are in the published order, and all pairs that have one.

    BP-GMM was published for 20 cues: its rates count as different where two standard errors, at most
    2·½/√20 = 22 points, lie between; the others, of 1,000 cues, from 3 points on.
    """
    rates = {
        (Corruption(corruption.name, float(corruption.severity)), model): _mean(blocks, "rate")
        for (_, space, _, corruption, model), blocks in grouped(rows).items()
        if space == "codes, 2,500 steps"
    }
    kept = asked = 0
    for corruption, row in published.CODES.items():
        for a, b in combinations(row, 2):
            least = 22 if "BP-GMM" in (a, b) else 3
            if abs(row[a] - row[b]) < least or (corruption, a) not in rates or (corruption, b) not in rates:
                continue
            asked += 1
            kept += (row[a] > row[b]) == (rates[corruption, a] > rates[corruption, b])
    return kept, asked


def _mean(blocks: Rows, measure: str) -> float:
    return 100 * sum(float(row[measure]) for row in blocks) / len(blocks)
