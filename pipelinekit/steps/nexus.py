"""Nexus: bring a server into the state that `platform.yaml` describes, and say where it is not."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.errors import refused
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.plan.nexus.wanted import (
    REALMS,
    Change,
    Wanted,
    differences,
    find,
    missing_realms,
    password_variable,
    to_send,
    user_body,
    users,
    wanted_of,
)
from pipelinekit.ports import NexusServer, Say
from pipelinekit.records import dataclass

EULA = "v1/system/eula"
ACTIVE = "v1/security/realms/active"


@dataclass(frozen=True, slots=True, kw_only=True)
class NexusPlan:
    """What a server lacks; `eula` is the agreement's text while nobody has accepted it."""

    changes: tuple[Change, ...]
    realms: tuple[str, ...]
    eula: str
    accepts: bool
    users: tuple[Change, ...]
    unknown: tuple[str, ...]
    """Repositories that the document does not have; they are left alone."""
    former: tuple[str, ...] = ()
    """Users of teams that have no application any more; left alone, they still write what they did."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What would be done, a line each."""
        found = []
        if self.eula:
            word = "accept the licence agreement" if self.accepts else "the licence agreement is not accepted"
            found.append(word)
        if self.realms:
            found.append(f"switch on realm {', '.join(self.realms)}")
        return (*found, *map(str, self.changes), *map(str, self.users))


def plan(nexus: Nexus, server: NexusServer) -> NexusPlan:
    """What differs between the server and the document; nothing is changed."""
    status = server.get(EULA)
    eula = "" if status is None or status.get("accepted") else str(status.get("disclaimer", ""))
    listed = server.get("v1/repositories") or []
    _check_kinds(nexus, listed)
    changes = [change for each in wanted_of(nexus) if (change := _change(each, server))]
    known = {each.name for each in nexus.repositories}
    return NexusPlan(
        changes=tuple(changes),
        realms=tuple(missing_realms(server.get(ACTIVE) or ())),
        eula=eula,
        accepts=nexus.accept_eula,
        users=tuple(change for each in users(nexus) if (change := _user(*each, server))),
        unknown=tuple(sorted(each["name"] for each in listed if each["name"] not in known)),
        former=_former(nexus, server) if nexus.tenants else (),
    )


def apply(nexus: Nexus, server: NexusServer, passwords: Mapping[str, str], say: Say) -> tuple[str, ...]:
    """Do what `plan` shows; what was done, a line each. A second time nothing is left to do.

    `passwords` are those of the users that may have to be made. Raises `Refused` when the licence agreement
    is not accepted and the document does not accept it, or a new user has no password.
    """
    planned = plan(nexus, server)
    if planned.eula and not nexus.accept_eula:
        raise refused(
            "eula",
            f"{nexus.url}: nobody has accepted Sonatype's licence agreement, and nothing works before that",
            hint="read it; when you accept it, write `acceptEula: true` into the nexus section",
        )
    _check_passwords(nexus, [each.wanted.name for each in planned.users if each.new], passwords)
    if planned.eula:
        server.send("POST", EULA, {"accepted": True, "disclaimer": planned.eula})
    if planned.realms:
        active = [*(server.get(ACTIVE) or ()), *planned.realms]
        # Ours first: a name that two realms know must not depend on how they were switched on.
        others = [each for each in active if each not in REALMS]
        server.send("PUT", ACTIVE, [*REALMS, *others])
    for change in planned.changes:
        _send(change, server)
        say(str(change))
    for change in planned.users:
        _send_user(change, server, passwords)
        say(str(change))
    return planned.lines


def _former(nexus: Nexus, server: NexusServer) -> tuple[str, ...]:
    known = {user for user, *_ in users(nexus)}
    found = [each["userId"] for each in server.get("v1/security/users?userId=nexus-") or ()]
    return tuple(sorted(each for each in found if each.startswith("nexus-") and each not in known))


def _change(wanted: Wanted, server: NexusServer) -> Change | None:
    there = find(wanted, server.get(wanted.read))
    if there is None:
        return Change(wanted=wanted, new=True)
    found = differences(wanted.body, there)
    return Change(wanted=wanted, new=False, differences=found, there=there) if found else None


def _send(change: Change, server: NexusServer) -> None:
    wanted = change.wanted
    method, path = wanted.create if change.new else wanted.update
    # Some things are named in the request that makes them, and nowhere in the one that changes them.
    body = to_send(change)
    if wanted.name:
        body = {key: value for key, value in body.items() if key != "name"}
    server.send(method, path, {**body, **({"name": wanted.name} if change.new and wanted.name else {})})


def _user(user: str, role: str, what: str, server: NexusServer) -> Change | None:
    path = f"v1/security/users?userId={user}"
    body = user_body(user, role, what)
    wanted = Wanted(
        subject=f"user {user}",
        read=path,
        body=body,
        create=("POST", "v1/security/users"),
        update=("PUT", f"v1/security/users/{user}"),
        key="userId",
        name=user,
    )
    return _change(wanted, server)


def _send_user(change: Change, server: NexusServer, passwords: Mapping[str, str]) -> None:
    wanted = change.wanted
    method, path = wanted.create if change.new else wanted.update
    extra = {"password": passwords[wanted.name]} if change.new else {"source": "default"}
    server.send(method, path, {**to_send(change), **extra})


def _check_passwords(nexus: Nexus, new: list[str], passwords: Mapping[str, str]) -> None:
    lacking = [each for each in new if not passwords.get(each)]
    if lacking:
        raise refused(
            "password-missing",
            f"no password for the new user {', '.join(lacking)}",
            hint=f"put it into {', '.join(password_variable(nexus, each) for each in lacking)}",
        )
    owners: dict[str, str] = {}
    for each in new:
        other = owners.setdefault(passwords[each], each)
        if other != each:
            raise refused(
                "password-shared",
                f"the new users {other} and {each} would have one password",
                hint="give each user a password of its own",
            )


def _check_kinds(nexus: Nexus, listed: list[Mapping[str, str]]) -> None:
    """A repository's format and kind are its own for good."""
    there = {each["name"]: (each["format"], each["type"]) for each in listed}
    for each in nexus.repositories:
        found = there.get(each.name)
        if found and found != (each.format, each.kind):
            here = f"{each.format} {each.kind}"
            raise refused(
                "repository-kind",
                f"{each.name} is a {found[0]} {found[1]} repository on the server, {here} in the document",
                hint="name another one: changing it would mean deleting what is in it",
            )
