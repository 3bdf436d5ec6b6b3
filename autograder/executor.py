"""Where jobs are worked off: slots on this machine, or the workers of a cluster behind the same four calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol, Self

from autograder.assignment import Assignment
from autograder.jobs import Job


class Executor(Protocol):
    """Starts working on being made, so that others can get ready meanwhile; ends everything on leaving `with`."""

    def warm_up(self) -> dict[str, Any]:
        """Wait until jobs can be taken; level, hashes and versions in force."""

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Each job with its answer, in the order in which they are ready, every one exactly once."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_executor(
    assignment: Assignment, jobs: int, level: str | None = None, trust: bool = False, scheduler: str = ""
) -> Executor:
    """`jobs` slots here, or all workers of the dask scheduler at the address `scheduler`."""
    if scheduler:
        from autograder.cluster import Cluster

        return Cluster(assignment, scheduler, level, trust)
    from autograder.slots import Slots

    return Slots(assignment, jobs, level, trust)
