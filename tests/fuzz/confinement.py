"""Hold code to a folder: whatever it writes outside is an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Event → which of its arguments are paths that are changed.
CHANGES = {"os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.link": (0, 1),
           "os.symlink": (0, 1), "os.truncate": (0,), "os.utime": (0,), "os.chmod": (0,), "os.chown": (0,),
           "os.mkfifo": (0,), "os.mknod": (0,)}  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_state: dict[str, Any] = {"folder": None, "outside": [], "hooked": False}


@contextmanager
def writes_only_in(folder: Path) -> Iterator[None]:
    """Within the block this process changes nothing but what lies in `folder`, and starts nothing."""
    if not _state["hooked"]:
        sys.addaudithook(_watch)  # cannot be taken away again, so it sleeps in between
        _state["hooked"] = True
    _state["outside"], _state["folder"] = [], folder.resolve()
    try:
        yield
    finally:
        _state["folder"] = None
    assert not _state["outside"], f"changed outside of {folder}: {_state['outside']}"


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _state["folder"] is None:
        return
    if event == "open" and isinstance(arguments[0], str | bytes) and (arguments[2] or 0) & WRITING:
        _note(event, arguments[0])
    elif event in CHANGES:
        for place in CHANGES[event]:
            _note(event, arguments[place])
    elif event in ("subprocess.Popen", "os.system", "os.fork", "os.exec", "os.posix_spawn", "socket.connect",
                   "socket.bind", "pickle.find_class"):
        _state["outside"].append((event, arguments[:2]))


def _note(event: str, path: object) -> None:
    if isinstance(path, int):
        return
    folder, _state["folder"] = _state["folder"], None  # realpath must not be watched itself
    try:
        # the last part may be a link that is itself replaced
        place = Path(os.fsdecode(path))  # type: ignore[arg-type]
        if not (place.parent.resolve() / place.name).is_relative_to(folder) or place.name == "..":
            _state["outside"].append((event, str(place)))
    finally:
        _state["folder"] = folder
