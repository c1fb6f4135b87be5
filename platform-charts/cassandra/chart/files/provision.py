"""The superuser in the place of `cassandra`; keyspaces and roles as the values name them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import servers
from servers import (
    DEFAULT,
    SECRETS,
    Fault,
    Login,
    Refused,
    admin,
    cql,
    password,
    patiently,
    quoted,
    rows,
    told,
)

LISTED = Path("/scripts/keyspaces")
AUTH = "system_auth"
_TRIES, _PAUSE = 30, 2  # the default superuser is made ten seconds after the first server is there


def copies(keyspace: str) -> str:
    """The statement's part that says how many copies there are."""
    place, count = quoted(os.environ["DATACENTER"]), int(os.environ["COPIES"])
    return f"KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', {place}: {count}}}"


def founded() -> None:
    """Have the superuser, made by the default one at the first start."""
    for _ in range(_TRIES):
        try:
            patiently(lambda: cql("SELECT release_version FROM system.local;", admin()))
        except Refused:
            pass
        else:
            return
        try:
            patiently(first)
        except Refused:
            time.sleep(_PAUSE)
    raise SystemExit(
        f"neither {admin().role} with the Secret's password nor cassandra with its first one is let in: "
        "a new password is set in the servers before it is in the Secret, as the README says"
    )


def first() -> None:
    """What the default superuser does before it goes."""
    # Logins are read from most copies: as many as there will be, before anybody is written.
    widened(DEFAULT)
    made = f'CREATE ROLE IF NOT EXISTS "{admin().role}" WITH PASSWORD = {quoted(admin().password)}'
    cql(f"{made} AND LOGIN = true AND SUPERUSER = true;", DEFAULT)


def widened(login: Login) -> None:
    """Have logins and permissions on as many servers as keyspaces are."""
    listed = rows(cql("SELECT keyspace_name, replication FROM system_schema.keyspaces;", login))
    found = dict(listed)[AUTH]
    if f"'{os.environ['DATACENTER']}': '{os.environ['COPIES']}'" in found:
        return
    cql(f"ALTER {copies(AUTH)};", login)
    for name in servers.names():
        told(name, f"repair/{AUTH}")


def provisioned() -> None:
    """Have what is declared; the first superuser locked. Others' keyspaces and roles are let be."""
    login = admin()
    widened(login)
    cql(
        "CREATE ROLE IF NOT EXISTS cassandra; ALTER ROLE cassandra WITH SUPERUSER = false AND LOGIN = false;",
        login,
    )
    for place, line in enumerate(LISTED.read_text().split()):
        name, role = line.split("|")
        word = quoted(password(SECRETS / "keyspaces" / str(place) / "password"))
        made = copies(f'IF NOT EXISTS "{name}"')
        cql(
            f'CREATE {made}; CREATE ROLE IF NOT EXISTS "{role}";'
            f'ALTER ROLE "{role}" WITH PASSWORD = {word} AND LOGIN = true AND SUPERUSER = false;'
            f'GRANT ALL PERMISSIONS ON KEYSPACE "{name}" TO "{role}";',
            login,
        )
        print(f"keyspace {name} of role {role}")


if __name__ == "__main__":
    try:
        servers.reached()
        founded()
        provisioned()
    except Fault as fault:
        raise SystemExit(str(fault)) from None
