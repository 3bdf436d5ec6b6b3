"""A made-up class: right, partly right, wrong, broken and hostile submissions of one assignment.

Every row of the demo has its fair result beside it; `tests/course/test_demo_class.py` holds the
grader to them.
"""

from __future__ import annotations

import base64
import copy
import io
import itertools
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.assignment import Assignment
from autograder.notebooks import Cell, to_ipynb
from autograder.release import released_cells
from autograder.stubs import without_markers
from autograder.variants import Variant, read_variants

Change = Callable[[list[Cell]], list[Cell]]


@dataclass
class Submission:
    """One made-up submission and what a fair grader gives it."""

    student: str
    text: str
    #: File name inside the student's folder.
    file: str = ""
    #: Status from the closed list.
    status: str = "graded"
    #: Questions that lose marks; "all" for an untouched notebook.
    loses: list[str] = field(default_factory=list)


class ClassMaker:
    """Makes submissions of one assignment out of its solution, accepted variants and mutants."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.auto = [q.id for q in assignment.manifest.question if q.auto > 0]
        self.home = {name: q.id for q in assignment.manifest.question for name in q.names}
        self.accepted = read_variants(assignment, "accepted")
        self.mutants = read_variants(assignment, "mutant")
        self.kin = _kin({v.function: cell_of(assignment.cells, v.function).source for v in self.accepted})
        self.random = random.Random(7)
        self.figure = _figure()

    def solved(self, student: str = "") -> list[Cell]:
        """The released notebook with every answer filled in and figures under the figures cells.

        The solution itself or, for a student, a hand of their own: some paragraphs of each text, and other right forms
        of functions. Of two functions that call one another only one has another form: those were verified one by one.
        """
        cells = copy.deepcopy(released_cells(self.assignment))
        hand = random.Random(student)
        for cell, source in zip(cells, self.assignment.cells, strict=True):
            cell.source = without_markers(source.source)
            if cell.role == "figures":
                cell.outputs = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": self.figure}}]
            elif cell.role == "written" and student:
                paragraphs = cell.source.split("\n\n")
                cell.source = "\n\n".join(hand.sample(paragraphs, hand.randint(1, len(paragraphs))))
        written: set[str] = set()
        for variant in hand.sample(self.accepted, len(self.accepted) if student else 0):
            if not written & self.kin[variant.function]:
                written.add(variant.function)
                cell_of(cells, variant.function).source = variant.source
        return cells

    def replace(self, variants: list[Variant], student: str = "") -> str:
        cells = self.solved(student)
        for variant in variants:
            cell_of(cells, variant.function).source = variant.source
        return to_ipynb(cells)

    def changed(self, function: str, code: str, student: str = "") -> str:
        """A right notebook with `code` behind one function's own."""
        cells = self.solved(student)
        cell = cell_of(cells, function)
        cell.source = f"{cell.source}\n\n{code.format(name=function)}"
        return to_ipynb(cells)

    def submissions(self) -> list[Submission]:
        """The whole class, in order."""
        first = self.assignment.manifest.find(self.auto[0]).names
        f, g = first[0], first[1 % len(first)]
        own = self.home[f]
        # trouble is spread over the questions, so that each of them has some
        places = itertools.cycle(self.auto[1:] or self.auto)
        other = {number: next(places) for number in range(10, 16)}
        name = {number: self.assignment.manifest.find(question).names[0] for number, question in other.items()}
        wrap = "_right = {name}\ndef {name}(*args, **kwargs):\n    "
        rows = [
            Submission("01-perfect", to_ipynb(self.solved())),
            Submission("02-perfect-other-style", self.replace(self._one_each(self.accepted, 0), "02")),
            Submission("03-perfect-third-style", self.replace(self._one_each(self.accepted, 1), "03")),
            Submission(
                "04-untouched",
                to_ipynb(released_cells(self.assignment)),
                status="missing answers",
                loses=list(self.auto),
            ),
            self._wrong("05-one-property-wrong", 1, 0),
            self._wrong("06-two-mistakes", 2, 3),
            self._wrong("07-many-mistakes", 5, 11),
            Submission(
                "08-prints-and-warns",
                self.changed(
                    f,
                    "import sys, warnings\n"
                    + wrap
                    + "print('debug', args); warnings.warn('careful'); print('!', file=sys.stderr)\n"
                    "    return _right(*args, **kwargs)",
                    "08",
                ),
            ),
            Submission(
                "09-prints-20-megabytes",
                self.changed(f, wrap + "print('x' * 20_000_000)\n    return _right(*args, **kwargs)", "09"),
            ),
            Submission(
                "10-syntax-error",
                self.changed(name[10], "def {name}(x:\n    return x", "10"),
                status="missing answers",
                loses=[other[10]],
            ),
            Submission(
                "11-endless-loop",
                self.changed(name[11], "def {name}(*args, **kwargs):\n    while True:\n        pass", "11"),
                status="timed out",
                loses=[other[11]],
            ),
            Submission(
                "12-loop-that-swallows-interrupts",
                self.changed(
                    name[12],
                    "def {name}(*args, **kwargs):\n    while True:\n        try:\n            while True: pass\n"
                    "        except BaseException: pass",
                    "12",
                ),
                status="timed out",
                loses=[other[12]],
            ),
            Submission(
                "13-exits",
                self.changed(name[13], "import os\ndef {name}(*args, **kwargs):\n    os._exit(0)", "13"),
                status="crashed",
                loses=[other[13]],
            ),
            Submission(
                "14-waits-for-input",
                self.changed(name[14], "def {name}(*args, **kwargs):\n    return input('? ')", "14"),
                loses=[other[14]],
            ),
            Submission(
                "15-allocates-4-gigabytes",
                self.changed(
                    name[15],
                    "def {name}(*args, **kwargs):\n    kept = [bytes(2**30) for _ in range(4)]\n    return len(kept)",
                    "15",
                ),
                status="crashed",
                loses=[other[15]],
            ),
            Submission(
                "16-replaces-torch-comparison",
                self._cheat(
                    f,
                    (
                        "import torch\nclass Yes:\n    def __eq__(self, other): return True\n"
                        "torch.allclose = torch.equal = lambda *a, **k: True\ndef {name}(*args, **kwargs):\n    return Yes()"
                    ),
                    "16",
                ),
                loses=[own],
            ),
            Submission(
                "17-looks-for-the-gradebook",
                self._cheat(
                    f,
                    (
                        "import glob, os\nfor path in glob.glob('/*/*/gradebook.db') + glob.glob('/*/*/solutions/*/*.py'):\n"
                        "    open(path, 'a').close()\ndef {name}(*args, **kwargs):\n    return 'full marks'"
                    ),
                    "17",
                ),
                loses=[own],
            ),
            Submission(
                "18-test-cell-deleted", to_ipynb([c for c in self.solved("18") if c.id != f"check-{slug(own)}"])
            ),
            Submission("19-test-cell-edited", self._edited_check(own)),
            Submission("20-answer-cell-duplicated", self._duplicated(g)),
            Submission("21-metadata-stripped", self._stripped()),
            # the one who copied: from 18
            Submission("22-renamed-file", to_ipynb(self.solved("18")), file=f"{self.assignment.name} (1).ipynb"),
            Submission("23-broken-json", to_ipynb(self.solved())[:2000], status="unreadable", loses=list(self.auto)),
            Submission("24-another-assignment", _foreign(), status="wrong assignment", loses=list(self.auto)),
        ]
        return rows

    def _one_each(self, variants: list[Variant], place: int) -> list[Variant]:
        by_function: dict[str, list[Variant]] = {}
        for variant in variants:
            by_function.setdefault(variant.function, []).append(variant)
        return [group[place % len(group)] for group in by_function.values()]

    def _wrong(self, student: str, count: int, start: int) -> Submission:
        functions = list(dict.fromkeys(v.function for v in self.mutants))
        chosen = [functions[(start + 3 * i) % len(functions)] for i in range(count)]
        variants = [self.random.choice([v for v in self.mutants if v.function == f]) for f in dict.fromkeys(chosen)]
        loses = [q for q in self.auto if any(self.home[v.function] == q for v in variants)]
        return Submission(student, self.replace(variants, student), loses=loses)

    def _cheat(self, function: str, code: str, student: str) -> str:
        cells = self.solved(student)
        cell_of(cells, function).source = code.format(name=function)
        return to_ipynb(cells)

    def _edited_check(self, question: str) -> str:
        cells = self.solved("19")
        cell = cell_of(cells, f"check-{slug(question)}")
        cell.source, cell.metadata["nbgrader"]["points"] = "print('16 points')\n100", 100
        return to_ipynb(cells)

    def _duplicated(self, function: str) -> str:
        cells = self.solved("20")
        place = cells.index(cell_of(cells, function))
        older = copy.deepcopy(cells[place])
        older.source = f"def {function}(*args, **kwargs):\n    return None"
        return to_ipynb([*cells[:place], older, *cells[place:]])

    def _stripped(self) -> str:
        document = json.loads(to_ipynb(self.solved("21")))
        for cell in document["cells"]:
            cell["metadata"] = {}
            cell.pop("id")
        return json.dumps(document)


