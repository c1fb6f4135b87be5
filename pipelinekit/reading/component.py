"""`component.yaml` to a `Component`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.rollout.component import (
    Archive,
    Backup,
    Call,
    Component,
    Condition,
    Controller,
    Flows,
    Node,
    Offer,
    Peer,
    Prerequisite,
    Question,
    Replacing,
    Scrape,
    VersionQuestion,
    Want,
)
from pipelinekit.names import nearest
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Source, parse
from pipelinekit.reading.flows import check_reaches
from pipelinekit.reading.platform.gates import seconds

Data = Mapping[str, Any]

FILE = "component.yaml"
JENKINS = "jenkins"
"""The component that is the controller without saying so."""
_ASKED = ("service", "port", "path", "scheme", "json")


def read_component(content: bytes | str, origin: str = FILE, folder: str = "") -> Component:
    """The component that `content` describes; raises `DocumentInvalid` with every fault of it."""
    return read_component_with_places(content, origin, folder)[0]


def read_component_with_places(
    content: bytes | str, origin: str = FILE, folder: str = ""
) -> tuple[Component, Source]:
    """`read_component`, and where each part of the document stood.

    A component is found by its folder's name, and so has to have it.
    """
    source = parse(content, origin)
    if source.data is not None:
        faults.check(source, "Component")
        _check_sense(source, folder)
    if source.faults:
        raise DocumentInvalid(*sorted(source.faults, key=faults.position))
    return _component(source.data), source


# --- what the schema cannot say -------------------------------------------------------------------


def _check_sense(source: Source, folder: str) -> None:
    data = source.data
    name = faults.mapping(data, "metadata").get("name")
    if folder and isinstance(name, str) and name != folder:
        source.fault(("metadata", "name"), "folder-name", f"the folder is '{folder}'", "give both one name")
    _check_kind(source)
    _check_offers(source)
    check_reaches(source, data if isinstance(data, Mapping) else {})
    seen = {name} if isinstance(name, str) else set()
    for key in ("needs", "optional"):
        for index, word in enumerate(_texts(data, key)):
            if word in seen:
                problem = (
                    "a component needs no word on itself" if word == name else f"'{word}' is needed already"
                )
                source.fault((key, index), "need-twice", problem, "remove it")
            seen.add(word)


def _check_kind(source: Source) -> None:
    """An own chart, an upstream archive, or an extension point: one of them."""
    if not isinstance(source.data, Mapping):
        return
    said = [key for key in ("extension", "chart", "archive") if key in source.data]
    if len(said) > 1:
        problem = f"'{said[0]}' and '{said[1]}' exclude each other"
        source.fault((said[1],), "chart-twice", problem, "keep one of them")
    elif not said:
        source.fault((), "chart-missing", "neither chart nor archive", "chart: FOLDER, or archive: {…}")
    if said and said[0] != "extension" and "namespace" not in source.data:
        source.fault((), "missing-key", "'namespace' is missing", "add namespace:")
    archive = faults.mapping(source.data, "archive")
    if "@" in str(archive.get("repository", "")).partition("://")[2].partition("/")[0]:
        hint = "take it out: charts are fetched with the login of the machine"
        source.fault(("archive", "repository"), "secret-in-address", "the address holds a login", hint)


def _offered(offer: Mapping[str, Any]) -> tuple[str, ...]:
    """Where an offer is, in words: what is written there may be anything."""
    return str(offer.get("service")), str(offer.get("port")), str(offer.get("protocol", "TCP"))


def _check_offers(source: Source) -> None:
    offers = faults.items(source.data, "offers")
    names = [each.get("name") for each in offers]
    for index, name in enumerate(names):
        if name in names[:index]:
            source.fault(("offers", index, "name"), "name-twice", f"'{name}' is there already", "rename one")
    places = set()
    for index, place in enumerate(map(_offered, offers)):
        if place in places:
            source.fault(("offers", index, "port"), "port-twice", f"port {place[1]} is offered already")
        places.add(place)
    for index, word in enumerate(_texts(source.data, "accepts")):
        offer = word.partition(":")[2]
        if offer and offer not in names:
            known = nearest(offer, [each for each in names if isinstance(each, str)])
            source.fault(("accepts", index), "offer-unknown", f"nothing offers '{offer}' here", known)


def _texts(data: Any, key: str) -> list[str]:
    said = data.get(key) if isinstance(data, Mapping) else None
    return [str(each) for each in said] if isinstance(said, list) else []


# --- data to values -------------------------------------------------------------------------------


def _component(data: Data) -> Component:
    return Component(
        name=data["metadata"]["name"],
        **{
            key: data[key]
            for key in ("namespace", "extension", "chart", "values", "policies", "data", "licence")
            if key in data
        },
        archive=Archive(**data["archive"]) if "archive" in data else None,
        needs=tuple(data.get("needs", ())),
        optional=tuple(data.get("optional", ())),
        offers=tuple(_offer(each) for each in data.get("offers", ())),
        flows=_flows(data),
        crds=tuple(data.get("crds", ())),
        gates=tuple(_gate(each) for each in data.get("gates", ())),
        version=_version(data["version"]) if "version" in data else None,
        images=tuple(data.get("images", ())),
        backup=_backup(data["backup"]) if "backup" in data else None,
        steps=data.get("upgrade", {}).get("steps", "major"),
        replacing=_replacing(data.get("replace", {})),
        node=_node(data.get("node", {})),
        controller=_controller(data),
        repositories=data.get("repositories", False),
        prerequisite=_prerequisite(data["prerequisite"]) if "prerequisite" in data else None,
        wants=tuple(
            Want(**{**each, "unless": tuple(each.get("unless", ()))}) for each in data.get("wants", ())
        ),
        shared=tuple(data.get("shared", ())),
    )


def _offer(data: Data) -> Offer:
    return Offer(**{"target": data["port"], **data})


def _flows(data: Data) -> Flows:
    return Flows(
        calls=tuple(call_of(each) for each in data.get("calls", ())),
        accepts=tuple(data.get("accepts", ())),
        reaches=tuple(data.get("reaches", ())),
        peers=tuple(Peer(**each) for each in data.get("peers", ())),
        scrape=tuple(Scrape(**each) for each in data.get("scrape", ())),
        monitoring=data.get("monitoring", False),
        api_server=data.get("apiServer", False),
        webhooks=tuple(data.get("webhooks", ())),
    )


def call_of(word: str) -> Call:
    """A word of `calls`."""
    name, _, offer = word.partition(":")
    return Call(component=name, offer=offer)


def _gate(data: Data) -> Question | Condition:
    return _question(data["http"]) if "http" in data else Condition(**data["object"])


def _question(data: Data) -> Question:
    fields = {key: data[key] for key in _ASKED if key in data}
    return Question(**fields, status=tuple(data.get("status", (200,))))


def _version(data: Data) -> VersionQuestion:
    more = {key: data[key] for key in ("expected", "value") if key in data}
    return VersionQuestion(ask=_question(data), pointer=data["pointer"], **more)


def _replacing(data: Data) -> Replacing:
    leader = data.get("leader", ())
    return Replacing(
        leader=(leader,) if isinstance(leader, str) else tuple(leader), afterwards=data.get("afterwards", "")
    )


def _backup(data: Data) -> Backup:
    more = {"timeout": seconds(data["timeout"])} if "timeout" in data else {}
    return Backup(cronjob=data["cronjob"], **more)


def _controller(data: Data) -> Controller | None:
    said = data.get("controller", {} if data["metadata"]["name"] == JENKINS else None)
    if said is None:
        return None
    return Controller(login=said.get("login", ""), pipelines=said.get("pipelines", False))


def _prerequisite(data: Data) -> Prerequisite:
    return Prerequisite(**data.get("object", {}), network=data.get("network", False))


def _node(data: Data) -> Node:
    return Node(
        sysctls=dict(data.get("sysctls", {})),
        cgroups=data.get("cgroups", 0),
        user_namespaces=data.get("userNamespaces", False),
        privileged=data.get("privileged", False),
    )
