"""`platform.yaml` to a `Platform`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify
from pipelinekit.model.platform.document import (
    DAY,
    Charts,
    ComponentEntry,
    Images,
    Jenkins,
    Library,
    Origin,
    Platform,
    Registration,
    Vault,
)
from pipelinekit.model.platform.drafts import Drafts
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.platform.registries import MirrorLogin, Retention, Signing
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Bounds, Path, Source, parse
from pipelinekit.reading.platform import certificates, entries, gates, nexus, people
from pipelinekit.reading.platform.clusters import check_clusters, read_cluster
from pipelinekit.reading.platform.environments import check_network, read_environment, read_network

Data = Mapping[str, Any]

FILE = "platform.yaml"
BOUNDS = Bounds(characters=8_000_000, values=400_000)
"""Room for all registrations that the schema takes, of 400 characters and a dozen keys and values each."""
_TOO_MANY = frozenset(("bad-maxitems", "bad-maxproperties", "yaml-too-deep"))
"""The codes of what is larger than its schema, or the reader, takes."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")


def read_platform(content: bytes | str, origin: str = FILE) -> Platform:
    """The platform that `content` describes; raises `DocumentInvalid` with every fault of it."""
    return read_platform_with_places(content, origin)[0]


def read_platform_with_places(content: bytes | str, origin: str = FILE) -> tuple[Platform, Source]:
    """`read_platform`, and where each part of the document stood."""
    source = parse(content, origin, BOUNDS)
    if source.data is not None:
        faults.check(source, "Platform")
        # Some of it asks each thing of every other: that is for lists of a size that may be.
        if not any(each.code in _TOO_MANY for each in source.faults):
            _check_sense(source)
    if source.faults:
        raise DocumentInvalid(*sorted(source.faults, key=faults.position))
    return _platform(source.data), source


# --- what the schema cannot say -------------------------------------------------------------------


def _check_sense(source: Source) -> None:
    clusters = _names(source, "clusters")
    environments = _names(source, "environments")
    _names(source, "components")
    entries.check(source)
    _check_registrations(source)
    jenkins = faults.mapping(source.data, "jenkins")
    for key in ("source", "library"):
        _check_address(source, ("jenkins", key), faults.mapping(jenkins, key))
    for key in ("path", "cache"):
        text = faults.mapping(source.data, "images").get(key)
        _check_placeholders(source, ("images", key), text)
    nexus.check(source)
    check_network(source)
    check_clusters(source)
    people.check(source)
    certificates.check(source)
    _check_addresses(source)
    _check_packages(source)
    for index, each in enumerate(faults.items(source.data, "environments")):
        path: Path = ("environments", index)
        _check_placeholders(source, (*path, "namespace"), each.get("namespace"))
        for key, known in (("cluster", clusters), ("after", environments)):
            word = each.get(key)
            if isinstance(word, str) and word not in known:
                source.fault(
                    (*path, key), "unknown-reference", f"there is no '{word}'", names.nearest(word, known)
                )
        gates.check(source, path, each)
    _check_cycles(source)


def _names(source: Source, key: str) -> set[str]:
    seen: set[str] = set()
    for index, each in enumerate(faults.items(source.data, key)):
        name = each.get("name")
        if isinstance(name, str) and name in seen:
            source.fault(
                (key, index, "name"), "name-twice", f"'{name}' is there already", "rename one of them"
            )
        if isinstance(name, str):
            seen.add(name)
    return seen


def _check_registrations(source: Source) -> None:
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(faults.items(source.data, "applications")):
        key = (str(each.get("team")), str(each.get("name")))
        if key in seen:
            source.fault(
                ("applications", index, "name"), "name-twice", f"team '{key[0]}' has '{key[1]}' already"
            )
        seen.add(key)
        _check_address(source, ("applications", index), each)
        mirrors = each.get("mirrors")
        for number, mirror in enumerate(mirrors if isinstance(mirrors, list) else ()):
            _check_git(source, ("applications", index, "mirrors", number), mirror)


def _check_address(source: Source, path: Path, origin: Data) -> None:
    _check_git(source, (*path, "repository"), origin.get("repository"))


def _check_git(source: Source, path: Path, address: Any) -> None:
    if not isinstance(address, str):
        return
    if names.has_password(address):
        source.fault(
            path,
            "secret-in-address",
            "the address holds a password",
            "take it out, and name a Jenkins credential: credentials: ID",
        )
    try:
        names.github_repository(address)
    except ValueError:
        source.fault(path, "github-address", "names no repository", "https://github.com/OWNER/NAME")


def _check_addresses(source: Source) -> None:
    """No address holds a login: it would stand in logs, receipts and the history of this file."""
    for path in (("charts", "repository"), ("jenkins", "url"), ("nexus", "url")):
        address = faults.mapping(source.data, path[0]).get(path[1])
        if isinstance(address, str) and re.match(r"[a-z]+://[^/?#]*@", address, re.IGNORECASE):
            hint = "take it out: the login is a Jenkins credential, or in the environment of a terminal"
            source.fault(path, "secret-in-address", "the address holds a user or a password", hint)


