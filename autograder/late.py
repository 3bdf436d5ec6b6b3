"""How late a submission is and what that costs, by the manifest's policy; worked out whenever marks are handed on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from autograder.marks import shown
from autograder.spec import Late

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """A late submission."""

    #: Days begun since the due date.
    days: int
    #: Share of the marks that is taken away, in percent.
    percent: Decimal
    #: It came later than the policy accepts.
    too_late: bool = False

    def final(self, total: Decimal) -> Decimal:
        """Marks that are left of `total`, to two places, half up."""
        left = total * (Decimal(100) - self.percent) / Decimal(100)
        return left.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    def words(self, total: Decimal | None) -> str:
        """What was taken from what, and why.

        Example
        -------
        >>> Lateness(1, Decimal(10)).words(Decimal("10.5"))
        '10.5 − 10 % late (1 day)'
        """
        days = f"{self.days} day{'' if self.days == 1 else 's'}"
        why = f"{shown(self.percent)} % late ({days}{', later than accepted' if self.too_late else ''})"
        return f"{shown(total)} − {why}" if total is not None else why


def lateness(policy: Late, handed_in: datetime | None, due: datetime) -> Lateness | None:
    """How late something is that was handed in then; None if it is in time, or nobody knows when it came."""
    if handed_in is None or handed_in <= due + timedelta(minutes=policy.grace_minutes):
        return None
    # the grace is for whoever uploads at the last minute: who needs longer is late since the due date
    days = max(1, math.ceil((handed_in - due) / DAY))
    if policy.maximum_days is not None and days > policy.maximum_days:
        return Lateness(days, Decimal(100), too_late=True)
    percent = min(Decimal(100), days * Decimal(repr(policy.percent_per_day)))
    return Lateness(days, percent)
