"""The hostile submissions in a container (L2d), with the engine that is made of bubblewrap: as at L3, the strongest level."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.isolation_levels import why_not
from tests.autograder.engine import install
from tests.course.hostile import test_hostile as table
from tests.course.hostile.corpus import SUBMISSIONS, Case

pytestmark = [pytest.mark.course, pytest.mark.slow,
              pytest.mark.skipif(sys.platform != "linux" or bool(why_not("L3")), reason="the engine needs bubblewrap")]
CASES = [case for case in SUBMISSIONS.values() if "L3" in case.only]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[table.Arenas]:
    """One box; the cases follow one another in the same container."""
    folder = tmp_path_factory.mktemp("engine")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)
    install(folder)
    search = f"{folder}:{Path(shutil.which('env') or '/usr/bin/env').parent}:/usr/local/bin:/bin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(table.WAYS, "L2d", ("L2d", "L2d", lambda: ["env", f"PATH={search}"]))
        arenas = table.Arenas("L2d", CASES, 1)
        yield arenas
        arenas.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_submission_earns_the_same_in_a_container(arena: table.Arenas, case: Case):
    found = arena[case]
    assert found["record"]["isolation"] == "L2d"
    table._check_verdict(found["record"], case)
    table._check_that_it_is_understood(found["record"], case)
    table._check_that_nothing_happened_outside(found)
    table._check_cost(found)
    table._check_pages(found)
    assert found["honest"] == [table.MARKS, table.MARKS, "graded", []], "the honest submission after it lost marks"
