"""A course whose records are there without anything having been graded: for what comes after grading."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.atomic import write_whole
from autograder.course import Course
from autograder.gradebook import Gradebook
from autograder.record import Property, Record, record_text
from autograder.release import released_files
from autograder.score import question_result

PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP4TwJgGFUKBACo6mOdZx2OzAAAAABJRU5ErkJggg==")


def a_record(assignment: Assignment, student: str, passes: Mapping[str, bool], **changes: object) -> Record:
    """A record in which one property per autograded question passes or fails."""
    results = []
    for question in assignment.manifest.question:
        holds = passes.get(question.id, True)
        own = Property(name=f"p{question.slug}", title="It holds.", visible=True, weight=1.0,
                       status="passed" if holds else "failed", message="" if holds else "it does not")
        results.append(question_result(question, [own] if question.auto else []))
    values: dict[str, object] = {
        "student": student, "assignment": assignment.name, "title": assignment.manifest.title, "status": "graded",
        "score": sum(r.score for r in results), "max_score": assignment.manifest.points, "questions": results,
        "isolation": "L3", "seed": 1}
    return Record(**(values | changes))  # type: ignore[arg-type]


def make_course(
    root: Path, assignment: Assignment, students: Sequence[str], written: Mapping[str, str] = {}
) -> Course:
    """Everybody has handed in the released notebook with an answer in words, and has a record."""
    root.mkdir(exist_ok=True)
    course = Course(root)
    released = json.loads(released_files(assignment)[f"{assignment.name}.ipynb"])
    with Gradebook(course.db_url) as gradebook:
        gradebook.define(assignment)
        for place, student in enumerate(students):
            for cell in released["cells"]:
                if cell["id"].startswith("answer-"):
                    cell["source"] = written.get(student, f"what {place} says")
            path = course.submitted(student, assignment.name) / f"{assignment.name}.ipynb"
            write_whole(path, json.dumps(released))
            record = a_record(assignment, student, {"1": place % 2 == 0})
            write_whole(course.record(student, assignment.name), record_text(record))
            gradebook.write(record, assignment)
    return course
