"""Import Jupyter's libraries without what costs most and is never used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: jsonschema offers to check international web addresses. The parser for them is built on import, which
#: takes more than a second, two thirds of what jupytext and nbgrader cost; no notebook's schema has such a field.
GRAMMAR = "rfc3987_syntax"


@contextmanager
def lean_imports() -> Iterator[None]:
    """Within it, jsonschema finds that optional package absent; afterwards everybody may import it again."""
    if GRAMMAR in sys.modules:
        yield
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules.pop(GRAMMAR, None)
