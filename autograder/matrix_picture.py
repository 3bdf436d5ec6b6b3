"""Draw which wrong answer fails which property."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.class_pictures import WIDTH_INCHES, drawable
from autograder.matrix import Matrix
from autograder.pictures import BLUE, STYLE, VERMILLION, Picture, new_figure, render


def picture(matrix: Matrix) -> Picture:
    """Mutants down, properties across; filled where a mutant fails, a cross on the property it is meant to fail."""
    from matplotlib import rc_context

    columns = {(p.question, p.name): n for n, p in enumerate(matrix.properties)}
    failed = np.zeros((len(matrix.mutants), len(matrix.properties)), dtype=bool)
    meant = []
    for row, mutant in enumerate(matrix.mutants):
        for key in mutant.fails:
            failed[row, columns[key]] = True
        if (mutant.question, mutant.dies) in columns:
            meant.append((columns[mutant.question, mutant.dies], row))
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 0.9 + min(max(0.055 * len(matrix.mutants), 1.2), 7.0))
        ax = figure.subplots()
        ax.pcolormesh(failed, cmap="Blues", vmin=0, vmax=1.4)
        size = 4 if len(columns) < 40 else 3
        ax.plot(
            [x + 0.5 for x, _ in meant], [y + 0.5 for _, y in meant], "x", color=VERMILLION, markersize=size,
            markeredgewidth=1, label="meant to fail",
        )  # fmt: skip
        ax.plot([], [], "s", color=BLUE, label="fails")
        ax.set_ylim(len(matrix.mutants), 0)
        ax.set_xlim(0, len(matrix.properties))
        for places, set_ticks, line in (
            (_blocks([p.question for p in matrix.properties]), ax.set_xticks, ax.axvline),
            (_blocks([m.question for m in matrix.mutants]), ax.set_yticks, ax.axhline),
        ):
            set_ticks([(a + b) / 2 for _, a, b in places], [drawable(name) for name, _, _ in places])
            for _, start, _ in places[1:]:
                line(start, color="#8A8F98", linewidth=0.8)
        ax.tick_params(length=0)
        ax.set_xlabel(f"{len(matrix.properties)} properties, by question")
        ax.set_ylabel(f"{len(matrix.mutants)} wrong answers")
        ax.spines[:].set_visible(True)
        ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    caught = sum((m.question, m.dies) in m.fails for m in matrix.mutants)
    never = matrix.never_failed()
    return Picture(
        render(figure),
        f"Matrix of {len(matrix.mutants)} wrong answers by {len(matrix.properties)} properties: {caught} wrong answers "
        f"fail the property that is meant to catch them, {int(failed.sum())} cells fail in all, "
        f"{len(never)} properties are failed by no wrong answer.",
    )


def _blocks(questions: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of the same question as (question, first place, end)."""
    blocks: list[tuple[str, int, int]] = []
    for place, question in enumerate(questions):
        if blocks and blocks[-1][0] == question:
            blocks[-1] = (question, blocks[-1][1], place + 1)
        else:
            blocks.append((question, place, place + 1))
    return blocks
