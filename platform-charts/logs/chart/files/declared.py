"""What Elasticsearch should have for log lines, by what the values declare, and what of that differs.

The answers are those of Elasticsearch 8 and 9; OpenSearch 2 has the same templates, streams and repositories.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

DECLARED = "pipelinekit.declared"
"""Below `_meta` or `metadata`, what was declared last: it tells a change by hand from one of the values."""
WHOLE = ("template", "phases")
"""Below these, what nobody declares is a difference; elsewhere a server adds fields of its own."""
NAME = "app_kubernetes_io/name"
TEAM = "app_kubernetes_io/part-of"
"""Labels of pods, as writers name them that may have no dots in a field."""
LONGEST = 8191  # characters of a value that can be looked for


@dataclass(frozen=True)
class Thing:
    """One thing that is wanted: where it is read and written, and which part of an answer is it."""

    what: str
    path: str
    inner: tuple[str, ...]
    body: dict
    wrapped: str = ""
    listed: str = ""

    def live(self, said: object) -> dict | None:
        """The thing as the server has it, out of its answer."""
        if self.listed:
            said = next(iter((said or {}).get(self.listed) or []), None)
        for key in self.inner:
            said = (said or {}).get(key)
        return said

    def written(self) -> dict:
        """What is sent so that it is as declared."""
        return {self.wrapped: self.body} if self.wrapped else self.body


# --- what is wanted --------------------------------------------------------------------------------


def things(declared: dict) -> list[Thing]:
    """All that is wanted, each after what it names; the login of whoever writes is not among them."""
    found = []
    if declared["retention"]["days"]:
        found.append(policy(declared))
    found += templates(declared)
    if declared["snapshots"]["repository"]:
        found.append(repository(declared["snapshots"]))
    return found


def policy(declared: dict) -> Thing:
    """What becomes of lines by their age: another index each so many days, and removal."""
    stream, said = declared["stream"], declared["retention"]
    rollover = {"max_age": f"{said['rollover']['days']}d", "max_primary_shard_size": said["rollover"]["size"]}
    phases = {
        "hot": {"min_age": "0ms", "actions": {"rollover": rollover}},
        "delete": {
            "min_age": f"{said['days']}d",
            "actions": {"delete": {"delete_searchable_snapshot": True}},
        },
    }
    path = f"_ilm/policy/{stream}"
    return Thing(f"policy {stream}", path, (stream, "policy"), marked("_meta", {"phases": phases}), "policy")


def templates(declared: dict) -> list[Thing]:
    """The settings and the mappings of its indices, and the template that has both."""
    stream, said = declared["stream"], declared["template"]
    settings = {
        "index.number_of_shards": str(said["shards"]),
        "index.number_of_replicas": str(said["replicas"]),
        "index.refresh_interval": said["refresh"],
    }
    if declared["retention"]["days"]:
        settings["index.lifecycle.name"] = stream
    parts = {"settings": {"settings": settings}, "mappings": {"mappings": mappings(said["json"])}}
    found = []
    for part, content in parts.items():
        name = f"{stream}-{part}"
        body = marked("_meta", {"template": content})
        inner = ("component_template",)
        path = f"_component_template/{name}"
        found.append(Thing(f"component template {name}", path, inner, body, listed="component_templates"))
    body = {
        "index_patterns": [stream],
        "data_stream": {},
        "priority": said["priority"],
        "composed_of": [f"{stream}-{part}" for part in parts],
    }
    path, inner = f"_index_template/{stream}", ("index_template",)
    last = Thing(f"index template {stream}", path, inner, marked("_meta", body), listed="index_templates")
    return [*found, last]


def mappings(kind: str) -> dict:
    """The fields that can be looked for; whatever else a line has is kept with it, and makes no field."""
    word = {"type": "keyword", "ignore_above": LONGEST}
    labels = {NAME: word, TEAM: word, "app_kubernetes_io/component": word}
    pod = ("namespace_name", "pod_name", "pod_id", "container_name", "container_image", "host")
    # What an application writes as JSON is one field, however many keys it has.
    fields = {"type": kind, "ignore_above": LONGEST} if kind == "flattened" else {"type": kind}
    return {
        "dynamic": "false",
        "properties": {
            "@timestamp": {"type": "date"},
            "log": {"type": "text"},
            "stream": word,
            "fields": fields,
            "kubernetes": {
                "properties": {**dict.fromkeys(pod, word), "labels": {"properties": labels}},
            },
            "application": {"type": "alias", "path": f"kubernetes.labels.{NAME}"},
            "team": {"type": "alias", "path": f"kubernetes.labels.{TEAM}"},
        },
    }


def repository(said: dict) -> Thing:
    """Where snapshots go. Its keys are in the servers' keystores."""
    body = {"type": said["type"], "settings": said["settings"]}
    name = said["repository"]
    return Thing(f"snapshot repository {name}", f"_snapshot/{name}", (name,), body)


