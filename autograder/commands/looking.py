"""Commands that look at a whole class: similarity, stats."""

from __future__ import annotations

from pathlib import Path

from autograder.assignment import load_assignment, solutions_folder
from autograder.course import Course
from autograder.errors import ALL_GOOD, FOUND_FAULTS, NOTHING_TO_DO, UserError
from autograder.terminal import Terminal, first_of, plural

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
            f"{name}: {first_of(MAX_ROWS, len(alike), 'pairs')} that are {threshold:.0%} alike or more",
            ("pair", "code", "written", "theirs alone", "most alike in"),
            [
                (f"{p.first} and {p.second}", f"{p.code:.0%}", f"{p.written:.0%}", f"{p.rare:.0%}", strongest(p))
                for p in alike[:MAX_ROWS]
            ],
        )
    left_out = [*found.too_little, *(student for student, _ in unread)]
    if left_out:
        terminal.say(f"not compared, with too little of their own or unreadable: {', '.join(left_out)}")
    terminal.say(
        f"{plural(len(found.names), 'submission')}, {plural(len(found.pairs), 'pair')} compared, "
        f"{len(alike)} to look at{', --json lists them all' if len(alike) > MAX_ROWS else ''}. Side by side: {page} "
        f"(all reports: {index})"
    )
    terminal.result(
        {
            "assignment": name,
            "page": str(page),
            "threshold": threshold,
            "compared": found.names,
            "not_compared": left_out,
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


def stats(
    name: str,
    root: Path,
    solutions: Path | None,
    again: int,
    jobs: int | None,
    level: str | None,
    trust: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    from autograder.failures import commonest
    from autograder.flaky import earlier_records, examined_again, flaky, recorded
    from autograder.itemstats import graded as with_marks
    from autograder.itemstats import property_stats, question_stats
    from autograder.report_index import write_index
    from autograder.results import graded
    from autograder.slots import default_jobs
    from autograder.stats_page import verdict, write

    terminal = Terminal(as_json=as_json, quiet=quiet)
    course = Course(root)
    records = graded(course, name)
    earlier = earlier_records(course, name)
    seen = [*recorded(records), *recorded(earlier)]
    watched = f"{len(records)} records" + (f", {len(earlier)} kept from before regrading" if earlier else "")
    if again:
        assignment = load_assignment(name, solutions_folder(solutions))
        with terminal.progress("examining again") as tell:
            more = examined_again(
                assignment, course, with_marks(records), again,
                jobs=jobs or default_jobs(), level=level, trust=trust, progress=tell,
            )  # fmt: skip
        seen += more
        watched += f", and {len({o.submission for o in more})} submissions examined again with {again} more seeds"
    found = flaky(seen)
    page = write(records, found, watched, course.root)
    questions, properties = question_stats(records), property_stats(records)
    failures = commonest(records, properties)
    terminal.table(
        f"{name}: {len(records)} submissions",
        ("question", "marks earned", "discrimination", "in words"),
        [(f"{q.id} {q.title}", f"{q.facility:.0%}", _correlation(q.discrimination), verdict(q)) for q in questions],
    )
    if failures:
        terminal.table(
            f"what fails most often, {first_of(MAX_ROWS, len(failures), 'properties')}",
            ("question", "holds for", "property", "said most often"),
            [
                (f.stat.question, f"{f.stat.passed} of {f.stat.n}", f.stat.title, f.messages[0][0])
                for f in failures[:MAX_ROWS]
            ],
        )
    for f in found:
        terminal.say(f"flaky: {f.question} {f.title} {f.words} ({', '.join(f.students[:6])})")
    many = "1 flaky property" if len(found) == 1 else f"{len(found)} flaky properties"
    unsteady = many if found else "no flaky property"
    terminal.say(f"{unsteady} in {watched}. Page: {page} (all reports: {write_index(course.root)})")
    terminal.result(
        {
            "assignment": name,
            "page": str(page),
            "submissions": len(records),
            "questions": [
                {"id": q.id, "difficulty": q.facility, "discrimination": q.discrimination, "submissions": q.n}
                for q in questions
            ],
            "failures": [
                {"question": f.stat.question, "property": f.stat.name, "passed": f.stat.passed, "submissions": f.stat.n}
                for f in failures
            ],
            "flaky": [
                {"question": f.question, "property": f.name, "same_seed": f.same_seed, "students": f.students}
                for f in found
            ],
        }
    )
    return FOUND_FAULTS if found else ALL_GOOD


def _correlation(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
