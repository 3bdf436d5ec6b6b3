"""An autograder for notebooks in which student code only ever produces values."""

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
