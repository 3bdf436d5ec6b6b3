"""What goes wrong most often in a class, and what was said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.itemstats import PropertyStat, graded
from autograder.plaintext import one_line
from autograder.record import Record

#: Different messages of one property that are shown.
MAX_MESSAGES = 3


@dataclass(frozen=True)
class Failure:
    """A property that does not hold for some."""

    stat: PropertyStat
    #: (what was said, how often), the commonest first.
    messages: list[tuple[str, int]] = field(default_factory=list)


def commonest(records: Sequence[Record], stats: Sequence[PropertyStat]) -> list[Failure]:
    """Every property that fails for somebody, the commonest failure first."""
    said: dict[tuple[str, str], Counter[str]] = {}
    for record in graded(records):
        for q in record.questions:
            for p in q.properties:
                if p.status not in ("passed", "not gradable"):
                    said.setdefault((q.id, p.name), Counter())[one_line(p.message or p.status, 160)] += 1
    failing = sorted((s for s in stats if s.failed), key=lambda s: (s.rate, -s.failed))
    return [Failure(s, _first(said[s.question, s.name])) for s in failing]


def _first(messages: Counter[str]) -> list[tuple[str, int]]:
    return sorted(messages.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_MESSAGES]
