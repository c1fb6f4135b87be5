"""Elasticsearch and Kibana as the Job for log lines asks them: what was put is there, as they answer it."""

from __future__ import annotations

import base64
import email
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

Answer = tuple[int, Any]
"""Status, and what is answered: JSON, or a text as it is."""


class Double(Protocol):
    """A server: how it answers, and what it was asked to change."""

    written: list[str]

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


def refusal(status: int, kind: str, reason: str) -> Answer:
    """An error as Elasticsearch says it."""
    error = {"root_cause": [{"type": kind, "reason": reason}], "type": kind, "reason": reason}
    return status, {"error": error, "status": status}


@dataclass
class Elasticsearch:
    """`passwords` is who may log in; `closed` are beginnings of paths that nobody may change."""

    passwords: dict[str, str] = field(default_factory=lambda: {"elastic": "word"})
    policies: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, Any] = field(default_factory=dict)
    users: dict[str, Any] = field(default_factory=dict)
    repositories: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    indices: set[str] = field(default_factory=set)
    closed: tuple[str, ...] = ()
    written: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Whatever a server with security on says."""
        said = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        name, _, word = said.partition(":")
        if self.passwords.get(name) != word:
            return refusal(401, "security_exception", f"unable to authenticate user [{name}]")
        if method == "GET":
            return self._read(path, name)
        if path.startswith(self.closed or ("\n",)):
            return refusal(403, "security_exception", f"action is unauthorized for user [{name}]")
        self.written.append(f"{method} {path}")
        return self._write(path, json.loads(body) if body else {})

    def _read(self, path: str, name: str) -> Answer:
        if path == "_security/_authenticate":
            return 200, {"username": name}
        kind, _, last = path.rpartition("/")
        if kind == "_data_stream" and last in self.streams:
            return 200, {"data_streams": [{"name": last, "generation": self.streams[last]}]}
        if kind == "_data_stream" and last in self.indices:
            # What it names is there, and no stream.
            return 200, {"data_streams": []}
        if last == "_settings" and kind in self.indices | self.streams.keys():
            index = kind if kind in self.indices else f".ds-{kind}-{self.streams[kind]:06}"
            return 200, {index: {"settings": {}}}
        found = {
            "_ilm/policy": self.policies,
            "_component_template": self.parts,
            "_index_template": self.templates,
            "_security/role": self.roles,
            "_security/user": self.users,
            "_snapshot": self.repositories,
        }.get(kind, {})
        if path == "_cluster/health":
            return 200, {"status": "green"}
        if last not in found:
            return refusal(404, "resource_not_found_exception", f"[{last}] not found")
        listed = {"_component_template": "component_template", "_index_template": "index_template"}.get(kind)
        if listed:
            return 200, {f"{listed}s": [{"name": last, listed: found[last]}]}
        return 200, {last: found[last]}

    def _write(self, path: str, said: Any) -> Answer:
        kind, _, last = path.rpartition("/")
        if kind.startswith("_security/"):
            return self._secured(kind, last, said)
        if kind == "_ilm/policy":
            version = self.policies.get(last, {"version": 0})["version"] + 1
            self.policies[last] = {"version": version, "modified_date": "2026-01-01", **said}
        elif kind == "_component_template":
            self.parts[last] = _treed(said)
        elif kind == "_index_template":
            missing = [each for each in said["composed_of"] if each not in self.parts]
            if missing:
                return refusal(400, "invalid_index_template_exception", f"{missing} do not exist")
            stream = {"hidden": False, "allow_custom_routing": False}
            self.templates[last] = {**said, "data_stream": stream, "created_date_millis": 1}
        elif kind == "_snapshot":
            self.repositories[last] = {"uuid": "x", **said, "settings": _strings(said["settings"])}
        else:
            return self._streamed(kind, last)
        return 200, {"acknowledged": True}

    def _streamed(self, kind: str, last: str) -> Answer:
        if last == "_rollover":
            if kind not in self.streams:
                return refusal(400, "illegal_argument_exception", "rollover target is a [concrete index]")
            self.streams[kind] += 1
        elif last in self.streams:
            return refusal(400, "resource_already_exists_exception", f"data_stream [{last}] already exists")
        elif not any(last in each["index_patterns"] for each in self.templates.values()):
            return refusal(
                400, "illegal_argument_exception", f"no matching index template found for [{last}]"
            )
        else:
            self.streams[last] = 1
        return 200, {"acknowledged": True}

    def _secured(self, kind: str, last: str, said: Any) -> Answer:
        if last == "_password":
            self.passwords[kind.rpartition("/")[2]] = said["password"]
        elif kind == "_security/role":
            indices = [{**each, "allow_restricted_indices": False} for each in said["indices"]]
            self.roles[last] = {**said, "indices": indices, "run_as": [], "applications": []}
        else:
            word = said.pop("password", None)
            if word is None and last not in self.users:
                return refusal(400, "validation_exception", "password must be specified")
            self.passwords[last] = word or self.passwords[last]
            self.users[last] = {**said, "username": last, "full_name": None, "email": None}
        return 200, {}


def _treed(said: Any) -> Any:
    """A part as it is answered: its settings as a tree, and texts."""
    settings = said["template"].get("settings")
    if settings is None:
        return said
    tree: dict[str, Any] = {}
    for name, value in _strings(settings).items():
        *path, last = name.split(".")
        place = tree
        for each in path:
            place = place.setdefault(each, {})
        place[last] = value
    return {**said, "template": {"settings": tree}}


def _strings(settings: Mapping[str, Any]) -> dict[str, str]:
    return {key: json.dumps(each) if isinstance(each, bool) else str(each) for key, each in settings.items()}


@dataclass
class Kibana:
    """Its saved objects, by type and id; `unknown` are types that this one does not import."""

    passwords: dict[str, str] = field(default_factory=lambda: {"elastic": "word"})
    saved: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    written: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Whatever Kibana says to whom Elasticsearch knows."""
        if path == "api/status":
            return 200, {"status": {"overall": {"level": "available"}}}
        name, _, word = (
            base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode().partition(":")
        )
        if self.passwords.get(name) != word:
            return 401, {"statusCode": 401, "error": "Unauthorized", "message": "[security_exception]"}
        if "kbn-xsrf" not in {each.lower() for each in headers}:
            message = "Request must contain a kbn-xsrf header."
            return 400, {"statusCode": 400, "error": "Bad Request", "message": message}
        if (method, path) == ("POST", "api/saved_objects/_export"):
            return self._exported(json.loads(body))
        if (method, path) == ("POST", "api/saved_objects/_import?overwrite=true"):
            self.written.append(path)
            return self._imported(headers["Content-Type"], body)
        return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}

    def _exported(self, said: Any) -> Answer:
        keys = [(each["type"], each["id"]) for each in said["objects"]]
        lacking = [
            {"type": kind, "id": name, "error": {"statusCode": 404, "error": "Not Found"}}
            for kind, name in keys
            if (kind, name) not in self.saved
        ]
        if lacking:
            message = "Error fetching objects to export"
            return 400, {"statusCode": 400, "message": message, "attributes": {"objects": lacking}}
        return 200, "\n".join(json.dumps(self.saved[each]) for each in keys)

    def _imported(self, kind: str, body: bytes) -> Answer:
        whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        files = [each for each in whole.walk() if (each.get_filename() or "").endswith(".ndjson")]
        if len(files) != 1:
            return 415, {"statusCode": 415, "error": "Unsupported Media Type", "message": "no file"}
        lines = [json.loads(each) for each in str(files[0].get_payload()).splitlines() if each.strip()]
        known = [each for each in lines if each["type"] not in self.unknown]
        there = {*self.saved, *((each["type"], each["id"]) for each in known)}
        lacking = [each for each in known if _lacks(each, there)]
        taken = [each for each in known if each not in lacking]
        # It counts what it would have taken too, where a reference keeps it from taking any.
        for each in taken if not lacking else ():
            versions = {"coreMigrationVersion": "8.8.0", "typeMigrationVersion": "10.3.0"}
            self.saved[(each["type"], each["id"])] = {**each, **versions, "managed": False}
        errors = [
            {"type": each["type"], "id": each["id"], "error": {"type": why}}
            for why, refused in (
                ("unsupported_type", [each for each in lines if each not in known]),
                ("missing_references", lacking),
            )
            for each in refused
        ]
        said = {"success": not errors, "successCount": len(taken)}
        return 200, {**said, **({"errors": errors} if errors else {})}


def _lacks(saved: Any, there: set[tuple[str, str]]) -> bool:
    """Whether an object names one that is not there; an import looks for these two types alone."""
    named = {(each["type"], each["id"]) for each in saved["references"]}
    return any(each[0] in ("index-pattern", "search") for each in named - there)


@contextmanager
def served(double: Double) -> Iterator[str]:
    """Its address, for the duration of the block."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, said = double.answer(self.command, self.path.lstrip("/"), dict(self.headers), body)
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_PUT = do_POST = do_DELETE = handle_one  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
