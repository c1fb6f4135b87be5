"""What may stand in config.toml."""

from __future__ import annotations

import re

from pipelinekit import names
from pipelinekit.adapters.folder.drafthome import CONFIG, DraftHome
from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.names import nearest
from pipelinekit.reading.draft.settings import parsed

KEYS = {
    "registry": "where images go, unless draft.toml or --registry says otherwise",
    "developer": "whose copies yours are: part of the namespace",
    "allow-context": "a kube context that may be used although no platform knows it",
    "days": "how long a namespace of yours lasts (7)",
    "container-builder": "docker, and nothing else",
    "disable-push-warning": "known to classic Draft; nothing is warned of here",
}


def read(home: DraftHome) -> dict[str, str]:
    """config.toml; raises `DocumentInvalid` for a key that nothing honours."""
    place = str(home.folder / CONFIG)
    found: dict[str, str] = {}
    for key, value in parsed(home.config(), place).items():
        if key in {"plugin", "repo"}:
            # Classic Draft's plugins: nothing of them is run.
            continue
        check(key, str(value), place)
        found[key] = str(value)
    return found


def check(key: str, value: str, place: str) -> None:
    """Raise `DocumentInvalid` for a key or a value that nothing honours."""
    if key not in KEYS:
        raise DocumentInvalid(
            Fault("unknown-key", f"there is no key '{key}'", Place(place), key, nearest(key, KEYS))
        )
    problem = ""
    if not value.isprintable():
        problem = f"{value!a} is no line of text"
    elif key == "registry":
        problem = names.host_fault(value.strip("/")) if value else ""
    elif key == "days" and not (re.fullmatch("[0-9]{1,2}", value) and 1 <= int(value) <= 90):
        problem = f"'{value}' is no number from 1 to 90"
    elif key == "container-builder" and value != "docker":
        problem = f"'{value}' is not 'docker': no other builder is driven"
    elif key == "developer" and not names.label_from(value):
        problem = f"'{value}' is no name: it needs a letter"
    if problem:
        raise DocumentInvalid(Fault("bad-value", problem, Place(place), key))
