"""The page that shows what a regrading did, or would do: whose marks move, by how much and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from autograder.atomic import write_whole
from autograder.class_pictures import WIDTH_INCHES, drawable
from autograder.marks import shown
from autograder.pages import STATUS_WORDS, render
from autograder.pictures import BLUE, STYLE, VERMILLION, Picture, new_figure
from autograder.pictures import render as png
from autograder.regrade import Change, Regrading

#: More names than this on one picture cannot be read: the largest changes are drawn.
MAX_DRAWN = 40
MAX_NAMED = 3


def write(result: Regrading, folder: Path) -> Path:
    """Write `reports/<assignment>.regrade.html` in the course folder `folder`."""
    return write_whole(folder / "reports" / f"{result.assignment}.regrade.html", page(result))


def page(result: Regrading) -> str:
    """The same regrading gives the same bytes."""
    totals = result.totals()
    moved = {student: by for student, by in totals.items() if by}
    return render(
        "regrade.html",
        result=result,
        raised=sum(by > 0 for by in moved.values()),
        lowered=sum(by < 0 for by in moved.values()),
        picture=picture(result.changes, moved) if moved else None,
        verdicts=_verdicts(result.changes),
        signed=signed,
        words={"": "was not there", **STATUS_WORDS},
    )


def signed(by: Decimal) -> str:
    """A change of marks with its sign."""
    return f"+{shown(by)}" if by > 0 else shown(by).replace("-", "\N{MINUS SIGN}")


def picture(changes: Sequence[Change], moved: dict[str, Decimal]) -> Picture:
    """For each student whose marks move: what the questions concerned gave, and an arrow to what they give now."""
    from matplotlib import rc_context

    ends = {student: _ends(changes, student) for student in moved}
    order = sorted(moved, key=lambda student: (-abs(moved[student]), student))
    # rows are drawn from below: the largest gain comes first, of equal changes the first name
    drawn = sorted(sorted(order[:MAX_DRAWN], reverse=True), key=lambda student: moved[student])
    with rc_context(STYLE):
        figure = new_figure(WIDTH_INCHES, 0.9 + 0.24 * len(drawn))
        ax = figure.subplots()
        for row, student in enumerate(drawn):
            before, after = map(float, ends[student])
            colour = BLUE if after > before else VERMILLION
            ax.annotate("", (after, row), (before, row), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.6})
            ax.plot(before, row, "o", color="white", markeredgecolor=colour, markersize=5, zorder=3)
        values = [float(value) for student in drawn for value in ends[student]]
        margin = 0.06 * (max(values) - min(values))
        ax.set_xlim(min(values) - margin, max(values) + margin)
        ax.set_ylim(-0.7, len(drawn) - 0.3)
        ax.set_yticks(range(len(drawn)), [drawable(student) for student in drawn])
        ax.grid(axis="y", color="#eceef1", zorder=0)
        ax.set_axisbelow(True)
        ax.set_xlabel("marks, before (ring) and after (arrow)")
    named = "; ".join(f"{s} from {shown(ends[s][0])} to {shown(ends[s][1])}" for s in order[:MAX_NAMED])
    rest = f", the {MAX_DRAWN} largest changes drawn" if len(order) > MAX_DRAWN else ""
    raised = sum(by > 0 for by in moved.values())
    return Picture(
        png(figure),
        f"Marks before and after for {len(moved)} students{rest}: {raised} gain, {len(moved) - raised} lose. Largest: "
        f"{named}.",
    )


def _ends(changes: Sequence[Change], student: str) -> tuple[Decimal, Decimal]:
    own = [change for change in changes if change.student == student]
    return (
        sum((c.counted_before or Decimal(0) for c in own), Decimal(0)),
        sum((c.counted_after or Decimal(0) for c in own), Decimal(0)),
    )


def _verdicts(changes: Sequence[Change]) -> list[tuple[str, str, str, str, int]]:
    """(question, property, before, after, how many students), the commonest first."""
    counts = Counter((c.question, *verdict) for c in changes for verdict in c.verdicts)
    return [(*key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
