"""The page that shows which submissions are alike, passage beside passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import similarity_pictures as draw
from autograder.atomic import write_whole
from autograder.pages import render
from autograder.similarity import FEW, Found, Pair, PartMatch, Span, clusters

#: Pairs in the table, pairs whose answers are shown side by side, and submissions in the matrix.
MAX_ROWS = 25
MAX_SHOWN = 8
MAX_MATRIX = 60
#: At or above this two submissions are the same throughout, names aside.
SAME = 0.9995
#: Parts of a pair shown side by side, those with most in common first.
MAX_PARTS = 4
#: So much of one answer is shown.
MAX_TEXT = 3500

#: (text, whether the other has it too)
Piece = tuple[str, bool]


@dataclass(frozen=True)
class PartView:
    """One part of a pair, ready for the template."""

    label: str
    share: float
    first: list[Piece]
    second: list[Piece]


def page_path(folder: Path, assignment: str) -> Path:
    return folder / "reports" / f"{assignment}.similarity.html"


def write(
    assignment: str, title: str, found: Found, unread: Sequence[tuple[str, str]], threshold: float, folder: Path
) -> Path:
    """Write `reports/<assignment>.similarity.html` in the course folder `folder`."""
    return write_whole(page_path(folder, assignment), page(assignment, title, found, unread, threshold))


def page(
    assignment: str, title: str, found: Found, unread: Sequence[tuple[str, str]], threshold: float
) -> str:
    """The similarity page: the same submissions give the same bytes."""
    alike = found.alike(threshold)
    groups = clusters(alike)
    order = [name for group in groups for name in group]
    one_text = [pair for pair in alike if min(pair.code, pair.written or pair.code) >= SAME]
    same = [group for group in clusters(one_text) if len(group) > 2]
    told = told_once(alike, same)
    order += [name for name in found.names if name not in set(order)]
    return render(
        "similarity.html",
        assignment=assignment,
        title=title,
        n=len(found.names),
        n_pairs=len(found.pairs),
        threshold=threshold,
        few=FEW,
        alike=alike,
        groups=groups,
        same=same,
        told=told,
        rows=told[:MAX_ROWS],
        shown=[(pair, _parts(pair, found)) for pair in told[:MAX_SHOWN]],
        strongest=strongest,
        nearest=found.pairs[0] if found.pairs and not alike else None,
        histogram=draw.histogram(found.pairs, threshold) if found.pairs else None,
        matrix=draw.matrix(found.pairs, order[:MAX_MATRIX], threshold) if len(order) > 2 else None,
        left_out=max(len(order) - MAX_MATRIX, 0),
        too_little=found.too_little,
        unread=list(unread),
    )


def told_once(pairs: Sequence[Pair], same: Sequence[Sequence[str]]) -> list[Pair]:
    """`pairs` with one member standing for each group of submissions that are the same throughout."""
    first = {name: group[0] for group in same for name in group}
    kept, seen = [], set()
    for pair in pairs:
        between = frozenset((first.get(pair.first, pair.first), first.get(pair.second, pair.second)))
        if between not in seen:
            kept.append(pair)
            seen.add(between)
    return kept


def strongest(pair: Pair) -> str:
    """The parts of a pair in which it is most alike."""
    parts = sorted(pair.parts, key=lambda part: -part.share)[:3]
    return ", ".join(f"{part.label} {part.share:.0%}" for part in parts if part.share >= 0.5)


def _parts(pair: Pair, found: Found) -> list[PartView]:
    chosen = sorted(pair.parts, key=lambda part: -part.share)[:MAX_PARTS]
    return [_part(part, found.texts[pair.first][part.label], found.texts[pair.second][part.label]) for part in chosen]


def _part(part: PartMatch, first: str, second: str) -> PartView:
    return PartView(part.label, part.share, _pieces(first, part.first), _pieces(second, part.second))


def _pieces(text: str, spans: Sequence[Span]) -> list[Piece]:
    """A text cut where common passages begin and end."""
    pieces: list[Piece] = []
    place = 0
    for start, end in spans:
        pieces += [(text[place:start], False), (text[start:end], True)]
        place = end
    pieces.append((text[place:], False))
    kept: list[Piece] = []
    room = MAX_TEXT
    for piece, common in pieces:
        if piece and room > 0:
            kept.append((piece[:room] + ("…" if len(piece) > room else ""), common))
            room -= len(piece)
    return kept
