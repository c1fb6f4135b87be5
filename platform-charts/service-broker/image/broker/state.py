"""What there is, a row an instance and a binding in the broker's own database, and who may change it now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from pg8000.native import Connection

from broker.errors import Refused, busy
from broker.sessions import Sessions

CREATING, READY, DELETING = "creating", "ready", "deleting"
_VERSION = "1"
_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS broker",
    "CREATE TABLE IF NOT EXISTS broker.about (name text PRIMARY KEY, value text NOT NULL)",
    """CREATE TABLE IF NOT EXISTS broker.instances (
        id text PRIMARY KEY, service text NOT NULL, plan text NOT NULL, connections int NOT NULL,
        organization text NOT NULL, space text NOT NULL, context jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('creating', 'ready', 'deleting')),
        operation text NOT NULL, failure text NOT NULL DEFAULT '')""",
    """CREATE TABLE IF NOT EXISTS broker.bindings (
        instance text REFERENCES broker.instances, id text, resource jsonb NOT NULL, nonce text NOT NULL,
        state text NOT NULL CHECK (state IN ('ready', 'deleting')), PRIMARY KEY (instance, id))""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A row. `failure` says why the broker has given up on what `state` says; empty: it has not."""

    id: str
    service: str
    plan: str
    connections: int
    organization: str
    space: str
    context: dict[str, Any]
    state: str
    operation: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A row; of `nonce` its password is made."""

    instance: str
    id: str
    resource: dict[str, Any]
    nonce: str
    state: str


_INSTANCE = ", ".join(each.name for each in fields(Instance))
_BINDING = ", ".join(each.name for each in fields(Binding))


def prepare(session: Connection, fingerprint: str) -> None:
    """Make the tables where there are none. A Refused where they are a later broker's, or another key's."""
    session.run("SELECT pg_advisory_lock(:key)", key=_number("prepare"))
    try:
        for each in _TABLES:
            session.run(each)
        for name, value in (("version", _VERSION), ("key", fingerprint)):
            words = "INSERT INTO broker.about VALUES (:name, :value) ON CONFLICT DO NOTHING"
            session.run(words, name=name, value=value)
        about = dict(session.run("SELECT name, value FROM broker.about"))
    finally:
        session.run("SELECT pg_advisory_unlock(:key)", key=_number("prepare"))
    if about["version"] != _VERSION:
        raise Refused(500, f"the tables are of version {about['version']}, this broker knows {_VERSION}")
    if about["key"] != fingerprint:
        raise Refused(500, "the key is not the one that the bindings' passwords were made of: put it back")


@contextmanager
def holding(sessions: Sessions, instance: str, binding: str = "") -> Iterator[Connection]:
    """A session that alone may change an instance, or one of its bindings, as long as it lasts.

    A Refused when somebody else may. An instance's bindings may change at a time, not while it does.
    """
    with sessions.open() as session:
        hold(session, instance, binding)
        try:
            yield session
        except Refused:
            _let_go(session)
            raise
        _let_go(session)


def _let_go(session: Connection) -> None:
    # The server may notice a session's end later than who asks next.
    session.run("SELECT pg_advisory_unlock_all()")


def hold(session: Connection, instance: str, binding: str = "") -> None:
    """Have a session hold it to its end: by locks of PostgreSQL's, which a killed broker's session loses."""
    wanted = {"pg_try_advisory_lock": _number(instance)}
    if binding:
        wanted = {
            "pg_try_advisory_lock_shared": _number(instance),
            "pg_try_advisory_lock": _number(instance, binding),
        }
    for function, key in wanted.items():
        ((held,),) = session.run(f"SELECT {function}(:key)", key=key)
        if not held:
            raise busy("this binding, or its instance" if binding else "this instance")


def instance(session: Connection, name: str) -> Instance | None:
    """The row of an instance."""
    rows = session.run(f"SELECT {_INSTANCE} FROM broker.instances WHERE id = :id", id=name)  # noqa: S608
    return Instance(**_row(Instance, rows[0])) if rows else None


def limits(session: Connection) -> list[tuple[str, int]]:
    """Every instance's id, and how many connections it has at a time."""
    return [(name, most) for name, most in session.run("SELECT id, connections FROM broker.instances")]


def keep(session: Connection, row: Instance) -> None:
    """Write the row of an instance, whatever was there."""
    names = [each.name for each in fields(Instance)]
    values = ", ".join(f":{each}" for each in names)
    changed = ", ".join(f"{each} = EXCLUDED.{each}" for each in names if each != "id")
    words = f"INSERT INTO broker.instances ({_INSTANCE}) VALUES ({values})"  # noqa: S608
    session.run(f"{words} ON CONFLICT (id) DO UPDATE SET {changed}", **_values(row))


def forget(session: Connection, name: str) -> None:
    """Remove the row of an instance."""
    session.run("DELETE FROM broker.instances WHERE id = :id", id=name)


def binding(session: Connection, instance: str, name: str) -> Binding | None:
    """The row of a binding."""
    words = f"SELECT {_BINDING} FROM broker.bindings WHERE instance = :instance AND id = :id"  # noqa: S608
    rows = session.run(words, instance=instance, id=name)
    return Binding(**_row(Binding, rows[0])) if rows else None


def keep_binding(session: Connection, row: Binding) -> None:
    """Write the row of a binding."""
    names = [each.name for each in fields(Binding)]
    values = ", ".join(f":{each}" for each in names)
    words = f"INSERT INTO broker.bindings ({_BINDING}) VALUES ({values}) "  # noqa: S608
    changed = ", ".join(f"{each} = EXCLUDED.{each}" for each in names)
    session.run(f"{words} ON CONFLICT (instance, id) DO UPDATE SET {changed}", **_values(row))


def forget_binding(session: Connection, row: Binding) -> None:
    """Remove the row of a binding."""
    words = "DELETE FROM broker.bindings WHERE instance = :instance AND id = :id"
    session.run(words, instance=row.instance, id=row.id)


def bound(session: Connection, instance: str) -> int:
    """How many bindings an instance has, those that are on their way out included."""
    words = "SELECT count(*) FROM broker.bindings WHERE instance = :instance"
    ((number,),) = session.run(words, instance=instance)
    return int(number)


def unfinished(session: Connection) -> list[tuple[str, str]]:
    """What is begun, not done, and not given up: instance and binding, that empty for an instance itself."""
    words = """SELECT instance, id FROM broker.bindings WHERE state = 'deleting'
        UNION ALL SELECT id, '' FROM broker.instances WHERE state <> 'ready' AND failure = ''"""
    return [(str(one), str(other)) for one, other in session.run(words)]


def census(session: Connection) -> dict[str, int]:
    """How many instances there are in each state, `failed` being those that were given up."""
    words = """SELECT CASE WHEN failure <> '' THEN 'failed' ELSE state END, count(*)
        FROM broker.instances GROUP BY 1"""
    return {str(state): int(number) for state, number in session.run(words)}


def _number(*names: str) -> int:
    """A lock's number."""
    # No id has a NUL in it.
    digest = hashlib.sha256("\0".join(("service-broker", *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _row(kind: type[Instance | Binding], row: list[Any]) -> dict[str, Any]:
    return dict(zip((each.name for each in fields(kind)), row, strict=True))


def _values(row: Instance | Binding) -> Mapping[str, Any]:
    said = {each.name: getattr(row, each.name) for each in fields(row)}
    return {name: json.dumps(each) if isinstance(each, dict) else each for name, each in said.items()}
