"""An autograder for notebooks in which student code only ever produces values.

The way of one answer, and the files of each step:

===================================  ====================================================================
collect (layouts, platforms,         a folder or zip becomes `submitted/`; what is unusable is kept aside
senders, attempts, placing, archive,
arrivals, quarantine)
grade (resume, shards, merge)        one coordinator: what is left to do, the records, the gradebook
executor → slots → slot              per core a trusted process with the collected tests, or (cluster,
                                     cluster_worker) the same on every worker of a dask scheduler
notebooks, pysource, matching        a submitted file becomes cells, cells become answers
examine → sandbox (isolation_*)      a fresh worker per question, inside the strongest box there is
worker ← protocol → student          the only file that executes student code; frames of plain data; a proxy
grading, compare                     pytest runs the instructor's tests on what came back
score, record                        marks, and the record everything else is derived from
gradebook (database), autograded     nbgrader's database and the notebook a person marks
results (late, people, groups,       marks, those given by hand, and what being late costs; a group is
fanout)                              graded once
feedback, report, export (marks),    what is handed on; `lms/` has one file per format of a platform
lms/
marking, marksheet, blind, written   marking by hand in a spreadsheet, without knowing whom if wanted
regrade, regrade_page, replay        what a change of tests does to whom; one record again, with its seed
answers, similarity, failures,       who wrote alike; how good the tests are, and whether a verdict ever changes by
flaky, stats_page, matrix,           itself; which wrong answer fails which property; one page that links all reports
report_index
package, gradescope_run              the grader as a zip that a platform runs, one submission at a time
===================================  ====================================================================

An author's side: spec and assignment (what was written), stubs, release, leakcheck, student_package (what students
get), reference, variants, mutation, verify (proof that the tests are sharp and fair). A student's side: checking,
panel, submit (afresh). `cli/` parses, `commands/` says what each command does.
"""

from __future__ import annotations

from typing import Any

__all__ = ["check"]


def check(question: str) -> Any:
    """Show which visible properties of `question` hold for the functions in this notebook.

    Example
    -------
    In a notebook of the course: ``check("2.a")``.
    """
    import inspect

    from autograder.panel import check_here

    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return check_here(question, frame.f_back.f_globals)
