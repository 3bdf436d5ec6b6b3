"""Faults in a notebook's text: pictures without words for them, links that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.notebooks import Cell

#: Mathematics and code may look like links: $W[i](t)$.
_NO_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")


def prose_faults(cells: Sequence[Cell], files: Sequence[str]) -> list[str]:
    """One sentence per fault in the markdown of `cells`; `files` are released beside the notebook."""
    faults = []
    for cell in cells:
        if cell.is_code:
            continue
        for picture, words, target in _LINK.findall(_NO_PROSE.sub("", cell.source)):
            if picture and not words.strip():
                faults.append(f"the picture {target} has no alternative text: write ![what it shows]({target})")
            if not target:
                faults.append(f"the link {words!r} leads nowhere")
            elif not re.match(r"[a-z]+:|#|attachment:", target) and target.split("#")[0] not in files:
                faults.append(f"the link {words!r} leads to {target}, which is not released")
    return faults
