"""Views of log lines in Kibana, through its saved objects' import and export."""

from __future__ import annotations

import json
import secrets
import urllib.parse

from server import Failed, Server, reason, short
from views import objects

XSRF = {"kbn-xsrf": "pipelinekit"}


class Views:
    """What is declared to be seen in Kibana; `apply` has it made and put back."""

    def __init__(self, server: Server, apply: bool) -> None:
        self.server, self.apply = server, apply

    def held(self, stream: str) -> int:
        """How many views were not there, or not as declared. Raises Failed."""
        self.server.wait("api/status")
        wanted = objects(stream)
        live = self.there(wanted)
        lines = []
        for each in wanted:
            key = (each["type"], each["id"])
            if key not in live:
                lines.append(f"Kibana's {each['type']} {each['id']}: made")
            elif other := changed(live[key], each):
                fields = ", ".join(other)
                lines.append(f"Kibana's {each['type']} {each['id']}: put back as declared: {fields}")
        if lines and self.apply:
            self.imported(wanted)
        for line in lines:
            print(line if self.apply else f"not done: {line}")
        return len(lines)

    def there(self, wanted: list) -> dict:
        """Those of the objects that Kibana has, by type and id."""
        found = {}
        for each in wanted:
            one = {"type": each["type"], "id": each["id"]}
            body = {"objects": [one], "excludeExportDetails": True, "includeReferencesDeep": False}
            headers = {"Content-Type": "application/json", **XSRF}
            code, said = self.server.told(
                "POST", "api/saved_objects/_export", json.dumps(body).encode(), headers
            )
            if code == 200 and isinstance(said, dict):
                # One object is one line, and so is JSON itself.
                found[(each["type"], each["id"])] = said
            elif not missing(code, said, one):
                why = f"{code} {reason(said)}{self.server.hint(code, said)}"
                raise Failed(f"Kibana refuses POST api/saved_objects/_export: {why}")
        return found

    def imported(self, wanted: list) -> None:
        """Have Kibana take all of them, over what is there by their names. Raises Failed."""
        text = "".join(json.dumps(each) + "\n" for each in wanted)
        border = secrets.token_hex(16)
        body = (
            f"--{border}\r\n"
            'Content-Disposition: form-data; name="file"; filename="logs.ndjson"\r\n'
            f"Content-Type: application/ndjson\r\n\r\n{text}\r\n--{border}--\r\n"
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={border}", **XSRF}
        path = f"api/saved_objects/_import?{urllib.parse.urlencode({'overwrite': 'true'})}"
        said = self.server.judged("POST", path, body.encode(), headers)
        if not said.get("success"):
            errors = said.get("errors") or []
            refused = [
                " ".join(short(each.get(one)) for one in ("type", "id", "error")) for each in errors[:10]
            ]
            # What it counts as taken it may not have: a missing reference keeps it from taking any.
            raise Failed(f"Kibana refuses {len(errors)} of {len(wanted)} views: {'; '.join(refused)}")


def missing(code: int, said: object, one: dict) -> bool:
    """Whether an export was refused because an object is not there."""
    if code != 400 or not isinstance(said, dict):
        return False
    listed = (said.get("attributes") or {}).get("objects") or []
    return any(
        (each.get("type"), each.get("id")) == (one["type"], one["id"])
        and (each.get("error") or {}).get("statusCode") == 404
        for each in listed
    )


def changed(live: dict, wanted: dict) -> list:
    """The attributes that are not as declared. A newer Kibana may have fields beside them."""
    found = []
    for key, value in wanted["attributes"].items():
        if not holds(content((live.get("attributes") or {}).get(key)), content(value)):
            found.append(key)
    there = [(each.get("name"), each.get("type"), each.get("id")) for each in live.get("references") or []]
    if any((each["name"], each["type"], each["id"]) not in there for each in wanted["references"]):
        found.append("references")
    return found


def content(value: object) -> object:
    """A value with JSON that stands in a text read."""
    if isinstance(value, dict):
        return {key: content(each) for key, each in value.items()}
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def holds(live: object, wanted: object) -> bool:
    """Whether what is there has all that is wanted."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        return all(key in live and holds(live[key], value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(live, list):
        return len(live) == len(wanted) and all(map(holds, live, wanted))
    return live == wanted
