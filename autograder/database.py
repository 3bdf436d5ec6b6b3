"""A database by its URL: tables made whole, trouble told in one sentence, a password never."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from autograder.errors import INFRASTRUCTURE, UserError

#: Seconds until a server counts as not there.
CONNECT_SECONDS = 10
#: Seconds that somebody else may keep a database file locked.
LOCK_SECONDS = 30
_USER_AND_PASSWORD = re.compile(r"(://[^/:@]*):.*@")
_PASSWORD_ARGUMENT = re.compile(r"(?i)([?&][a-z_]*(?:password|passwd|pwd)=)[^&]*")
#: Drivers for PostgreSQL, the one that nbgrader's documentation names first.
DRIVERS = ("psycopg2", "psycopg")


def shown_url(url: str) -> str:
    """`url` as it may be printed: without its password.

    Example
    -------
    >>> shown_url("postgresql://ann:s3cret@db.example/course")
    'postgresql://ann:***@db.example/course'
    """
    return _PASSWORD_ARGUMENT.sub(r"\1***", _USER_AND_PASSWORD.sub(r"\1:***@", url))


def without_password(url: str) -> str:
    """`url` as it may be stored: the server's own means supply the password, such as ~/.pgpass.

    Example
    -------
    >>> without_password("postgresql://ann:s3cret@db.example/course")
    'postgresql://ann@db.example/course'
    """
    bare = _PASSWORD_ARGUMENT.sub(lambda found: found[1][0] + "&", _USER_AND_PASSWORD.sub(r"\1@", url))
    return re.sub(r"([?&])&+", r"\1", bare).rstrip("?&")


def with_driver(url: str) -> str:
    """`url` with the PostgreSQL driver that is installed, where it names none: which one is tried varies."""
    scheme, separator, rest = url.partition("://")
    driver = next((name for name in DRIVERS if find_spec(name) is not None), "")
    return f"postgresql+{driver}://{rest}" if scheme == "postgresql" and separator and driver else url


def patient(url: str) -> str:
    """`url` so that SQLite waits a while for another program to give up its lock; servers queue by themselves.

    Example
    -------
    >>> patient("sqlite:///grades.db")
    'sqlite:///grades.db?timeout=30'
    """
    if not url.startswith("sqlite") or "timeout=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}timeout={LOCK_SECONDS}"


def make_tables(url: str, metadata: Any, version: Callable[[], str]) -> None:
    """Make the tables of an empty database together with alembic's note of their `version`, or none of them.

    nbgrader itself starts the `alembic` command for this, which takes seconds, and a run that is
    killed meanwhile leaves tables of unknown version.
    """
    from sqlalchemy import create_engine, inspect, text

    server = url.startswith("postgresql") and "connect_timeout" not in url
    engine = create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS} if server else {})
    try:
        with engine.begin() as connection:
            if inspect(connection).get_table_names():
                return
            known = version()
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's driver begins none for tables
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:known)"), {"known": known})
    finally:
        engine.dispose()


@contextmanager
def quiet() -> Iterator[None]:
    """nbgrader's SQLAlchemy warnings, and the tracebacks that it logs before it raises, are no news to our users."""
    log = logging.getLogger("tornado.application")
    disabled, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = disabled


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Database trouble in one sentence, safe to retry."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("nbgrader", "alembic", "sqlalchemy"):
            raise UserError("the gradebook needs nbgrader: install hippo[course].") from None
        raise UserError(
            f"--db {shown_url(url)!r} needs the Python package {error.name}, which is not installed here: install "
            "hippo[postgres] for PostgreSQL, or that package."
        ) from None
    except (ArgumentError, NoSuchModuleError) as error:
        raise UserError(
            f"--db {shown_url(url)!r} cannot be used ({_cause(error, url)}): expected a URL such as "
            "sqlite:///grades.db or postgresql://user@host/database."
        ) from None
    except SQLAlchemyError as error:
        raise _unusable(getattr(error, "orig", None) or error, url) from None
    except ValueError as error:
        if type(error).__module__ != "nbgrader.api":
            raise
        raise _unusable(error, url) from None


def _unusable(error: BaseException, url: str) -> UserError:
    return UserError(
        f"the gradebook {shown_url(url)} cannot be used: {_cause(error, url)}; check that it exists, is writable and "
        "not locked, then run the command again.",
        INFRASTRUCTURE,
    )


def _cause(error: BaseException, url: str) -> str:
    return (str(error).replace(url, shown_url(url)).strip() or type(error).__name__).splitlines()[0]
