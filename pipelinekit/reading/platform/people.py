"""Who may write the ledger, from `platform.yaml`: people, groups, and the keys of pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.platform.people import Group, LedgerKeys, Person, Pipelines, SigningKey
from pipelinekit.names import nearest
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.schema.people import SIGNING_KEY

Data = Mapping[str, Any]
_LISTS = {
    "group": "groups: [{name: …, people: […]}] at the left margin says who is in one",
    "person": "people: [{name: …, keys: […]}] at the left margin lists them",
}


def check(source: Source) -> None:
    """What the schema cannot say: whose a key is has one answer, and nobody is named who is not there."""
    people = _distinct(source, "people", "name")
    groups = _distinct(source, "groups", "name")
    _distinct(source, "people", "jenkins")
    _check_keys(source)
    for index, each in enumerate(faults.items(source.data, "groups")):
        for number, name in enumerate(faults.listed(each, "people")):
            _known(source, ("groups", index, "people", number), name, people, "person")
    for index, each in enumerate(faults.items(source.data, "environments")):
        for key in ("approvals", "emergency"):
            for number, name in enumerate(faults.listed(faults.mapping(each, key), "from")):
                _known(source, ("environments", index, key, "from", number), name, groups, "group")


def read_people(data: Data) -> tuple[Person, ...]:
    """Those of a document that has no fault."""
    return tuple(
        Person(name=each["name"], keys=_keys(each), jenkins=each.get("jenkins", ""))
        for each in data.get("people", ())
    )


def read_groups(data: Data) -> tuple[Group, ...]:
    """Those of a document that has no fault."""
    return tuple(Group(name=each["name"], people=tuple(each["people"])) for each in data.get("groups", ()))


def read_keys(data: Data) -> LedgerKeys:
    """The keys that are no person's, of a document that has no fault."""
    ledger = data.get("ledger", {})
    return LedgerKeys(
        credentials=ledger.get("credentials", ""),
        release=_keys(ledger.get("release", {})),
        release_credentials=ledger.get("release", {}).get("credentials", ""),
        pipelines=tuple(
            Pipelines(team=each["team"], keys=_keys(each)) for each in ledger.get("pipelines", ())
        ),
    )


def _keys(data: Data) -> tuple[SigningKey, ...]:
    return tuple(SigningKey(key=_bare(each), until=_until(each)) for each in data.get("keys", ()))


def _bare(key: Any) -> str:
    """Kind and key, without whatever somebody calls it."""
    text = key.get("key") if isinstance(key, Mapping) else key
    return " ".join(text.split()[:2]) if isinstance(text, str) else ""


def _until(key: Any) -> str:
    return str(key.get("until", "")) if isinstance(key, Mapping) else ""


def _known(source: Source, path: Path, name: Any, known: set[str], what: str) -> None:
    if isinstance(name, str) and name not in known:
        hint = nearest(name, known) or _LISTS[what]
        source.fault(path, "unknown-reference", f"there is no {what} '{name}'", hint)


def _distinct(source: Source, key: str, field: str) -> set[str]:
    seen: set[str] = set()
    for index, each in enumerate(faults.items(source.data, key)):
        name = each.get(field)
        if not isinstance(name, str):
            continue
        if name in seen:
            source.fault(
                (key, index, field), "name-twice", f"'{name}' is there already", "rename one of them"
            )
        seen.add(name)
    return seen


def _check_keys(source: Source) -> None:
    owners: dict[str, str] = {}
    for path, owner, key in _listed(source.data):
        # By its fingerprint, as the ledger knows it: a key has more than one spelling.
        found = SigningKey(key=_bare(key))
        known = found.fingerprint
        if re.match(SIGNING_KEY[0], found.key) and not found.is_whole:
            hint = "paste the line of the .pub file as it is"
            source.fault(path, "key-damaged", "this is no whole key of its kind", hint)
        elif known in owners and owners[known] == owner:
            problem = f"{owner} has this key already: nobody can tell when it ends"
            source.fault(path, "key-twice", problem, "list it once, with `until` if it ends")
        elif known in owners:
            source.fault(
                path,
                "key-shared",
                f"this key is that of {owners[known]} as well: nobody can tell who signed",
                "each has keys of their own",
            )
        elif known:
            owners[known] = owner


def _listed(data: Any) -> Iterator[tuple[Path, str, Any]]:
    for index, each in enumerate(faults.items(data, "people")):
        for number, key in enumerate(faults.listed(each, "keys")):
            yield ("people", index, "keys", number), str(each.get("name")), key
    ledger = faults.mapping(data, "ledger")
    for number, key in enumerate(faults.listed(faults.mapping(ledger, "release"), "keys")):
        yield ("ledger", "release", "keys", number), "Jenkins' release folder", key
    for index, each in enumerate(faults.items(ledger, "pipelines")):
        for number, key in enumerate(faults.listed(each, "keys")):
            owner = f"the pipelines of {each.get('team')}"
            yield ("ledger", "pipelines", index, "keys", number), owner, key
