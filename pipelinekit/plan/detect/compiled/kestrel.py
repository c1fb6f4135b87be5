""".NET's web server: its code and settings come before the variable that says where to listen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect.signs import Detected, Texts

USUAL_PORT = 8080

_URL = r"http://(?P<host>[^\s\":;/]*):(?P<port>\d{2,5})(?!\d)"
_CODE = (
    re.compile(rf"\b(?:UseUrls|Urls\.Add|Run|RunAsync)\(\s*\"{_URL}"),
    re.compile(
        r"\bListen(?P<host>AnyIP|Localhost)?\(\s*(?:IPAddress\.(?:IPv6)?(?:Any|Loopback),\s*)?"
        r"(?P<port>\d{2,5})(?!\d)"
    ),
)
_COMMENT = re.compile(r"^[^\S\n]*//.*$", re.MULTILINE)
_LOCAL = re.compile(r"Localhost|Loopback|//(?:localhost|127\.0\.0\.1):")
_SETTINGS = ("appsettings.Production.json", "appsettings.json")
"""What is read where nothing says another environment, the first one first."""


def listening(found: Detected, own: Texts, texts: Texts, folder: str) -> Detected:
    """The same with the port of a web project: `own` are its sources, `folder` ends in `/` or is empty."""
    said = [
        (path, each)
        for path, text in own.items()
        for pattern in _CODE
        for each in pattern.finditer(_COMMENT.sub("", text))
    ]
    for name in () if said else _SETTINGS:
        said = said or [(f"{folder}{name}", each) for each in _configured(texts.get(f"{folder}{name}", ""))]
    ports = {int(each["port"]) for _, each in said} - {0}
    if not ports or max(ports) > 65535:
        return replace(found, port=USUAL_PORT).because(f"Sdk.Web: on the port that it is given, {USUAL_PORT}")
    path = said[0][0]
    if len(ports) > 1:
        listed = " ".join(map(str, sorted(ports)[:5]))
        return replace(found, asks_port=True).because(f"{path}: it listens on {listed}")
    found = replace(found, port=ports.pop()).because(f"{path}: where it listens, whatever it is given")
    local = any(_LOCAL.search(each[0]) for _, each in said)
    return found.doubting(
        f"{path}: it listens on localhost only: in a pod nobody reaches that" if local else ""
    )


def _configured(text: str) -> Iterator[re.Match[str]]:
    """The addresses of the settings: Kestrel's own before the others."""
    try:
        data = _lower(json.loads(_COMMENT.sub("", text.removeprefix("\ufeff"))))
    except (ValueError, RecursionError):
        return
    endpoints = _lower(_lower(data.get("kestrel")).get("endpoints"))
    urls = [_lower(each).get("url") for each in endpoints.values()] or [data.get("urls")]
    for each in urls:
        found = re.search(_URL, each) if isinstance(each, str) else None
        if found:
            yield found


def _lower(value: Any) -> dict[str, Any]:
    """A section by its keys, which are the same in capitals; empty for what is none."""
    return {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}
