"""A cluster's certificates in memory: texts that say of themselves what a certificate would."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelinekit.errors import failed
from pipelinekit.model.certificate import CA, CRT, KEY, Facts, Held, Pair, Reader, Reading, Shown
from pipelinekit.model.ground.preparation import PLATFORM_LABEL
from pipelinekit.model.platform.certificates import OpenBao, Served
from pipelinekit.model.release import Target

_serials = itertools.count(1)


def _text(**said: Any) -> str:
    return json.dumps({"serial": f"{next(_serials):x}", **said}) + "\n"


class CertificateSigner:
    """A certificate is a line: who signed it with which key, for whom, from when until when."""

    def authority(self, name: str, now: int, seconds: int, key: str = "") -> Pair:
        own = key or f"key-{next(_serials)}"
        text = _text(key=own, by=own, names=[name], begins=now, ends=now + seconds, ca=True)
        return Pair(key=own, certificate=text)

    def request(self, names: Sequence[str]) -> tuple[str, str]:
        key = f"key-{next(_serials)}"
        return key, json.dumps({"key": key, "names": list(names)})

    def sign(
        self,
        authority: Pair,
        request: str,
        names: Sequence[str],
        now: int,
        seconds: int,
        *,
        between: bool = False,
    ) -> str:
        key = json.loads(request)["key"]
        ends = min(now + seconds, json.loads(authority.certificate)["ends"])
        return _text(key=key, by=authority.key, names=list(names), begins=now, ends=ends, ca=between)

    def facts(self, certificate: str, authority: str) -> Facts | None:
        try:
            chain = [json.loads(line) for line in certificate.splitlines()]
            roots = [json.loads(line) for line in authority.splitlines()]
        except ValueError:
            return None
        between = [each for each in chain[1:] if each not in roots]
        below = [chain[0], *between, *(roots[:1] if chain[0] not in roots else ())]
        good = all(one["by"] == two["key"] and two["ca"] for one, two in itertools.pairwise(below))
        return Facts(
            serial=chain[0]["serial"],
            begins=chain[0]["begins"],
            ends=min(each["ends"] for each in chain),
            names=tuple(chain[0]["names"]),
            depth=len(between),
            distrust="" if good and roots else "our authority has not signed it",
        )

    def misfit(self, key: str, certificate: str) -> str:
        if not key.startswith("key-"):
            return "is no private key of ours" if key else "is empty"
        try:
            own = json.loads(certificate.splitlines()[0])["key"]
        except (ValueError, IndexError):
            return ""
        return "" if own == key else "is another certificate's"


@dataclass
class CertificateSecrets:
    """Objects by namespace, kind and name; `race` is called before each write, and may be first."""

    there: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    namespaces: dict[str, Mapping[str, str]] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)
    behind: tuple[str, ...] = ()
    renewed: list[tuple[str, str, str]] = field(default_factory=list)
    writes: int = 0
    race: Callable[[], None] = lambda: None

    def look(self, target: Target, kind: str, name: str, platform: str) -> Held | None:
        each = self.there.get((target.namespace, kind, name))
        if each is None:
            return None
        whose = each["metadata"].get("labels", {}).get(PLATFORM_LABEL, "")
        data = each.get("stringData") or each.get("data") or {}
        return Held(
            version=each["metadata"]["resourceVersion"],
            owner="" if whose == platform else "somebody else's",
            type=each.get("type", ""),
            written="2026-01-01T00:00:00Z",
            certificate=data.get(CRT, ""),
            key=data.get(KEY, ""),
            authority=data.get(CA, ""),
        )

    def settle(self, target: Target, labels: Mapping[str, str]) -> bool:
        if target.namespace in self.namespaces:
            return False
        self.namespaces[target.namespace] = labels
        return True

    def put(self, target: Target, wanted: Mapping[str, Any]) -> bool:
        race, self.race = self.race, lambda: None
        race()
        at = (target.namespace, str(wanted["kind"]), str(wanted["metadata"]["name"]))
        version = wanted["metadata"].get("resourceVersion", "")
        now = self.there[at]["metadata"]["resourceVersion"] if at in self.there else ""
        if version != now:
            return False
        self.writes += 1
        self.there[at] = {**wanted, "metadata": {**wanted["metadata"], "resourceVersion": str(self.writes)}}
        return True

    def reading(self, target: Target, name: str, written: str) -> Reading:
        return Reading(readers=tuple(self.readers), behind=self.behind)

    def renew(self, target: Target, reader: str, name: str, serial: str) -> None:
        self.renewed.append((reader, name, serial))
        self.behind = ()
        self.readers = [replace(each, told=serial) if each.name == reader else each for each in self.readers]


@dataclass
class CertificateServers:
    """Pods by Service, and the serials that they show; `ports` of a Service that has but one.

    `absent` Services are still to come.
    """

    pods: dict[str, dict[str, str]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def shown(self, target: Target, served: Served) -> tuple[Shown, ...]:
        if served.service in self.absent:
            raise failed("service-missing", f"there is no Service {served.service} in {target.namespace}")
        if self.ports.get(served.service, served.port) != served.port:
            problem = f"Service {served.service} has no port {served.port}"
            raise failed("service-port", problem, hint=f"it has {self.ports[served.service]}")
        found = self.pods.get(served.service, {}).items()
        return tuple(Shown(pod=pod, serial=serial, why="" if serial else "silent") for pod, serial in found)


@dataclass
class CertificateStore:
    """OpenBao with a store that has no authority yet; `most` is the longest that it signs for."""

    chain: str = ""
    key: str = ""
    most: int = 10**9
    now: Callable[[], int] = lambda: 0
    installed: int = 0
    names: tuple[str, ...] | None = None
    """What it signs for, whatever it was asked."""

    def authority(self, target: Target, bao: OpenBao, root: str) -> str:
        return self.chain

    def request(self, target: Target, bao: OpenBao, root: str, name: str) -> str:
        self.key = f"key-{next(_serials)}"
        return json.dumps({"key": self.key, "names": [name]})

    def install(self, target: Target, bao: OpenBao, root: str, chain: str) -> None:
        self.chain = chain
        self.installed += 1

    def sign(self, target: Target, bao: OpenBao, root: str, request: str, seconds: int) -> str:
        names = json.loads(request)["names"] if self.names is None else self.names
        own = Pair(key=self.key, certificate=self.chain.splitlines()[0])
        signed = CertificateSigner().sign(own, request, names, self.now(), min(seconds, self.most))
        return signed + self.chain.splitlines()[0] + "\n"
