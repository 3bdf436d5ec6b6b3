"""The published JSON Schema of everything a program may read: outputs, events, records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from autograder.outputs import COMMANDS, Error, Event
from autograder.record import OUTCOMES, STATUSES, Record

#: In the package; a test proves that it is what `schema` makes.
FILE = Path(__file__).parent / "schemas" / "autograder.schema.json"


def schema() -> dict[str, Any]:
    """A JSON Schema (2020-12): `$defs/<command>` for each command, and `error`, `event` and `record`."""
    named = COMMANDS | {"error": (Error,), "event": (Event,), "record": (Record,)}
    order = [kind for kinds in named.values() for kind in kinds]
    references, components = msgspec.json.schema_components(order, ref_template="#/$defs/{name}")
    places = dict(zip(order, references, strict=True))
    # closed lists that the types say in words
    components["Record"]["properties"]["status"] = {"enum": list(STATUSES)}
    components["QuestionResult"]["properties"]["status"] = {"enum": list(OUTCOMES)}
    components["Property"]["properties"]["status"] = {"enum": [each for each in OUTCOMES if each != "partial"]}
    entries = {
        name: places[kinds[0]] if len(kinds) == 1 else {"anyOf": [places[kind] for kind in kinds]}
        for name, kinds in named.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What autograder prints with --json and --events, and the records it keeps",
        "description": "Validate against #/$defs/<command>, #/$defs/error, #/$defs/event or #/$defs/record.",
        "$defs": dict(sorted((entries | components).items())),
    }


def schema_text() -> str:
    """The schema as its file holds it; made anew by `python -m autograder.schema`."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema_text(), encoding="utf-8")
