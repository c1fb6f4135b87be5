"""`.pipelinekit/lock.yaml` to a `Lock`."""

from __future__ import annotations

import re
from typing import Any

from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify
from pipelinekit.model.lock import Lock
from pipelinekit.model.platform.packages import ECOSYSTEMS, Ecosystem
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import can_be_generated
from pipelinekit.reading.document.source import parse

_FILES = "\nfiles:\n"
_LINE = r'  ("?)([A-Za-z0-9_./-]+)\1: "(sha256:[0-9a-f]{64})"\n'
_FILE, _ONLY_FILES = re.compile(_LINE), re.compile(f"(?:{_LINE})+")
"""The lines of the lock's last part, as `generate` writes them."""


def read_lock(text: str, origin: str) -> Lock | None:
    """The lock in `text`, or None when it is damaged: by hand, or by a git merge of two generations."""
    head, files = _parted(text)
    source = parse(head, origin)
    data = source.data
    if source.faults or not isinstance(data, dict):
        return None
    try:
        return Lock(
            tool=_text(data["tool"]),
            templates=_whole(data.get("templates", 1)),
            site=_site(data["site"]),
            inputs=_text(data.get("inputs", "")),
            files=files if files is not None else _digests(data["files"]),
            was=_digests(data.get("was", {})),
            yours=_texts(data.get("yours", [])),
        )
    except (KeyError, TypeError, AttributeError):
        return None


def _parted(text: str) -> tuple[str, dict[str, str] | None]:
    """The part that needs a parser, and the digests where they stand just as we write them.

    They are most of the text, and a fleet reads a thousand of them.
    """
    head, _, tail = text.partition(_FILES)
    if not _ONLY_FILES.fullmatch(tail):
        return text, None
    found = {path: digest for _, path, digest in _FILE.findall(tail)}
    sound = len(found) == tail.count("\n") and all(map(can_be_generated, found))
    return (f"{head}\n", found) if sound else (text, None)


def _site(data: dict[str, Any]) -> Site:
    pod, notify = data.get("pod"), data.get("notify")
    return Site(
        library=_text(data["library"]),
        agent=Agent(
            label=_text(data.get("label", "")),
            pod=AgentPod(namespace=_text(pod["namespace"]), image=_text(pod["image"])) if pod else None,
        ),
        notify=Notify(step=_text(notify["step"]), library=_text(notify.get("library", "")))
        if notify
        else None,
        branch=_text(data["branch"]),
        path=_text(data["path"]),
        registry_credentials=_text(data.get("registryCredentials", "")),
        charts_credentials=_text(data.get("chartsCredentials", "")),
        kube_credentials=_texts(data.get("kubeCredentials", [])),
        package_credentials=_packages(data.get("packageCredentials", {})),
        mirror_credentials=_text(data.get("mirrorCredentials", "")),
        mirror_for_all=data.get("mirrorForAll", False) is True,
        signing_credentials=_text(data.get("signingCredentials", "")),
        signing_password=_text(data.get("signingPassword", "")),
        ledger_credentials=_text(data.get("ledgerCredentials", "")),
        signs_charts=data.get("signsCharts", False) is True,
        mesh=data.get("mesh", False) is True,
    )


def _packages(value: dict[str, Any]) -> dict[Ecosystem, str]:
    return {each: _text(value[each]) for each in sorted(ECOSYSTEMS) if each in value}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise TypeError("not a version")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(map(_text, value))


def _digests(value: dict[str, Any]) -> dict[str, str]:
    return {_path(path): _text(digest) for path, digest in value.items()}


def _path(value: Any) -> str:
    # What is there is written and removed, and a pull request brings the lock.
    if not can_be_generated(_text(value)):
        raise TypeError("not a path of ours")
    return str(value)
