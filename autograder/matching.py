"""Find a student's answers in the notebook that came back: by cell id, by name, by position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from autograder.notebooks import Cell
from autograder.pysource import defined_callables, defined_names, definitions_only, drop_magics, unreadable

#: A longer cell is no answer; with fewer than 16 such cells a notebook fits one request.
MAX_CELL_CHARACTERS = 200_000
#: Nobody writes so much; a syntax tree takes 300 bytes and more per character.
MAX_CODE_CHARACTERS = 1_500_000

#: Source of each cell that Python is asked to read, None where it is too much, and the lines left out.
Sources = list[tuple[str | None, list[str]]]


@dataclass
class Submission:
    """A submitted notebook, matched against the cells that were released."""

    #: Code to execute in order: (label a student understands, source).
    code: list[tuple[str, str]] = field(default_factory=list)
    #: Cell id → the student's cell, for every released cell that was found.
    found: dict[str, Cell] = field(default_factory=dict)
    #: Graded name → the name the student gave it, where they differ.
    aliases: dict[str, str] = field(default_factory=dict)
    #: Graded names that nothing in the notebook defines.
    missing: list[str] = field(default_factory=list)
    #: Cell label → why Python cannot read it.
    syntax_errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    #: Nothing of the assignment was recognised.
    foreign: bool = False

    @property
    def unreadable(self) -> list[str]:
        """One sentence per cell that Python cannot read."""
        return [f"{label}: {why}" for label, why in self.syntax_errors.items()]


def match(submitted: list[Cell], master: list[Cell], names: list[str], whole: Collection[str] = ()) -> Submission:
    """Match `submitted` with the released `master`, whose graded functions are `names`.

    Of cells that experiment, draw or check only the definitions are kept, unless their role is in `whole`.
    """
    result = Submission()
    known = {cell.id for cell in master if cell.role}
    texts = "\n".join(cell.source for cell in submitted if cell.is_code)
    if not any(cell.id in known for cell in submitted) and not any(re.search(rf"\b{name}\b", texts) for name in names):
        result.foreign = True
        return result
    sources = _sources(submitted)
    places = _places(submitted, sources, master, names, result)
    roles = _roles(submitted, master, places)
    for place, index in places.items():
        if master[place].id:
            result.found[master[place].id] = submitted[index]
    defined: set[str] = set()
    for index, cell in enumerate(submitted):
        if not cell.is_code:
            continue
        source, dropped = sources[index]
        label = f"cell {index + 1}" + (f" ({cell.id})" if roles[index] and cell.id else "")
        if dropped:
            result.notes.append(
                f"{label}: left out {', '.join(line[:40] for line in dropped[:3])}, which only a notebook understands"
            )
        if source is None:
            result.notes.append(
                f"{label} has {len(cell.source):,} characters and was left out: at most {MAX_CELL_CHARACTERS:,} in a "
                f"cell and {MAX_CODE_CHARACTERS:,} in a notebook are read"
            )
            continue
        if why := unreadable(source):
            result.syntax_errors[label] = why
            continue
        if roles[index] in ("experiment", "figures", "check") and roles[index] not in whole:
            source = definitions_only(source)
        if source.strip():
            result.code.append((label, source))
        defined |= set(defined_names(source))
    _find_renamed(result, sources, master, places, names, defined)
    result.missing = [name for name in names if name not in defined and name not in result.aliases]
    return result


def _sources(submitted: list[Cell]) -> Sources:
    """What is read of each cell: the first `MAX_CODE_CHARACTERS` of code, in cells that are not too long."""
    sources: Sources = []
    total = 0
    for cell in submitted:
        size = len(cell.source)
        if not cell.is_code:
            sources.append(("", []))
        elif size > MAX_CELL_CHARACTERS or total + size > MAX_CODE_CHARACTERS:
            sources.append((None, []))
        else:
            total += size
            sources.append(drop_magics(cell.source))
    return sources


def _places(
    submitted: list[Cell], sources: Sources, master: list[Cell], names: list[str], result: Submission
) -> dict[int, int]:
    """Master index → submitted index: by id, by same text, by graded name, by position."""
    places: dict[int, int] = {}
    taken: set[int] = set()

    def put(place: int, index: int) -> None:
        places[place] = index
        taken.add(index)

    ids = Counter(cell.id for cell in submitted)
    for place, cell in enumerate(master):
        copies = [i for i, other in enumerate(submitted) if cell.id and other.id == cell.id]
        if copies:
            put(place, copies[-1])
            taken.update(copies)
            if ids[cell.id] > 1 and cell.role:
                result.notes.append(f"the cell {cell.id} is there {len(copies)} times; the last one counts")
    by_name = by_position = 0
    for place, cell in enumerate(master):
        if place not in places:
            twin = next(
                (i for i, other in enumerate(submitted) if i not in taken and other.source == cell.source), None
            )
            if twin is not None:
                put(place, twin)
    for place, cell in enumerate(master):
        if place not in places and cell.role == "answer" and cell.id in names:
            homes = [
                i
                for i in range(len(submitted))
                if i not in taken and cell.id in defined_names(sources[i][0] or "")
            ]
            if homes:
                put(place, homes[-1])
                by_name += 1
    for place, cell in enumerate(master):
        if place not in places and cell.role:
            index = _next_free(place, cell.kind, places, taken, submitted)
            if index is not None:
                put(place, index)
                by_position += 1
    if by_name or by_position:
        result.notes.append(
            f"cell ids were missing or changed: {by_name} answers were found by function name, "
            f"{by_position} cells by their position"
        )
    return places


def _next_free(place: int, kind: str, places: dict[int, int], taken: set[int], submitted: list[Cell]) -> int | None:
    """First free cell of this kind between the matched neighbours of `place`."""
    before = max((places[p] for p in places if p < place), default=-1)
    after = min((places[p] for p in places if p > place and places[p] > before), default=len(submitted))
    return next((i for i in range(before + 1, after) if i not in taken and submitted[i].kind == kind), None)


def _roles(submitted: list[Cell], master: list[Cell], places: dict[int, int]) -> list[str]:
    """Role of each submitted cell; duplicates share the role of the cell they copy."""
    by_id = {cell.id: cell.role for cell in master if cell.role}
    roles = [by_id.get(cell.id, "") for cell in submitted]
    for place, index in places.items():
        roles[index] = master[place].role
    return roles


def _find_renamed(
    result: Submission,
    sources: Sources,
    master: list[Cell],
    places: dict[int, int],
    names: list[str],
    defined: set[str],
) -> None:
    """A graded function under another name, if its cell defines exactly one unknown thing."""
    for place, cell in enumerate(master):
        if cell.role != "answer" or cell.id not in names or cell.id in defined or place not in places:
            continue
        own = [n for n in defined_callables(sources[places[place]][0] or "") if n not in names]
        if len(own) == 1:
            result.aliases[cell.id] = own[0]
            result.notes.append(f"{cell.id} is called {own[0]} in the notebook; it was graded as {cell.id}")
