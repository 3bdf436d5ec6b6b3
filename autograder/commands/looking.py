"""Commands that look at a whole class: similarity, stats."""

from __future__ import annotations

from pathlib import Path

from autograder.assignment import load_assignment, solutions_folder
from autograder.course import Course
from autograder.errors import ALL_GOOD, NOTHING_TO_DO, UserError
from autograder.terminal import Terminal

#: Rows of a table in the terminal; the page has more.
MAX_ROWS = 15


def similarity(
    name: str, root: Path, solutions: Path | None, threshold: float, as_json: bool, quiet: bool
) -> int:
    from autograder.answers import boilerplate, collected_answers
    from autograder.report_index import write_index
    from autograder.similarity import compare
    from autograder.similarity_page import strongest, write

    terminal = Terminal(as_json=as_json, quiet=quiet)
    assignment, course = load_assignment(name, solutions_folder(solutions)), Course(root)
    with terminal.progress("reading answers") as tell:
        answers, unread = collected_answers(assignment, course, tell)
    if not answers:
        raise UserError(
            f"nobody has handed in {name} so that it can be read: collect submissions first "
            f"(`autograder collect FOLDER_OR_ZIP {name} --course {root}`).",
            NOTHING_TO_DO,
        )
    with terminal.progress("comparing pairs") as tell:
        found = compare(answers, boilerplate(assignment), tell)
    alike = found.alike(threshold)
    page = write(name, assignment.manifest.title, found, unread, threshold, course.root)
    index = write_index(course.root)
    if alike:
        terminal.table(
            f"{name}: pairs that are {threshold:.0%} alike or more",
            ("pair", "code", "written", "theirs alone", "most alike in"),
            [
                (f"{p.first} and {p.second}", f"{p.code:.0%}", f"{p.written:.0%}", f"{p.rare:.0%}", strongest(p))
                for p in alike[:MAX_ROWS]
            ],
        )
    terminal.say(
        f"{len(found.names)} submissions, {len(found.pairs)} pairs compared, {len(alike)} to look at: {page} "
        f"(all reports: {index})"
    )
    terminal.result(
        {
            "assignment": name,
            "page": str(page),
            "threshold": threshold,
            "compared": found.names,
            "not_compared": [*found.too_little, *(student for student, _ in unread)],
            "pairs": [
                {
                    "first": p.first,
                    "second": p.second,
                    "code": round(p.code, 4),
                    "written": round(p.written, 4),
                    "rare": round(p.rare, 4),
                    "parts": {part.label: round(part.share, 4) for part in p.parts},
                }
                for p in alike
            ],
        }
    )
    return ALL_GOOD
