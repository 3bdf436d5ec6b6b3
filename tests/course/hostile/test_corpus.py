"""The table of hostile submissions covers every class of attack, and controls for what must not be blocked."""

from collections import Counter

import pytest

from tests.course.hostile import archives, tampering
from tests.course.hostile.corpus import ARCHIVES, CASES, CLASSES, SUBMISSIONS, VERDICTS, notebook

#: Every class of attack that isolation must hold against.
ATTACKS = {
    "comparison", "patching", "mutation", "frames", "solutions", "delegating", "memorised", "seeds", "exits", "atexit",
    "printed", "results", "frames-forged", "returns", "lazy", "pickles", "writing", "startup", "links", "fifos", "secrets",
    "processes", "forks", "memory", "disk", "output", "loops", "signals", "daemons", "stdin", "recursion", "threads",
    "network", "markup", "hooks", "beside", "archives", "metadata",
}  # fmt: skip


def test_every_class_has_a_case_and_every_case_a_class():
    assert set(CLASSES) == ATTACKS | {"control"}
    assert {case.kind for case in CASES.values()} == set(CLASSES)


def test_there_are_enough_of_them():
    count = Counter(case.kind for case in CASES.values())
    assert sum(count.values()) - count["control"] >= 70
    assert count["control"] >= 6
    assert sum(case.full for case in CASES.values()) >= 6


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_case_can_be_made(case):
    assert set(case.verdicts) <= set(VERDICTS)
    assert case.full == (case.kind == "control" and case.verdicts == ("full",))
    if case.archive:
        assert case.name in ARCHIVES
        assert callable(getattr(archives, case.archive))
    else:
        assert case.code is not None or case.edit
        assert not case.edit or callable(getattr(tampering, case.edit))


def test_no_two_submissions_are_the_same():
    texts = Counter(notebook(case, {}) + repr(sorted(case.beside.items())) for case in SUBMISSIONS.values())
    assert max(texts.values()) == 1
