"""Sessions with PostgreSQL, and what its refusals mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from broker.settings import Settings

_CONNECT = 10.0  # seconds
_ANSWER = 300.0  # seconds; dropping a large database takes a while
_OPTIONS = " ".join(
    f"-c {each}"
    for each in (
        # A server that somebody's lock holds up answers in the end, and ends what nobody waits for any more.
        "statement_timeout=240s",
        "lock_timeout=60s",
        "client_connection_check_interval=5s",
        # What a database's owner may set for all who come there, and what others may have put into `public`.
        "role=none",
        "local_preload_libraries=",
        "search_path=pg_catalog",
        "default_transaction_read_only=off",
        "idle_session_timeout=0",
        "idle_in_transaction_session_timeout=0",
    )
)

LOST = (InterfaceError, OSError)
"""The server is not there, or was not to the end: what was asked is done, or is not."""

_PASSING = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE that pass without anybody's doing; 55 is told apart below."""
_IN_USE = ("55006", "55P03")


class Sessions:
    """Of the broker's role; each is one connection, ended with its block."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self, database: str = "", options: str = "") -> Iterator[Connection]:
        """A session in a database, by itself the broker's own. Raises one of LOST, or DatabaseError.

        `options` are PostgreSQL's, besides those that each has.
        """
        said = self._settings
        channel = socket.create_connection((said.host, said.port), timeout=_CONNECT)
        try:
            channel.settimeout(_ANSWER)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            session = Connection(
                said.user,
                host=said.host,
                database=database or said.database,
                password=said.secret("database/password"),
                sock=channel,
                ssl_context=said.tls or False,
                application_name="service-broker",
                startup_params={"options": f"{_OPTIONS} {options}"},
            )
        except BaseException:
            channel.close()
            raise
        try:
            yield session
        finally:
            _close(session)


def _close(session: Connection) -> None:
    # One that is lost is gone already, and with it what it held.
    with suppress(*LOST):
        session.close()


def state_of(error: DatabaseError) -> str:
    """The SQLSTATE of a refusal; empty where it has none."""
    said = error.args[0] if error.args else {}
    return str(said.get("C", "")) if isinstance(said, dict) else ""


def passes(error: DatabaseError) -> bool:
    """Whether the same may go well later."""
    state = state_of(error)
    return state[:2] in _PASSING or state in _IN_USE


def told(error: DatabaseError) -> str:
    """A refusal as a sentence for who asked: PostgreSQL's own, without its hints and its context."""
    said = error.args[0] if error.args else {}
    message = said.get("M", "no reason given") if isinstance(said, dict) else str(said)
    return f"PostgreSQL says: {message} ({state_of(error)})"