def cell_of(cells: list[Cell], cell_id: str) -> Cell:
    return next(cell for cell in cells if cell.id == cell_id)


def _kin(sources: dict[str, str]) -> dict[str, set[str]]:
    """Of each function: itself, all that it calls and all that call it, however indirectly."""
    calls = {name: {other for other in sources if re.search(rf"\b{other}\b", text)} for name, text in sources.items()}
    for via, name in itertools.product(sources, sources):
        if via in calls[name]:
            calls[name] |= calls[via]
    return {name: calls[name] | {caller for caller in sources if name in calls[caller]} for name in sources}


def slug(question: str) -> str:
    return question.replace(".", "-")


def _foreign() -> str:
    return to_ipynb(
        [Cell("markdown", "# Geography, sheet 3", "a"), Cell("code", "def capital(country):\n    return 'Paris'", "b")]
    )


def _figure() -> str:
    """A small picture such as a student's plot."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(4, 2.6), layout="constrained")
    ax.plot([2, 5, 10, 20, 40], [0.11, 0.31, 0.43, 0.50, 0.54], marker="o", label="stored")
    ax.plot([2, 5, 10, 20, 40], [0.74, 0.62, 0.62, 0.61, 0.61], marker="s", label="unseen")
    ax.set(xlabel="stored patterns", ylabel="mean squared error")
    ax.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=90)
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def write_class(assignment: Assignment, folder: Path) -> list[Submission]:
    """Write the class as a folder of submissions, as a learning platform hands it over."""
    rows = ClassMaker(assignment).submissions()
    for row in rows:
        path = folder / row.student / (row.file or f"{assignment.name}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row.text, encoding="utf-8")
    return rows
