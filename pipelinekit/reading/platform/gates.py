"""An environment's gates: what the schema cannot say of them, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelinekit.model.platform.gates import Approvals, Bound, Evidence, Freeze, Watch, kind_of
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source

Data = Mapping[str, Any]

GATES = frozenset({"after", "approvals", "freeze", "evidence", "change", "back"})
"""The keys that make a promotion necessary."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def check(source: Source, path: Path, environment: Data) -> None:
    """What makes no sense in one environment."""
    if "soak" in environment and "after" not in environment:
        source.fault(
            (*path, "soak"), "soak-alone", "'soak' counts in the environment of 'after'", "add after:"
        )
    if environment.get("advance") is True and "after" not in environment:
        source.fault(
            (*path, "advance"),
            "advance-alone",
            "'advance' takes what is in the environment of 'after'",
            "add after:",
        )
    if environment.get("automatic") is True and GATES & environment.keys():
        source.fault(
            (*path, "automatic"),
            "automatic-gated",
            "an environment with a gate is reached by promotion",
            "remove automatic, or the gate",
        )
    for number, window in enumerate(faults.items(environment, "freeze")):
        _check_window(source, (*path, "freeze", number, "to"), window)
    _check_watch(source, (*path, "verify"), faults.mapping(environment, "verify"))


def _check_window(source: Source, path: Path, window: Data) -> None:
    start, end = str(window.get("from", "")), str(window.get("to", "~"))
    if kind_of(end) and kind_of(start) != kind_of(end):
        hint = "two moments, two days of a year, two times of a week or two times of a day"
        source.fault(path, "freeze-kinds", "is of another kind than 'from'", hint)
    elif _whole(start) == _whole(end) or (kind_of(start) in ("moment", "") and _whole(start) > _whole(end)):
        hint = "'to' is when it is over: for a whole day, the day after it"
        source.fault(path, "freeze-ends", "the freeze ends before it begins, or as it begins", hint)


def _whole(boundary: str) -> str:
    """A boundary with its time to the second: one moment has one spelling then."""
    timed = boundary if ":" in boundary else f"{boundary}T00:00"
    return timed if timed.count(":") == 2 else f"{timed}:00"


def _check_watch(source: Source, path: Path, watch: Data) -> None:
    address = watch.get("prometheus")
    if isinstance(address, str) and re.match(r"[a-z]+://[^/?#]*@", address, re.IGNORECASE):
        problem = "the address holds a user or a password"
        source.fault((*path, "prometheus"), "secret-in-address", problem, "take it out")
    for number, each in enumerate(faults.items(watch, "queries")):
        here = (*path, "queries", number)
        lowest, highest = each.get("min"), each.get("max")
        if lowest is None and highest is None:
            source.fault(
                (*here, "name"), "query-unbound", "nothing says which values are good", "add min: or max:"
            )
        if isinstance(lowest, int | float) and isinstance(highest, int | float) and lowest > highest:
            source.fault((*here, "max"), "query-bounds", "is below min")


def read_gates(data: Data) -> dict[str, Any]:
    """The fields of an `Environment` that say what stands before it."""
    approvals, watch = data.get("approvals"), data.get("verify")
    return {
        "after": data.get("after", ""),
        "soak": seconds(data["soak"]) if "soak" in data else 0,
        "advance": data.get("advance", False),
        "approvals": read_approvals(approvals) if approvals else None,
        "freeze": tuple(_freeze(each) for each in data.get("freeze", ())),
        "evidence": tuple(_evidence(each) for each in data.get("evidence", ())),
        "emergency": tuple(data.get("emergency", {}).get("from", ())),
        "change": data.get("change", ""),
        "back": data.get("back", False),
        "watch": _watch(watch) if watch else None,
        "registry": data.get("images", {}).get("registry", ""),
        "charts": data.get("charts", {}).get("repository", ""),
    }


def read_approvals(data: Data) -> Approvals:
    """Who has to say yes."""
    fields = {name: data[name] for name in ("author", "requester", "signed") if name in data}
    return Approvals(count=data["count"], groups=tuple(data["from"]), **fields)


def _freeze(data: Data) -> Freeze:
    return Freeze(
        start=data["from"], end=data["to"], zone=data.get("zone", "UTC"), reason=data.get("reason", "")
    )


def _evidence(data: Data) -> Evidence:
    age = seconds(data["age"]) if "age" in data else 0
    return Evidence(type=data["type"], age=age, verdict=data.get("verdict", "passed"))


def _watch(data: Data) -> Watch:
    bounds = (
        Bound(name=each["name"], query=each["query"], lowest=each.get("min"), highest=each.get("max"))
        for each in data["queries"]
    )
    return Watch(prometheus=data["prometheus"], bounds=tuple(bounds))


def seconds(duration: str) -> int:
    """The seconds of a duration like 90m."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]