def writing(stream: str) -> dict:
    """What a role may that adds lines and does nothing else."""
    rights = {"names": [stream], "privileges": ["auto_configure", "create_doc"]}
    return {"cluster": [], "indices": [rights]}


def looking() -> dict:
    """What a role may that is told how the servers are: no line of anybody's, and no settings of users."""
    return {"cluster": ["monitor"], "indices": []}


def role(name: str, rights: dict) -> Thing:
    """A role with these rights."""
    return Thing(f"role {name}", f"_security/role/{name}", (name,), marked("metadata", dict(rights)))


def user(name: str) -> Thing:
    """Who has that role; the password is given apart."""
    body = marked("metadata", {"roles": [name], "enabled": True})
    return Thing(f"user {name}", f"_security/user/{name}", (name,), body)


def marked(key: str, body: dict) -> dict:
    """With what tells later whether it was declared so."""
    return {**body, key: {DECLARED: digest(body)}}


def digest(body: dict) -> str:
    """Of what is declared."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


# --- what differs ----------------------------------------------------------------------------------


def differences(live: dict, wanted: dict) -> dict:
    """Path of each value that is not as wanted, to what is there: None for nothing."""
    return dict(sorted(_differences(live, wanted, "", False)))


def _differences(live: object, wanted: object, path: str, whole: bool) -> list:
    if isinstance(wanted, dict) and path.endswith("settings"):
        live, wanted = flat(live), flat(wanted)
    if isinstance(wanted, dict) and isinstance(live, dict):
        extra = [key for key in live if key not in wanted] if whole else []
        found = [(_at(path, key), live[key]) for key in extra]
        for key, value in wanted.items():
            found += _differences(live.get(key), value, _at(path, key), whole or key in WHOLE)
        return found
    if isinstance(wanted, list) and isinstance(live, list) and len(live) == len(wanted):
        pairs = enumerate(zip(live, wanted))  # noqa: B905 - Python 3.9, and of one length
        return [one for place, pair in pairs for one in _differences(*pair, _at(path, str(place)), whole)]
    return [] if _text(live) == _text(wanted) else [(path, live)]


def flat(settings: object, before: str = "") -> dict:
    """Settings by their whole names, as texts: a server has them as a tree, and no numbers."""
    found: dict = {}
    for key, value in (settings if isinstance(settings, dict) else {}).items():
        name = _at(before, key)
        found.update(flat(value, name) if isinstance(value, dict) else {name: _text(value)})
    return found


def _text(value: object) -> object:
    return json.dumps(value) if isinstance(value, bool) else str(value) if value is not None else None


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def by_hand(live: dict, wanted: dict) -> bool:
    """Whether somebody changed what is there: another declaration of ours has a mark of its own."""
    key = "metadata" if "metadata" in wanted else "_meta"
    mark = (live.get(key) or {}).get(DECLARED)
    return mark is None or mark == wanted.get(key, {}).get(DECLARED)
