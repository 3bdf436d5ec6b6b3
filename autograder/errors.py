"""Errors that are told to a person in one sentence, with the exit code they end in."""

from __future__ import annotations

#: Exit codes, the same for every command.
ALL_GOOD = 0
FOUND_FAULTS = 1
USAGE = 2
INFRASTRUCTURE = 3
NOT_GRADABLE = 4
NOTHING_TO_DO = 5
INTERRUPTED = 130


class UserError(Exception):
    """Something a user can put right: what was expected, what came, what to do."""

    def __init__(self, message: str, exit_code: int = USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
