"""Scores for LTI's Assignment and Grade Services, one JSON object a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from autograder.marks import UNGRADED, shown
from autograder.plaintext import clean
from autograder.results import ClassResults


def lines(found: ClassResults, now: datetime | None = None) -> str:
    """One score per student who handed in: `PendingManual` until a person has marked everything.

    A platform keeps the score with the newest timestamp: it is the time of this export.
    """
    stamp = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    rows = {row.student: row for row in found.rows()}
    written = []
    for record in found.records:
        row = rows[record.student]
        user = found.people.people[record.student].ags if record.student in found.people.people else ""
        score = {
            "userId": user or record.student,
            "timestamp": stamp,
            "activityProgress": "Submitted",
            "gradingProgress": "FullyGraded",
        }
        values: dict[str, float] = {}
        if record.status in UNGRADED or row.final is None:
            score["gradingProgress"] = "Failed"
        else:
            score["activityProgress"] = "Completed"
            values = {"scoreGiven": float(shown(row.final)), "scoreMaximum": float(shown(record.max_score))}
            if row.to_mark:
                score["gradingProgress"] = "PendingManual"
        remarks = "; ".join(text for text in (record.message, row.late) if text)
        comment = {"comment": clean(remarks)} if remarks else {}
        written.append(json.dumps(score | values | comment, ensure_ascii=False))
    return "".join(line + "\n" for line in written)
