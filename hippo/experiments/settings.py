"""Settings of an experiment from a file or from the command line, by the names of its configuration's fields."""

from __future__ import annotations

import tomllib
import types
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["SettingsError", "described", "with_settings"]

_Config = TypeVar("_Config")


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence."""


def with_settings(config: _Config, file: Path | None = None, assignments: Sequence[str] = ()) -> _Config:
    """Replace fields of a configuration.

    Parameters
    ----------
    config
        A frozen dataclass.
    file
        TOML with a field's name and value per line.
    assignments
        "name=value" with the value as in TOML; quotes around words may be left out. They win over the file.

    Raises
    ------
    SettingsError
        If the file cannot be read, a field does not exist or a value does not fit it.

    Example
    -------
    >>> from hippo.experiments.lookup import Config
    >>> with_settings(Config(), assignments=["n_units=50"]).n_units
    50
    """
    values = _read(file) if file is not None else {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise SettingsError(f"--set {assignment}: expected name=value.")
        values[name.strip()] = _value(text.strip())
    hints = get_type_hints(type(config))
    known = [field.name for field in fields(config)]  # type: ignore[arg-type]
    for name, value in values.items():
        if name not in known:
            raise SettingsError(f"There is no setting {name!r}; choose from {', '.join(known)}.")
        if isinstance(value, list):
            values[name] = value = tuple(value)
        if not _fits(value, hints[name]):
            raise SettingsError(f"{name}: expected {_words(hints[name])}, got {value!r}.")
    try:
        return replace(config, **values)  # type: ignore[type-var]
    except ValueError as error:
        raise SettingsError(f"{error}.") from error


def described(config: object) -> list[tuple[str, str, str]]:
    """Return name, value and what is taken of each field of a configuration.

    Example
    -------
    >>> from hippo.experiments.lookup import Config
    >>> described(Config())[-1]
    ('seed', '0', 'a whole number')
    """
    hints = get_type_hints(type(config))
    return [
        (field.name, str(getattr(config, field.name)), _words(hints[field.name]))
        for field in fields(config)  # type: ignore[arg-type]
    ]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}): name a TOML file of settings.") from error
    except ValueError as error:
        raise SettingsError(f"{file} is no sound TOML ({error}): write one name = value per line.") from error


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _fits(value: object, hint: Any) -> bool:
    """Say whether a value is of a field's type; a whole number is a number too."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each) for each in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, arguments[0]) for each in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)


def _words(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return f"a list, each of it {_words(arguments[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_words(each) for each in arguments)
    return {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "nothing"}.get(
        hint, str(hint)
    )
