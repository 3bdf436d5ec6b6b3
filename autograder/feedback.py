"""The page a student reads: marks, what holds, what does not and why, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.atomic import write_whole
from autograder.course import is_student_id
from autograder.errors import UserError
from autograder.late import Lateness
from autograder.marks import (
    NO_MARK,
    UNGRADED,
    ManualMark,
    auto_marks,
    bonus_max,
    exact,
    question_marks,
    shown,
    total_marks,
    waiting_marks,
)
from autograder.pages import STATUS_SIGNS, duration, render
from autograder.record import QuestionResult, Record, Times
from autograder.showing import MAX_PICTURES, Shown, shown_properties

QUESTION_WORDS = {
    "passed": "right",
    "partial": "partly right",
    "failed": "not right yet",
    "error": "stopped with an error",
    "timeout": "took too long",
    "not gradable": "could not be graded",
    "needs hand grading": "to be marked by a person",
}


@dataclass(frozen=True)
class QuestionView:
    """A question, ready for the template."""

    result: QuestionResult
    mark: ManualMark
    views: list[Shown]
    graded: bool

    @property
    def marks_text(self) -> str:
        marks = question_marks(self.result, self.mark, graded=self.graded)
        return f"{'–' if marks is None else shown(marks)} of {shown(self.result.max_score)}"

    @property
    def auto_text(self) -> str:
        marks = auto_marks(self.result, self.mark, graded=self.graded)
        return f"{'–' if marks is None else shown(marks)} of {shown(self.result.auto_max)}"

    @property
    def hand_text(self) -> str:
        return f"{'–' if self.mark.score is None else shown(self.mark.score)} of {shown(self.result.hand_max)}"

    @property
    def fraction(self) -> float:
        marks = question_marks(self.result, self.mark, graded=self.graded)
        return min(max(float(marks or 0) / self.result.max_score, 0.0), 1.0) if self.result.max_score else 0.0

    @property
    def bar_label(self) -> str:
        waits = f", {self.open_fraction:.0%} still to be marked" if self.open_fraction else ""
        return f"{self.fraction:.0%} of the marks of {self.result.id}{waits}"

    @property
    def open_fraction(self) -> float:
        """Share of the marks that a person still has to give."""
        known = self.mark.score is not None or not self.result.max_score
        return 0.0 if known else self.result.hand_max / self.result.max_score

    @property
    def status(self) -> str:
        """The question's status, with the person's mark taken into account."""
        if self.mark.score is None and self.mark.override is None:
            return self.result.status if self.graded else "not gradable"
        if self.result.hand_max and self.mark.score is None:
            return self.result.status
        marks = question_marks(self.result, self.mark, graded=self.graded)
        if marks is None:
            return "not gradable"
        return "passed" if marks >= exact(self.result.max_score) else "partial" if marks > 0 else "failed"

    @property
    def sign(self) -> str:
        return STATUS_SIGNS.get(self.status, "?")

    @property
    def word(self) -> str:
        words = QUESTION_WORDS.get(self.status, self.status)
        waits = self.result.hand_max and self.mark.score is None and self.status != "needs hand grading"
        return f"{words}; a person still marks {shown(self.result.hand_max)}" if waits else words

    @property
    def tone(self) -> str:
        return {"passed": "good", "needs hand grading": "wait", "not gradable": "wait"}.get(self.status, "bad")


def write(
    record: Record,
    rubric_marks: Mapping[str, ManualMark] | None,
    folder: Path,
    late: Lateness | None = None,
    times: Times | None = None,
) -> Path:
    """Write `feedback/<student>/<assignment>/<assignment>.html` in the course folder `folder`."""
    for name in (record.student, record.assignment):
        if not is_student_id(name):
            raise UserError(
                f"{name!r} cannot name a folder, so no feedback page was written: correct it in the record and run "
                "this again."
            )
    path = folder / "feedback" / record.student / record.assignment / f"{record.assignment}.html"
    return write_whole(path, page(record, rubric_marks, late, times))


def page(
    record: Record,
    rubric_marks: Mapping[str, ManualMark] | None = None,
    late: Lateness | None = None,
    times: Times | None = None,
) -> str:
    """The feedback page of one submission: the same record, marks and times give the same bytes."""
    marks = rubric_marks or {}
    questions, pictures = [], MAX_PICTURES
    for result in record.questions:
        views = shown_properties(result, pictures)
        pictures -= sum(view.picture is not None for view in views)
        questions.append(QuestionView(result, marks.get(result.id, NO_MARK), views, record.status not in UNGRADED))
    properties = [p for q in record.questions for p in q.properties if p.status != "not gradable"]
    total = total_marks(record, marks)
    return render(
        "feedback.html",
        record=record,
        questions=questions,
        total=total,
        late=late.words(total) if late is not None and total is not None else "",
        final=late.final(total) if late is not None and total is not None else total,
        waiting=waiting_marks(record, marks),
        bonus_max=bonus_max(record),
        steps=_steps(record, questions),
        checked=len(properties),
        holding=sum(p.status == "passed" for p in properties),
        slowest=_slowest(record),
        used=_used(times),
    )


def panel(results: Sequence[QuestionResult], after: Sequence[str] = ()) -> str:
    """The same properties as a fragment of HTML for a notebook's output; `after` are closing lines.

    A check knows the visible properties only, so it cannot say what each is worth.
    """
    questions = [(q, shown_properties(q, with_worth=False)) for q in results]
    return render("panel.html", questions=questions, after=list(after))


def _steps(record: Record, questions: Sequence[QuestionView]) -> list[str]:
    """What helps most, first: the question with most marks to win back."""
    if record.status == "unreadable":
        return ["Open the notebook in Jupyter, run it, save it, and hand the file in again."]
    if record.status == "wrong assignment":
        return [f"Hand in the notebook of “{record.title}”: look at its first heading before you do."]
    steps = []
    lost = [
        (q.result.auto_max - float(auto_marks(q.result, q.mark) or 0), q)
        for q in questions
        if q.result.auto_max and q.status != "not gradable"
    ]
    for gap, q in sorted(lost, key=lambda pair: (pair[1].result.bonus, -pair[0]))[:3]:
        if gap < 0.005:
            continue
        failing = [v.prop for v in q.views if v.prop.status != "passed"]
        begin = next((p for p in failing if p.visible), failing[0] if failing else None)
        first = f" Begin with: {begin.title}" if begin else ""
        steps.append(f"{q.result.id}: {shown(gap)} {'mark' if shown(gap) == '1' else 'marks'} to win back.{first}")
    if steps:
        steps.append(
            'Correct the function in your notebook, run its cell, and let check("…") with the question\'s '
            "id tell you whether the visible properties hold."
        )
    if any(q.status == "not gradable" for q in questions):
        steps.append("Something could not be graded, which is not your fault: ask the person who runs the course.")
    if waiting_marks(record, {q.result.id: q.mark for q in questions}):
        steps.append("Your written answers and figures wait for a person; this page will then be made anew.")
    return steps or ["Nothing: everything that was tested holds. Well done."]


def _slowest(record: Record) -> str:
    """The question that took longest, if that is worth saying."""
    times = {q.id: sum(p.seconds for p in q.properties) for q in record.questions}
    longest = max(times, key=lambda k: times[k], default="")
    return f"{longest} with {duration(times[longest])}" if longest and times[longest] >= 0.1 else ""


def _used(times: Times | None) -> str:
    """What examining the submission took, and which question most of it."""
    if times is None or not times.seconds:
        return ""
    longest = max(times.questions, key=lambda k: times.questions[k], default="")
    most = f"; longest: {longest} with {duration(times.questions[longest])}" if longest else ""
    return f"{duration(times.seconds)} in all{most}"
