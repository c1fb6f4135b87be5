"""`certificates` of `platform.yaml`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from pipelinekit.model.certificate import AUTHORITY
from pipelinekit.model.platform.certificates import (
    DAY,
    NAMESPACE,
    Authority,
    Certificate,
    Certificates,
    OpenBao,
    Served,
)
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.platform import gates
from pipelinekit.reading.schema.words import DURATION

Data = Mapping[str, Any]

LONGEST = 36_500 * DAY
"""Seconds that a certificate lasts at most: a century. X.509 has no year after 9999."""
COMPONENT = "certificates"
"""No component is called so while the platform names certificates."""

_LIKE_AN_ADDRESS = r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|(.*\.)?[0-9]+"


def check(source: Source) -> None:
    """What the schema cannot say: one Secret a name, an issuer that is told, times that fit each other."""
    said = faults.mapping(source.data, "certificates")
    at = ("certificates", "authority")
    lasts = _check_times(source, at, faults.mapping(said, "authority"), Authority())
    _check_names(source, said)
    for index, each in enumerate(faults.items(said, "secrets")):
        path: Path = ("certificates", "secrets", index)
        if each.get("issuer") == "openbao" and "openbao" not in said:
            hint = "openbao: {role: NAME} beside secrets: says where it is"
            source.fault((*path, "issuer"), "unknown-reference", "there is no openbao here", hint)
        elif each.get("issuer") == "openbao" and _is_its_own(each, faults.mapping(said, "openbao")):
            problem = "OpenBao would sign what it is itself known by: once that ends, nobody can renew it"
            hint = "leave issuer out: the bootstrap authority signs OpenBao's own"
            source.fault((*path, "issuer"), "certificate-circle", problem, hint)
        for number, name in enumerate(faults.listed(each, "names")):
            if isinstance(name, str) and re.fullmatch(_LIKE_AN_ADDRESS, name) and not _is_address(name):
                hint = "10.0.0.1, 2001:db8::1, or a DNS name, whose last part is no number"
                source.fault((*path, "names", number), "certificate-name", f"'{name}' is no IP address", hint)
        duration = _check_times(source, path, each, Certificate(name="", namespace="", names=()))
        if lasts is not None and duration is not None and duration > lasts:
            place = (*path, "duration") if "duration" in each else path
            hint = "make it shorter, or certificates.authority.duration longer"
            source.fault(place, "certificate-times", "it would last longer than its authority", hint)
    if said:
        _check_job(source)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_its_own(said: Data, openbao: Data) -> bool:
    """Whether a certificate is good for the name that OpenBao is asked by."""
    own = OpenBao(role="", **{key: openbao[key] for key in ("namespace", "service") if key in openbao})
    names = [str(each).lower() for each in faults.listed(said, "names")]
    return own.host in names or f"*.{own.host.partition('.')[2]}" in names


def _check_names(source: Source, said: Data) -> None:
    seen: set[tuple[object, object]] = set()
    own = (faults.mapping(said, "authority").get("namespace", NAMESPACE), AUTHORITY)
    for index, each in enumerate(faults.items(said, "secrets")):
        key = (each.get("namespace"), each.get("name"))
        path: Path = ("certificates", "secrets", index, "name")
        if key == own:
            problem = f"'{AUTHORITY}' in namespace '{own[0]}' is the authority's own: its key would be lost"
            source.fault(path, "name-twice", problem, "give the Secret another name")
        elif key in seen:
            problem = f"namespace '{key[0]}' has '{key[1]}' already"
            source.fault(path, "name-twice", problem, "rename one of them")
        seen.add(key)


def _check_job(source: Source) -> None:
    """`platform/certificates` in Jenkins is the job of all certificates, and no component's."""
    for index, each in enumerate(faults.items(source.data, "components")):
        if each.get("name") == COMPONENT:
            path: Path = ("components", index, "name")
            hint = "give the component's folder another name"
            source.fault(path, "component-name", f"'{COMPONENT}' means every certificate", hint)


def _check_times(source: Source, path: Path, said: Data, default: Authority | Certificate) -> int | None:
    """The seconds that something lasts, or None; with a fault where it would be renewed all the time."""
    duration = _seconds(said.get("duration"), default.duration)
    if duration is not None and not 0 < duration <= LONGEST:
        problem = f"{said['duration']} is not how long a certificate lasts"
        hint = f"more than nothing, and at most {LONGEST // DAY}d"
        source.fault((*path, "duration"), "certificate-times", problem, hint)
        return None
    before = _seconds(said.get("renewBefore"), None if "duration" in said else default.renew_before)
    if duration is not None and before is not None and before >= duration:
        key = "renewBefore" if "renewBefore" in said else "duration"
        hint = "a third of what it lasts is usual: it is then tried again and again before it ends"
        problem = "it would be renewed as soon as it is there"
        source.fault((*path, key), "certificate-times", problem, hint)
    return duration


def _seconds(text: Any, default: int | None) -> int | None:
    if text is None:
        return default
    return gates.seconds(text) if isinstance(text, str) and re.fullmatch(DURATION[0], text) else None


def read(data: Data) -> Certificates:
    """What has no fault."""
    bao = data.get("openbao")
    return Certificates(
        secrets=tuple(_certificate(each) for each in data["secrets"]),
        authority=_authority(data.get("authority", {})),
        openbao=OpenBao(**bao) if bao is not None else None,
    )


def _authority(data: Data) -> Authority:
    own: dict[str, Any] = {key: data[key] for key in ("namespace",) if key in data}
    return Authority(**own, **_times(data), trusted=tuple(data.get("trusted", ())))


def _certificate(data: Data) -> Certificate:
    served = data.get("served")
    own: dict[str, Any] = {
        key: data[key] for key in ("name", "namespace", "issuer", "restart") if key in data
    }
    return Certificate(
        **own,
        **_times(data),
        names=tuple(data["names"]),
        served=Served(**served) if served is not None else None,
    )


def _times(data: Data) -> dict[str, Any]:
    """How long something lasts, and a third of it where nobody says when it is renewed."""
    found = {}
    if "duration" in data:
        found["duration"] = gates.seconds(data["duration"])
        found["renew_before"] = found["duration"] // 3
    if "renewBefore" in data:
        found["renew_before"] = gates.seconds(data["renewBefore"])
    return found