def _check_packages(source: Source) -> None:
    for name, each in faults.mapping(source.data, "packages").items():
        guarded = isinstance(each, Mapping)
        path: Path = ("packages", name, "url") if guarded else ("packages", name)
        address = each.get("url") if guarded else each
        match = re.match(r"(https?)://([^/]*)", address) if isinstance(address, str) else None
        if match is None:
            continue
        if "@" in match[2]:
            # An address is a build argument: it stands in the image's history.
            hint = "take it out: {url: https://…, credentials: ID}, the id of a Jenkins credential"
            source.fault(path, "secret-in-address", "the address holds a user or a token", hint)
        elif guarded and "credentials" in each and not re.fullmatch(names.HOST, match[2]):
            source.fault(path, "login-address", "names no host that a login could be for", "https://HOST/…")
        plain = guarded and "credentials" in each and match[1] == "http"
        if plain and (name == "go" or not names.is_loopback(match[2])):
            problem = (
                "go sends no login over http" if name == "go" else "http would show the login to anybody"
            )
            source.fault(path, "login-over-http", problem, "give the proxy an https address")


def _check_placeholders(source: Source, path: Path, text: Any) -> None:
    for match in _PLACEHOLDER.finditer(text if isinstance(text, str) else ""):
        if match[1] not in ("team", "name"):
            source.fault(
                path, "unknown-placeholder", f"{match[0]} is not known", "known are {team} and {name}"
            )


def _check_cycles(source: Source) -> None:
    after = {
        str(each.get("name")): each["after"]
        for each in faults.items(source.data, "environments")
        if isinstance(each.get("after"), str)
    }
    for index, each in enumerate(faults.items(source.data, "environments")):
        start = str(each.get("name"))
        chain, current = [start], after.get(start)
        while current is not None and current not in chain:
            chain.append(current)
            current = after.get(current)
        if current == start and start == min(map(str, chain)):
            circle = " after ".join(map(str, [*chain, start]))
            path, hint = ("environments", index, "after"), "one of them comes first, and has no after"
            source.fault(path, "after-cycle", f"goes in a circle: {circle}", hint)


# --- data to values -------------------------------------------------------------------------------


def _platform(data: Data) -> Platform:
    images = dict(data["images"])
    pull_secret = images.pop("pullSecret", "")
    signing = images.pop("signing", None)
    mirror = images.pop("mirrorCredentials", None)
    return Platform(
        name=data["metadata"]["name"],
        images=Images(
            **images,
            pull_secret=pull_secret,
            signing=_signing(signing) if signing is not None else None,
            mirror_login=_mirror_login(mirror) if mirror is not None else None,
        ),
        charts=Charts(**data["charts"]),
        packages={
            name: Proxy(**each) if isinstance(each, Mapping) else Proxy(url=each)
            for name, each in data.get("packages", {}).items()
        },
        jenkins=_jenkins(data["jenkins"]) if "jenkins" in data else None,
        vault=Vault(**data["vault"]) if "vault" in data else None,
        ledger=data.get("ledger", {}).get("repository", ""),
        ledger_keys=people.read_keys(data),
        people=people.read_people(data),
        groups=people.read_groups(data),
        clusters=tuple(read_cluster(each) for each in data["clusters"]),
        environments=tuple(read_environment(each) for each in data["environments"]),
        components=tuple(
            ComponentEntry(**{**each, **{key: tuple(each.get(key, ())) for key in ("reaches", "images")}})
            for each in data.get("components", ())
        ),
        applications=tuple(
            Registration(**{**each, "mirrors": tuple(each.get("mirrors", ()))})
            for each in data.get("applications", ())
        ),
        retention=_retention(data.get("retention", {})),
        nexus=nexus.read(data["nexus"]) if "nexus" in data else None,
        network=read_network(data["network"]) if "network" in data else None,
        drafts=_drafts(data["draft"]) if "draft" in data else None,
        certificates=certificates.read(data["certificates"]) if "certificates" in data else None,
    )


def _drafts(data: Data) -> Drafts:
    return Drafts(idle=gates.seconds(data["idle"])) if "idle" in data else Drafts()


def _signing(data: Data) -> Signing:
    fields = dict(data)
    return Signing(public_key=fields.pop("publicKey", ""), **fields)


def _mirror_login(data: str | Data) -> MirrorLogin:
    if isinstance(data, str):
        return MirrorLogin(credentials=data)
    return MirrorLogin(credentials=data["id"], pull_requests=data.get("pullRequests", False))


def _jenkins(data: Data) -> Jenkins:
    agent = data.get("agent", {})
    pod = AgentPod(**agent["kubernetes"]) if "kubernetes" in agent else None
    return Jenkins(
        url=data["url"],
        credentials=data.get("credentials", ""),
        agent=Agent(label=agent.get("label", ""), pod=pod),
        commands=data.get("pullRequests", {}).get("commands", False),
        source=Origin(**data["source"]) if "source" in data else None,
        library=Library(**data["library"]) if "library" in data else None,
        scan=gates.seconds(data["scan"]) if "scan" in data else DAY,
        notify=Notify(**data["notify"]) if "notify" in data else None,
        **({"token_file": data["webhook"]["tokenFile"]} if "webhook" in data else {}),
    )


def _retention(data: Data) -> Retention:
    fields = {name: gates.seconds(data[name]) for name in ("audit", "development") if name in data}
    return Retention(**fields, **({"last": data["last"]} if "last" in data else {}))
