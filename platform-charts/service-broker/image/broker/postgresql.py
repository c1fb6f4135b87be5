"""Databases and roles: what an instance and a binding are in PostgreSQL. Each step may be done again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection, identifier, literal

from broker.sessions import LOST, Sessions, state_of

_NO_DATABASE = "3D000"
_LEAVING = 20.0  # seconds for sessions to end that were told to


def database(instance: str) -> str:
    """The name of an instance's database, and of the role that owns it."""
    return f"osb_i_{_short(instance)}"


def login(instance: str, binding: str) -> str:
    """The name of the role that a binding logs in with."""
    # No id has a NUL in it, so no two pairs are one text.
    return "osb_b_" + _short(f"{instance}\0{binding}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@contextmanager
def transaction(session: Connection) -> Iterator[None]:
    """All of a block, or nothing of it."""
    session.run("BEGIN")
    try:
        yield
    except BaseException:
        # Where the session is lost the server has done so by itself.
        with suppress(*LOST, DatabaseError):
            session.run("ROLLBACK")
        raise
    session.run("COMMIT")


def make(session: Connection, instance: str, connections: int) -> None:
    """The database and its owner, into which nobody gets yet."""
    name = database(instance)
    owner = identifier(name)
    if not session.run("SELECT FROM pg_roles WHERE rolname = :name", name=name):
        session.run(f"CREATE ROLE {owner} NOLOGIN")
    # Only a member may give a role a database; from PostgreSQL 16 on, making it makes no member.
    session.run(f"GRANT {owner} TO CURRENT_USER")
    if not session.run("SELECT FROM pg_database WHERE datname = :name", name=name):
        # No session is ever in template0, so none is in the way.
        limits = f"CONNECTION LIMIT {connections} ALLOW_CONNECTIONS false"
        session.run(f"CREATE DATABASE {owner} OWNER {owner} TEMPLATE template0 {limits}")


def open_up(session: Connection, instance: str) -> None:
    """Let those in who have a binding, and only those: before this everybody with a login could have been."""
    name = identifier(database(instance))
    session.run(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    session.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def limit(session: Connection, instance: str, connections: int) -> None:
    """Another number of connections at a time."""
    session.run(f"ALTER DATABASE {identifier(database(instance))} CONNECTION LIMIT {connections}")


def destroy(session: Connection, instance: str) -> None:
    """The database with all that is in it. Sessions in it are ended."""
    name = database(instance)
    if session.run("SELECT FROM pg_roles WHERE rolname = :name", name=name):
        session.run(f"GRANT {identifier(name)} TO CURRENT_USER")
    session.run(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")


def destroy_owner(session: Connection, instance: str) -> None:
    """The role that owned it."""
    session.run(f"DROP ROLE IF EXISTS {identifier(database(instance))}")


def let_in(session: Connection, instance: str, binding: str, verifier: str) -> None:
    """A login for the instance's database, where it acts as the owner: what it makes is the instance's."""
    name, owner = identifier(login(instance, binding)), identifier(database(instance))
    session.run(f"CREATE ROLE {name} LOGIN PASSWORD {literal(verifier)} IN ROLE {owner}")
    session.run(f"ALTER ROLE {name} IN DATABASE {owner} SET role = {literal(database(instance))}")
    # So that its sessions may be ended, and what it has made be given to the owner.
    session.run(f"GRANT {name} TO CURRENT_USER")


def shut_out(session: Connection, instance: str, binding: str) -> None:
    """From here on nobody logs in with it."""
    name = login(instance, binding)
    if session.run("SELECT FROM pg_roles WHERE rolname = :name", name=name):
        session.run(f"ALTER ROLE {identifier(name)} NOLOGIN")


def remove(session: Connection, sessions: Sessions, instance: str, binding: str) -> None:
    """Sessions of a login that was shut out end; what it owns by its own name goes to the instance's owner.

    Raises TimeoutError when sessions stay.
    """
    name = login(instance, binding)
    if not session.run("SELECT FROM pg_roles WHERE rolname = :name", name=name):
        return
    until = time.monotonic() + _LEAVING
    words = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :name"
    while session.run(words, name=name):
        if time.monotonic() > until:
            raise TimeoutError(f"sessions of {name} do not end")
        time.sleep(0.1)
    role, owner = identifier(name), identifier(database(instance))
    try:
        with sessions.open(database(instance)) as inside, transaction(inside):
            inside.run(f"REASSIGN OWNED BY {role} TO {owner}")
            inside.run(f"DROP OWNED BY {role}")
    except DatabaseError as error:
        # Its owner may have dropped it, and what was in it.
        if state_of(error) != _NO_DATABASE:
            raise


def destroy_login(session: Connection, instance: str, binding: str) -> None:
    """The role itself."""
    session.run(f"DROP ROLE IF EXISTS {identifier(login(instance, binding))}")
