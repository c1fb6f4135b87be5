"""Databases and roles: what an instance and a binding are in PostgreSQL. Each step may be done again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection, identifier, literal

from broker import state
from broker.sessions import LOST, Sessions, state_of

_NO_DATABASE = "3D000"
_LEAVING = 20.0  # seconds for sessions to end that were told to
_PLACES = """
    SELECT DISTINCT datname FROM pg_shdepend LEFT JOIN pg_database ON pg_database.oid = dbid
    WHERE refclassid = 'pg_authid'::regclass
    AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = :name)
"""
"""Databases where something is a role's or names it; NULL for what is in none, like databases themselves."""
_ONE = "hashtextextended(:name, 0)"
"""The lock of whoever changes what PostgreSQL keeps of a database: of two at a time one would fail."""
_OWNER = """
    SELECT pg_get_userbyid(datdba), pg_has_role(datdba, 'USAGE')
    FROM pg_database WHERE datname = current_database()
"""


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
    """Another number of connections at a time; in a transaction."""
    session.run(f"SELECT pg_advisory_xact_lock({_ONE})", name=database(instance))
    session.run(f"ALTER DATABASE {identifier(database(instance))} CONNECTION LIMIT {connections}")


def destroy(session: Connection, sessions: Sessions, instance: str) -> None:
    """The database with all that is in it, and what others have given its owner. Sessions in it are ended."""
    name = database(instance)
    if session.run("SELECT FROM pg_roles WHERE rolname = :name", name=name):
        session.run(f"GRANT {identifier(name)} TO CURRENT_USER")
    if session.run("SELECT FROM pg_database WHERE datname = :name AND datistemplate", name=name):
        # Its owner may say so, and no template is dropped.
        session.run(f"ALTER DATABASE {identifier(name)} IS_TEMPLATE false")
    session.run(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")
    _detach(session, sessions, name)


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
    """Sessions of a login that was shut out end; what it owns by its own name goes to who owns what it is in.

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
    _detach(session, sessions, name)


def _detach(session: Connection, sessions: Sessions, role: str) -> None:
    """Have nothing in any database be a role's or name it, as PostgreSQL wants it of one that is dropped.

    A tenant may grant what is its own to another's roles, and anybody with a login makes large objects
    where everybody is let in.
    """
    for (place,) in session.run(_PLACES, name=role):
        try:
            with _inside(session, sessions, place or "") as inside, transaction(inside):
                ((owner, ours),) = inside.run(_OWNER)
                if ours and owner != role:
                    inside.run(f"REASSIGN OWNED BY {identifier(role)} TO {identifier(owner)}")
                inside.run(f"DROP OWNED BY {identifier(role)}")
        except DatabaseError as error:
            # Its owner may have dropped it, and what was in it.
            if state_of(error) != _NO_DATABASE:
                raise


@contextmanager
def _inside(session: Connection, sessions: Sessions, place: str) -> Iterator[Connection]:
    """A session in a database; an instance's whatever its owner has said of who gets in, and how many.

    Its limit is as its plan has it afterwards.
    """
    if place not in _limits(session):
        with sessions.open(place) as inside:
            yield inside
        return
    name, more = identifier(place), ""
    if session.run("SELECT FROM pg_settings WHERE name = 'transaction_timeout'"):
        more = "-c transaction_timeout=0"
    session.run(f"SELECT pg_advisory_lock({_ONE})", name=place)
    try:
        session.run(f"GRANT CONNECT ON DATABASE {name} TO CURRENT_USER")
        session.run(f"ALTER DATABASE {name} CONNECTION LIMIT -1 ALLOW_CONNECTIONS true")
        try:
            with sessions.open(place, more) as inside:
                yield inside
        finally:
            session.run(f"ALTER DATABASE {name} CONNECTION LIMIT {_limits(session)[place]}")
    finally:
        with suppress(*LOST):
            session.run(f"SELECT pg_advisory_unlock({_ONE})", name=place)


def _limits(session: Connection) -> dict[str, int]:
    """How many connections an instance's database takes at a time, by its name."""
    return {database(instance): most for instance, most in state.limits(session)}


def destroy_login(session: Connection, instance: str, binding: str) -> None:
    """The role itself."""
    session.run(f"DROP ROLE IF EXISTS {identifier(login(instance, binding))}")
