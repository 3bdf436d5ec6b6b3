"""Grade records made up for tests of what comes out of the autograder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.record import Property, QuestionResult, Record

RecordFactory = Callable[..., Record]

QUESTIONS = (
    ("1.a", "Navigation and memory", 2.0, 2.0, ()),
    ("2.a", "Hopfield network: outer product", 2.0, 1.0, ("capacity", "weights", "recall", "corrupt", "hidden_recall")),
    ("2.b", "Hopfield network: pseudo-inverse", 2.0, 1.0, ("inverse", "matrix", "hidden_matrix")),
    ("3.1", "Autoencoder", 2.0, 1.0, ("mse", "bottleneck", "hidden_corrupt")),
    ("bonus", "An imperfect stimulus", 1.0, 0.0, ("ridge", "hidden_ridge")),
)


def value_of(array: Any) -> dict[str, Any]:
    array = np.asarray(array, dtype=float)
    return {"shape": list(array.shape), "data": array.tolist()}


def difference(expected: Any, got: Any, call: str = "outer_product_hopfield_matrix(patterns)") -> dict[str, Any]:
    return {"call": call, "expected": value_of(expected), "got": value_of(got), "tolerance": "1e-06 + 1e-06·|expected|"}


def property_of(name: str, passed: bool, detail: dict[str, Any] | None = None, **changes: Any) -> Property:
    hidden = name.startswith("hidden")
    values: dict[str, Any] = {
        "name": name,
        "title": f"{name.replace('_', ' ').capitalize()} is as the equation says",
        "visible": not hidden,
        "weight": 1.0,
        "status": "passed" if passed else "failed",
        "seconds": 0.012,
        "message": "" if passed else "the values differ from the reference",
        "detail": None if passed else detail,
        "hint": "" if passed else "The mean is one number for the whole training set.",
    }
    return Property(**(values | changes))


def record_of(
    student: str = "anna",
    *,
    fails: tuple[str, ...] = (),
    status: str = "graded",
    message: str = "",
    details: dict[str, dict[str, Any]] | None = None,
    notes: tuple[str, ...] = (),
    **changes: Any,
) -> Record:
    """A record in which the properties named in `fails` do not hold."""
    questions = []
    for id_, title, points, hand, names in QUESTIONS:
        properties = [property_of(n, n not in fails, (details or {}).get(n)) for n in names]
        holds = sum(p.status == "passed" for p in properties)
        auto = points - hand
        state = (
            "needs hand grading" if not names else "passed" if holds == len(names) else "partial" if holds else "failed"
        )
        questions.append(
            QuestionResult(
                id=id_,
                title=title,
                score=round(auto * holds / len(names), 6) if names else 0.0,
                max_score=points,
                auto_max=auto,
                hand_max=hand,
                bonus=id_ == "bonus",
                status=state,
                properties=properties,
                message="" if state in ("passed", "needs hand grading") else f"{holds} of {len(names)} properties hold",
            )
        )
    values: dict[str, Any] = {
        "student": student,
        "assignment": "hippocampus",
        "title": "Hippocampus: Hopfield networks to conditioning",
        "status": status,
        "message": message,
        "score": sum(q.score for q in questions),
        "max_score": 8.0,
        "questions": questions,
        "notes": list(notes),
        "isolation": "L3",
        "seed": 20261121,
        "seconds": 0.42,
        "versions": {"python": "3.11.9", "torch": "2.13.0", "autograder": "0.1.0"},
        "hashes": {"submission": "ab" * 32, "assignment": "cd" * 32, "environment": "ef" * 32},
    }
    return Record(**(values | changes))


@pytest.fixture
def make_record() -> RecordFactory:
    return record_of


@pytest.fixture
def show_difference() -> Callable[..., dict[str, Any]]:
    return difference


@pytest.fixture
def class_records() -> list[Record]:
    """Twenty-four submissions of many kinds, the same every time."""
    rng = np.random.default_rng(7)
    names = [n for *_, properties in QUESTIONS for n in properties]
    hardness = dict(zip(names, rng.uniform(0.05, 0.75, len(names)), strict=True))
    records = []
    for index in range(20):
        skill = rng.normal()
        fails = tuple(n for n in names if rng.random() < hardness[n] - 0.22 * skill)
        records.append(record_of(f"student{index:02d}", fails=fails, seconds=float(rng.lognormal(-0.8, 0.5))))
    records += [
        record_of(
            "timea",
            fails=("recall", "hidden_recall"),
            status="timed out",
            seconds=21.3,
            message="Code of recall ran longer than its time limit. Everything else was graded as usual.",
        ),
        record_of(
            "crispin", fails=("ridge", "hidden_ridge"), status="crashed", message="Code of ridge ended its process."
        ),
        record_of("una", fails=tuple(names), status="missing answers", message="No question was answered."),
        record_of("björn", status="unreadable", questions=[], score=0.0, message="hippocampus.ipynb is broken JSON."),
    ]
    return records
