"""Prove an assignment's tests: sharp (every wrong answer dies) and fair (every right one lives)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.errors import UserError
from autograder.jobs import ExamineJob, Job
from autograder.matrix import Matrix, matrix_of
from autograder.mutation import mutants
from autograder.prose import prose_faults
from autograder.record import Property
from autograder.reference import solution_code, stub_code
from autograder.release import release, released_cells, released_files
from autograder.slots import Slots
from autograder.testfiles import declared_tests
from autograder.variants import Variant, read_variants, survivor_reasons

#: Share of generated mutants that must die.
MIN_DEAD = 0.95
Rows = dict[str, list[list[Property]]]


@dataclass
class Check:
    """One thing that must hold of an assignment."""

    name: str
    result: str
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


@dataclass
class Verification:
    """What `verify` found."""

    assignment: str
    level: str = ""
    checks: list[Check] = field(default_factory=list)
    #: Generated mutant that survived → the author's reason, "" where none is given.
    survivors: dict[str, str] = field(default_factory=dict)
    matrix: Matrix | None = None

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def verify(
    assignment: Assignment,
    *,
    n_seeds: int = 50,
    jobs: int = 1,
    quick: bool = False,
    level: str | None = None,
    trust: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """Run solution, stub, accepted variants, hand-written and generated mutants through the tests.

    `quick` uses one seed, every third mutant and every sixth generated one, and looks at other questions
    only where the solution's code makes them depend on the changed function.
    """
    written = read_variants(assignment, "mutant")
    variants = read_variants(assignment, "accepted") + (written[::3] if quick else written)
    generated = [
        Variant("generated", cell.id, mutant.name, mutant.source)
        for cell in assignment.cells
        if cell.role == "answer"
        for mutant in mutants(cell)
    ]
    if quick:
        n_seeds, generated = min(n_seeds, 3), generated[::6]
    plan = _Plan(assignment, list(range(1, n_seeds + 1)), quick)
    work = plan.jobs(variants, generated)
    found: dict[str, Rows] = {}
    result = Verification(assignment.name)
    with Slots(assignment, jobs, level, trust) as slots:
        result.level = slots.warm_up()["ready"]
        progress(0, len(work))
        for done, (_, answer) in enumerate(slots.run(work), start=1):
            rows = msgspec.convert(answer["rows"], Rows)
            found.setdefault(answer["key"], {}).update(rows)
            progress(done, len(work))
    result.matrix = matrix_of(assignment, variants, found, quick=quick)
    result.checks = [
        _points(assignment),
        _tests_declared(assignment),
        _solution(plan, found["solution"]),
        _stub(plan, found["stub"]),
        _accepted(plan, variants, found),
        _mutants(plan, variants, found),
        _generated(plan, generated, found, result.survivors),
        _prose(assignment),
        _release(assignment),
    ]
    return result


class _Plan:
    """Which code runs through which questions with which seeds."""

    def __init__(self, assignment: Assignment, seeds: list[int], quick: bool) -> None:
        self.assignment, self.seeds, self.quick = assignment, seeds, quick
        self.variant_seeds = "1 seed" if quick else f"{len(seeds)} seeds"
        self.auto = [q.id for q in assignment.manifest.question if q.auto > 0]
        self.home = {name: q.id for q in assignment.manifest.question for name in q.names}

    def jobs(self, variants: Sequence[Variant], generated: Sequence[Variant]) -> list[Job]:
        jobs: list[Job] = [ExamineJob(key="stub", code=stub_code(self.assignment), questions=self.auto, seeds=[1])]
        solution = solution_code(self.assignment)
        jobs += [ExamineJob(key="solution", code=solution, questions=[q], seeds=self.seeds) for q in self.auto]
        for variant in (*variants, *generated):
            code = solution_code(self.assignment, {variant.function: variant.source})
            home = self.home[variant.function]
            # one seed shows that a mutant dies; the others only whether it dies of the same test
            seeds = self.seeds[:1] if variant.kind == "generated" or self.quick else self.seeds
            only = [variant.dies] if variant.kind == "mutant" else []
            jobs.append(ExamineJob(key=variant.key, code=code, questions=[home], seeds=seeds, only=only))
            others = [q for q in self.auto if q != home and (not self.quick or self._depends(q, variant.function))]
            if variant.kind != "generated" and others:
                jobs.append(ExamineJob(key=variant.key, code=code, questions=others, seeds=self.seeds[:1]))
        return jobs

    def _depends(self, question: str, function: str) -> bool:
        """Whether the solution of `question` mentions `function`."""
        names = self.assignment.manifest.find(question).names
        return any(re.search(rf"\b{function}\b", self.assignment.answer(name).source) for name in names)


def _failed(rows: list[list[Property]]) -> list[str]:
    """Properties that failed for at least one seed, each with what it said first."""
    said: dict[str, str] = {}
    for p in (p for row in rows for p in row if p.status != "passed"):
        said.setdefault(p.name, f"{p.name} ({p.message})")
    return sorted(said.values())


def _points(assignment: Assignment) -> Check:
    manifest = assignment.manifest
    auto, hand = (sum(values) for values in zip(*((q.auto, q.hand) for q in manifest.question), strict=True))
    return Check(
        "marks add up",
        f"{auto:g} autograded + {hand:g} by hand = {manifest.points:g} + {manifest.bonus:g} bonus",
        [] if abs(auto + hand - manifest.points - manifest.bonus) < 1e-9 else ["they do not"],
    )


def _tests_declared(assignment: Assignment) -> Check:
    tests = declared_tests(assignment.tests)
    names = [t.name for t in tests]
    faults = [f"{t.path.name}: {t.name} occurs twice" for t in tests if names.count(t.name) > 1]
    for question in assignment.manifest.question:
        own = [t for t in tests if t.question == question.id]
        if question.auto > 0 and not own:
            faults.append(f"question {question.id} has {question.auto:g} autograded marks and no test")
        if question.auto == 0 and own:
            faults.append(f"question {question.id} has tests but no autograded marks: raise points or lower hand")
    visible = declared_tests(assignment.tests / "visible")
    faults += [
        f"{t.path.name}: {t.name} asks for `reference`, which a student does not have"
        for t in visible
        if "reference" in t.fixtures
    ]
    return Check("tests", f"{len(visible)} visible, {len(tests) - len(visible)} hidden", faults)


def _solution(plan: _Plan, rows: Rows) -> Check:
    faults = [f"{question}: the solution fails {name}" for question in plan.auto for name in _failed(rows[question])]
    return Check("the solution earns every autogradable mark", f"{len(plan.seeds)} seeds", faults)


def _stub(plan: _Plan, rows: Rows) -> Check:
    faults = []
    for question in plan.auto:
        for p in rows[question][0]:
            if p.status == "passed":
                faults.append(f"{question}: the untouched stub passes {p.name}")
            elif p.visible and f"{question}:" not in p.message:
                faults.append(f"{question}: {p.name} fails on the stub without naming the question: {p.message!r}")
    count = sum(len(rows[question][0]) for question in plan.auto)
    return Check("the untouched notebook earns nothing", f"{count} properties fail, naming their question", faults)


def _accepted(plan: _Plan, variants: Sequence[Variant], found: dict[str, Rows]) -> Check:
    own = [v for v in variants if v.kind == "accepted"]
    faults = [
        f"{v.function}, {v.name!r} fails {name} ({question})"
        for v in own
        for question, rows in found[v.key].items()
        for name in _failed(rows)
    ]
    faults += [f"{name} has no accepted variant" for name in plan.home if not any(v.function == name for v in own)]
    return Check("every accepted variant earns full marks", f"{len(own)} variants, {plan.variant_seeds}", faults)


def _mutants(plan: _Plan, variants: Sequence[Variant], found: dict[str, Rows]) -> Check:
    own = [v for v in variants if v.kind == "mutant"]
    faults = [f"{name} has no mutant" for name in plan.home if not any(v.function == name for v in own)]
    for v in own:
        intended = v.dies.removeprefix("test_")
        for question, rows in found[v.key].items():
            if question != plan.home[v.function]:
                faults += [f"{v.function}, {v.name!r} also fails {name} of {question}" for name in _failed(rows)]
                continue
            states = [next((p.status for p in row if p.name == intended), None) for row in rows]
            if None in states:
                faults.append(f"{v.function}, {v.name!r} should die of {v.dies}, but {question} has no such test")
            elif "passed" in states:
                lived = [seed for seed, state in zip(plan.seeds, states, strict=False) if state == "passed"]
                faults.append(
                    f"{v.function}, {v.name!r} survives {v.dies} with {len(lived)} of {len(states)} seeds "
                    f"(dies of {', '.join(_failed(rows)) or 'nothing'})"
                )
    return Check(
        "every mutant dies of the intended property and of no other question",
        f"{len(own)} mutants, {plan.variant_seeds}",
        faults,
    )


def _generated(plan: _Plan, generated: Sequence[Variant], found: dict[str, Rows], survivors: dict[str, str]) -> Check:
    reasons = survivor_reasons(plan.assignment)
    for v in generated:
        if not _failed(found[v.key][plan.home[v.function]]):
            survivors[v.name] = reasons.get(v.name, "")
    dead = len(generated) - len(survivors)
    with_reason = sum(bool(reason) for reason in survivors.values())
    # a survivor with a reason is another way to write the answer, not a wrong one
    wrong = len(generated) - with_reason
    faults = [
        f"{name} survives; if that is no wrong answer, say why in mutants/survivors.toml"
        for name, reason in survivors.items()
        if not reason
    ]
    share = dead / len(generated) if generated else 1.0
    return Check(
        "generated mutants die",
        f"{dead} of {len(generated)} ({share:.1%}), {len(survivors)} survivors, {with_reason} with a reason",
        faults if dead < MIN_DEAD * wrong else [],
    )


def _prose(assignment: Assignment) -> Check:
    cells = released_cells(assignment)
    faults = prose_faults(cells, list(released_files(assignment)))
    return Check("pictures have words, links lead somewhere", f"{sum(not c.is_code for c in cells)} text cells", faults)


def _release(assignment: Assignment) -> Check:
    with tempfile.TemporaryDirectory() as folder:
        try:
            first = release(assignment, Path(folder) / "a")
            second = release(assignment, Path(folder) / "b")
        except UserError as error:
            return Check("the release holds no solution", "refused", [error.message])
        files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
        changed = [str(p) for p in files if (first / p).read_bytes() != (second / p).read_bytes()]
        return Check(
            "the release holds no solution and is the same every time",
            f"{len(files)} files",
            [f"{name} differs between two releases" for name in changed],
        )
