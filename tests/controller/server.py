"""The HTTP side of the double: routes, crumbs, accounts, faults, and what a restart looks like."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.answers import Answers
from tests.controller.builds import Build, Waiting
from tests.controller.faults import Fault
from tests.controller.state import Item, Refusal, State
from tests.controller.trees import BadTree, cut, parse_tree

VERSION = "2.479.3"
CONFIG = "config.xml"
_STORE = r"credentials/store/(?P<store>folder|system)/domain/_/"


@dataclass
class Answer:
    """What goes back; `signed` puts Jenkins' own headers on it, which not every answer has."""

    status: int = 200
    body: bytes = b""
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    signed: bool = False


@dataclass
class Request:
    """What came; `path` is as sent, without the query."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]
    user: str = ""
    cookie: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The body's fields, where it is a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Seen:
    """One request of the log: `status` 0 where the connection was cut."""

    method: str
    path: str
    status: int


class Controller:
    """A running double. `url` is where it is; `state` is to be changed under `lock`."""

    def __init__(self, state: State | None = None, port: int = 0, host: str = "127.0.0.1") -> None:
        self.state = state or State()
        self.answers = Answers(self.state)
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.starting = False
        self.host = host
        self._server = _Server((host, port), self)
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self.state.root_url = self.state.root_url or self.url
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._serving = self._serve()

    def _serve(self) -> threading.Thread:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        return thread

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, and let no build go on."""
        self._stopped.set()
        if self._serving.is_alive():
            self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()

    def down(self) -> None:
        """Nobody listens any more: connections are refused."""
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()

    def up(self, *, starting: bool = False) -> None:
        """Listen again at the same address, as another run of it; `starting` answers 503 at first."""
        with self.lock:
            self.state.restart()
            self.starting = starting
            self._server = _Server((self.host, self.port), self)
            self._serving = self._serve()

    def requests(self, method: str = "", path: str = "") -> list[Seen]:
        """The log's requests with that method, and that pattern in their path."""
        return [each for each in self.seen if method in ("", each.method) and re.search(path, each.path)]

    def posted(self) -> list[Seen]:
        """The POSTs that change something; an export of the configuration is a question."""
        return [each for each in self.requests("POST") if not each.path.startswith("/configuration-as-code/")]

    def run(self, item: Item, build: Build) -> None:
        """Let a build's script run, on a clock of its own."""

        def go() -> None:
            for pause in self.state.script(build):
                if self._stopped.wait(pause):
                    return

        thread = threading.Thread(target=go, daemon=True)
        self._threads.append(thread)
        thread.start()
        del item

    # --- one request ------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request; None cuts the connection."""
        full = request.path + (
            "?" + "&".join(f"{k}={v}" for k, v in request.query.items()) if request.query else ""
        )
        with self.lock:
            fault = next((each for each in self.faults if each.meets(request.method, full)), None)
        if fault and fault.kind == "slow":
            time.sleep(float(fault.detail or 1))
            fault = None
        with self.lock:
            answer = self._faulty(fault, request) if fault else self._answer(request)
            self.seen.append(Seen(request.method, full, answer.status if answer else 0))
            return answer

    def _faulty(self, fault: Fault, request: Request) -> Answer | None:
        if fault.kind == "drop":
            return None
        if fault.kind == "drop-after":
            self._answer(request)
            return None
        if fault.kind == "starting":
            return _starting()
        if fault.kind == "lost-crumb":
            self.state.crumbs.clear()
            return _no_crumb()
        if fault.kind == "forbid":
            permission = fault.detail or "Job/Create"
            page = _page(403, f"{request.user or 'anonymous'} is missing the {permission} permission")
            page.headers["X-Required-Permission"] = f"hudson.model.Item.{permission.partition('/')[2]}"
            return page
        if fault.kind == "not-jenkins":
            return Answer(200, b"<html><body>Please log in to the proxy</body></html>", "text/html")
        return _oops()

    def _answer(self, request: Request) -> Answer:
        if self.starting:
            return _starting()
        try:
            self._check(request)
            return self._route(request)
        except Refusal as refusal:
            return _refusal(refusal)
        except BadTree:
            return _oops()

    def _check(self, request: Request) -> None:
        """Who it is, and whether a POST has a crumb of this session."""
        token = False
        if request.headers.get("authorization", "").startswith("Basic "):
            user, _, secret = base64.b64decode(request.headers["authorization"][6:]).decode().partition(":")
            known = self.state.users.get(user)
            if self.state.users and (known is None or secret not in known):
                raise Refusal(401)
            request.user, token = user, bool(known and secret == known[1])
        elif self.state.users and request.path != "/login":
            raise Refusal(403, "authentication")
        if request.method not in ("GET", "HEAD") and not token:
            crumb = request.headers.get("jenkins-crumb", "")
            if not crumb or self.state.crumbs.get(crumb) != (request.cookie or crumb):
                raise Refusal(403, "crumb")

    def _route(self, request: Request) -> Answer:
        canned = self.state.canned.get((request.method, request.path))
        if canned:
            return Answer(
                canned[0], canned[2].encode(), headers=dict(canned[1]), signed="X-Jenkins" in canned[1]
            )
        item, rest = self._item(request.path)
        for pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, rest)
            if match:
                return handler(self, request, item, match)
        raise Refusal(404)

    def _item(self, path: str) -> tuple[Item, str]:
        """The item that an address names, and what of the address is left; a missing one is a 404."""
        parts = path.lstrip("/").split("/")
        item = self.state.root
        while len(parts) >= 2 and parts[0] == "job":
            name = unquote(parts[1])
            found = next((each for key, each in item.children.items() if key.lower() == name.lower()), None)
            if found is None:
                # A branch's job has its name encoded; some clients encode once, some twice.
                found = next((each for key, each in item.children.items() if unquote(key) == name), None)
            if found is None:
                raise Refusal(404)
            item, parts = found, parts[2:]
        return item, "/".join(parts)


def _page(status: int, text: str, reason: str = "") -> Answer:
    headers = {"X-Error": reason} if reason else {}
    return Answer(
        status, f"<html><body>{text}</body></html>".encode(), "text/html;charset=utf-8", headers, signed=True
    )


def _oops() -> Answer:
    return _page(500, f"Oops! <p>Logging ID={secrets.token_hex(4)}-0000-0000-0000-{secrets.token_hex(6)}")


def _no_crumb() -> Answer:
    text = "<html><title>Error 403 No valid crumb was included in the request</title></html>"
    return Answer(403, text.encode(), "text/html;charset=iso-8859-1")


def _starting() -> Answer:
    return Answer(503, b"<html><h1>Jenkins is getting ready to work</h1></html>", "text/html;charset=utf-8")


def _refusal(refusal: Refusal) -> Answer:
    if refusal.status == 403:
        return _no_crumb() if refusal.reason == "crumb" else _page(403, "Authentication required")
    if refusal.status == 401:
        headers = {"WWW-Authenticate": 'Basic realm="Jenkins"'}
        return Answer(
            401,
            b"<html><title>Error 401 Unauthorized</title></html>",
            "text/html;charset=iso-8859-1",
            headers,
        )
    if refusal.status == 409:
        return _page(409, "This project is not buildable")
    if not refusal.signed:
        return Answer(refusal.status, b"<html>Error</html>", "text/html;charset=iso-8859-1")
    return _oops() if refusal.status == 500 else _page(refusal.status, "Error", refusal.reason)


# --- routes ---------------------------------------------------------------------------------------

Handler = Callable[[Controller, Request, Item, re.Match[str]], Answer]


def _post(handler: Handler) -> Handler:
    def only(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
        if request.method not in ("POST", "DELETE"):
            raise Refusal(405)
        return handler(self, request, item, match)

    return only


def _json(bean: Any, request: Request) -> Answer:
    if "tree" in request.query:
        bean = cut(bean, parse_tree(request.query["tree"]))
    indent = 2 if request.query.get("pretty") == "true" else None
    return Answer(
        200,
        json.dumps(bean, ensure_ascii=False, indent=indent).encode(),
        "application/json;charset=utf-8",
        signed=True,
    )


def _depth(request: Request) -> int:
    # A tree reaches as deep as it says; a bean that goes ten levels down is cut to it.
    return 10 if "tree" in request.query else int(request.query.get("depth", 0))


def _crumb(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    crumb = secrets.token_hex(32)
    session = request.cookie or secrets.token_hex(8)
    self.state.crumbs[crumb] = session
    bean = {
        "_class": "hudson.security.csrf.DefaultCrumbIssuer",
        "crumb": crumb,
        "crumbRequestField": "Jenkins-Crumb",
    }
    answer = _json(bean, request)
    if not request.cookie:
        answer.headers["Set-Cookie"] = f"JSESSIONID.5d0f3f4b={session}; Path=/; HttpOnly"
    return answer


def _bean(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return _json(self.answers.item(item, _depth(request)), request)


def _config(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item is self.state.root:
        raise Refusal(404)
    if request.method == "POST":
        self.state.reconfigure(item, request.body.decode())
        return Answer()
    return Answer(200, item.text.encode(), "application/xml")


def _create(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if not item.is_folder or item.root == forms.MULTIBRANCH:
        raise Refusal(404)
    name = request.query.get("name", "")
    if request.query.get("mode") == "copy":
        return _copy(self, request, item, name)
    if request.headers.get("content-type", "").startswith("application/x-www-form"):
        new = self.state.create(item, name, f"<{request.form['mode']}/>")
        new.save()
        return Answer(
            302,
            headers={
                "Location": f"/{self.answers.url(new).removeprefix(self.state.root_url + '/')}configure"
            },
        )
    self.state.create(item, name, request.body.decode())
    return Answer()


def _copy(self: Controller, request: Request, folder: Item, name: str) -> Answer:
    source = folder.children.get(request.query.get("from", ""))
    if source is None:
        raise Refusal(400, f"No such job: {request.query.get('from')}")
    new = self.state.create(folder, name, source.text)
    new.hold_off = True
    return Answer(302, headers={"Location": f"{_local(self, new)}configure"})


def _local(self: Controller, item: Item) -> str:
    return "/" + self.answers.url(item).removeprefix(self.state.root_url + "/") if item.name else "/"


def _switch(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.root != forms.FOLDER:
        item.save(disabled="true" if match[0] == "disable" else "false")
    return Answer(302, headers={"Location": _local(self, item)})


def _describe(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.is_folder:
        # The form is that of the first view, not of the folder.
        item.save()
        text = forms.parsed(item.text)
        for view in text.iter("hudson.model.AllView"):
            name = view.find("name")
            added = ET.Element("description")
            added.text = request.form["description"]
            view.insert(list(view).index(name) + 1 if name is not None else 0, added)
        item.text = forms.saved(ET.tostring(text, encoding="unicode"))
    else:
        item.save(description=request.form["description"])
    return Answer(302, headers={"Location": _local(self, item)})


def _delete(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.parent is None:
        raise Refusal(404)
    if item.parent.root == forms.MULTIBRANCH and not item.dead:
        raise Refusal(500)
    del item.parent.children[item.name]
    return (
        Answer(204)
        if request.method == "DELETE"
        else Answer(302, headers={"Location": _local(self, item.parent)})
    )


def _rename(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    folder, name = item.parent, request.query.get("newName", "")
    if folder is None:
        raise Refusal(404)
    if name == item.name:
        raise Refusal(400, "The new name is the same as the current name.")
    if name in folder.children:
        raise Refusal(400, f"The name  {name}  is already in use.")
    self.state.check_name(folder, name)
    folder.children[name] = folder.children.pop(item.name)
    item.name = name
    return Answer(302, headers={"Location": _local(self, item).rstrip("/")})


def _move(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    target = self.state.find(request.form["destination"].strip("/"))
    if target is None or item.parent is None:
        raise Refusal(404)
    del item.parent.children[item.name]
    target.children[item.name] = item
    item.parent = target
    return Answer(302, headers={"Location": _local(self, item)})


def _trigger(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.root == forms.MULTIBRANCH:
        if item.disabled:
            raise Refusal(500)
        return Answer(302, headers={"Location": _local(self, item)})
    if item.root != forms.PIPELINE:
        raise Refusal(404)
    definitions = [
        each["name"]
        for part in self.answers.properties(item)
        for each in part.get("parameterDefinitions", ())
    ]
    given = {**request.query, **request.form} if match[0] == "buildWithParameters" else {}
    if match[0] == "build" and "json" in request.form:
        given = {each["name"]: each["value"] for each in json.loads(request.form["json"])["parameter"]}
    elif match[0] == "build" and definitions:
        raise Refusal(400, signed=False)
    elif match[0] == "buildWithParameters" and not definitions:
        raise Refusal(500)
    _choices(item, given)
    defaults = dict.fromkeys(definitions, "")
    chosen = {**defaults, **{name: value for name, value in given.items() if name in definitions}}
    waiting = self.state.enqueue(item, chosen if given else {})
    where = (
        self.answers.url(item)
        if "json" in request.form
        else f"{self.state.root_url}/queue/item/{waiting.id}/"
    )
    return Answer(201, headers={"Location": where})


def _choices(item: Item, given: dict[str, str]) -> None:
    for each in forms.parsed(item.text).iter("hudson.model.ChoiceParameterDefinition"):
        allowed = [choice.text for choice in each.iter("string")]
        name = each.findtext("name") or ""
        if name in given and given[name] not in allowed:
            raise Refusal(500)


def _queue_item(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    waiting = self.state.queue.get(int(match[1]))
    if waiting is None:
        raise Refusal(404)
    _advance(self, waiting)
    return _json(self.answers.waiting(waiting), request)


def _advance(self: Controller, waiting: Waiting) -> None:
    """Each look at an item is a moment: it waits, it has left without a build, its build has a name."""
    waiting.polls += 1
    if self.state.quiet and not waiting.left:
        waiting.blocked, waiting.why = True, "Jenkins is about to shut down"
        return
    item = self.state.find(waiting.path)
    if item is None or waiting.cancelled or waiting.build:
        return
    if waiting.polls == self.state.queue_polls + 1:
        waiting.left = True
    elif waiting.polls > self.state.queue_polls + 1:
        self.run(item, self.state.begin(waiting))


def _queue(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return _json(self.answers.queue(), request)


def _cancel(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    waiting = self.state.queue.get(int(request.query["id"]))
    if waiting is None or waiting.left:
        raise Refusal(500)
    waiting.left = waiting.cancelled = True
    return Answer(204)


def _build_of(item: Item, name: str) -> Build:
    done = [each for each in item.builds.values() if not each.building]
    if name == "lastBuild":
        found = item.builds.get(max(item.builds, default=0))
    elif name == "lastSuccessfulBuild":
        found = max(
            (each for each in done if each.result in ("SUCCESS", "UNSTABLE")), key=_by_number, default=None
        )
    elif name == "lastFailedBuild":
        found = max((each for each in done if each.result == "FAILURE"), key=_by_number, default=None)
    else:
        found = item.builds.get(int(name))
    if found is None:
        raise Refusal(404)
    return found


def _by_number(build: Build) -> int:
    return build.number


def _build(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return _json(self.answers.build(item, _build_of(item, match[1]), _depth(request)), request)


def _progress(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    build = _build_of(item, match[1])
    start = int(request.query.get("start", 0))
    if start < 0:
        raise Refusal(500)
    headers = {"X-Text-Size": str(build.raw)} | ({"X-More-Data": "true"} if build.building else {})
    return Answer(200, build.since(start).encode(), "text/plain;charset=utf-8", headers)


def _console(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    text = _build_of(item, match[1]).since(0).replace("\r\n", "\n")
    return Answer(200, text.encode(), "text/plain;charset=utf-8")


def _stop(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    build = _build_of(item, match[1])
    if build.building:
        if self.state.last_words:
            build.write(self.state.last_words)
        build.finish("ABORTED")
    return Answer(302, headers={"Location": f"{_local(self, item)}{build.number}/"})


def _delete_build(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    del item.builds[_build_of(item, match[1]).number]
    return Answer(302, headers={"Location": _local(self, item)})


def _store(self: Controller, item: Item, match: re.Match[str]) -> dict[str, ET.Element]:
    if match["store"] == "system":
        return self.state.credentials
    # A project of branches is a folder, too: from the plugin's documentation, not from a recording.
    if not item.is_folder:
        raise Refusal(404)
    return item.credentials


_TYPES = {
    "UsernamePasswordCredentialsImpl": "Username with password",
    "StringCredentialsImpl": "Secret text",
    "FileCredentialsImpl": "Secret file",
}
_KNOWN = ("com.cloudbees.plugins.credentials.", "org.jenkinsci.plugins.plaincredentials.")


def _credential_bean(item: Item, element: ET.Element) -> dict[str, Any]:
    id_, description = element.findtext("id"), element.findtext("description") or ""
    name = description or element.findtext("id")
    kind = element.tag.rpartition(".")[2]
    return {
        "_class": "com.cloudbees.plugins.credentials.CredentialsStoreAction$CredentialsWrapper",
        "description": description,
        "displayName": name,
        "fingerprint": None,
        "fullName": f"{item.path or 'system'}/folder/_/{id_}" if item.name else f"system/_/{id_}",
        "id": id_,
        "typeName": _TYPES.get(kind, kind),
    }


def _credentials(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    kind = "com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper"
    beans = [_credential_bean(item, each) for each in _store(self, item, match).values()]
    return _json({"_class": kind, "credentials": beans}, request)


def _credential(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    found = _store(self, item, match).get(unquote(match["id"]))
    if found is None:
        raise Refusal(404)
    return _json(_credential_bean(item, found), request)


def _create_credential(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    store = _store(self, item, match)
    element = ET.fromstring(request.body.decode())
    if not element.tag.startswith(_KNOWN):
        raise Refusal(500)
    id_ = element.findtext("id") or ""
    if id_ in store:
        return Answer(409)
    store[id_] = _encrypted(element)
    _keep(item)
    return Answer()


def _credential_config(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    store, id_ = _store(self, item, match), unquote(match["id"])
    if id_ not in store:
        raise Refusal(404, signed=request.method != "DELETE")
    if request.method == "GET":
        return Answer(200, _redacted(store[id_]).encode(), "application/xml")
    if request.method == "DELETE":
        del store[id_]
    else:
        store[id_] = _encrypted(ET.fromstring(request.body.decode()))
    _keep(item)
    return Answer()


_SECRETS = ("password", "secret", "secretBytes", "passphrase")


def _encrypted(element: ET.Element) -> ET.Element:
    for name in _SECRETS:
        found = element.find(name)
        if found is not None:
            # A redacted secret that is posted back is an empty one from then on.
            for child in list(found):
                found.remove(child)
            found.text = "{AQAA" + base64.b64encode(secrets.token_bytes(24)).decode() + "}"
    return element


def _redacted(element: ET.Element) -> str:
    copy = ET.fromstring(ET.tostring(element))
    plugin = "credentials" if copy.tag.startswith("com.cloudbees") else "plain-credentials"
    copy.set("plugin", f"{plugin}@{forms.PLUGINS[plugin]}")
    for name in _SECRETS:
        found = copy.find(name)
        if found is not None:
            found.text = None
            ET.SubElement(found, "secret-redacted")
    ET.indent(copy)
    return ET.tostring(copy, encoding="unicode", short_empty_elements=True).replace(" />", "/>")


def _keep(item: Item) -> None:
    """A folder's credentials live inside its configuration."""
    if not item.name:
        return
    root = forms.parsed(item.text)
    properties = root.find("properties")
    properties = ET.SubElement(root, "properties") if properties is None else properties
    for each in properties.findall(forms.CREDENTIALS):
        properties.remove(each)
    holder = ET.SubElement(properties, forms.CREDENTIALS)
    entry = ET.SubElement(
        ET.SubElement(holder, "domainCredentialsMap", {"class": "hudson.util.CopyOnWriteMap$Hash"}), "entry"
    )
    ET.SubElement(ET.SubElement(entry, "com.cloudbees.plugins.credentials.domains.Domain"), "specifications")
    listed = ET.SubElement(entry, "java.util.concurrent.CopyOnWriteArrayList")
    listed.extend(item.credentials.values())
    if root.find("actions") is None:
        root.append(ET.Element("actions"))
    item.text = forms.saved(ET.tostring(root, encoding="unicode"))


def _quiet(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    self.state.quiet = match[0] == "quietDown"
    if not self.state.quiet:
        for each in self.state.queue.values():
            each.blocked, each.why = False, "Finished waiting"
    return Answer(302, headers={"Location": "/"})


def _computers(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return _json(self.answers.computers(), request)


def _reload(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return Answer(302, headers={"Location": "/"})


def _plugins(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    beans = [
        {"shortName": each, "active": True, "enabled": True, "version": self.state.versions.get(each, "1")}
        for each in self.state.plugins
    ]
    return _json({"_class": "hudson.LocalPluginManager", "plugins": beans}, request)


def _casc(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    """From the plugin's documentation, not from a recording: a POST, for who has Overall/SystemRead."""
    if not self.state.casc:
        raise Refusal(404)
    return Answer(200, self.state.casc.encode(), "application/x-yaml; charset=utf-8", signed=True)


def _indexing(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    """The log of a scan; there is no JSON of it."""
    if item.root != forms.MULTIBRANCH:
        raise Refusal(404)
    return Answer(200, item.indexing.encode(), "text/plain;charset=utf-8")


def _me(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if not request.user:
        raise Refusal(500)
    bean = {
        "_class": "hudson.model.User",
        "absoluteUrl": f"{self.state.root_url}/user/{request.user}",
        "description": None,
        "fullName": request.user,
        "id": request.user,
    }
    return _json(bean, request)


def _notify(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if request.query.get("token", "") != self.state.notify_token:
        return Answer(401, b"An access token is required\n", "text/plain;charset=utf-8", signed=True)
    self.state.notified.append(request.query.get("url", ""))
    return Answer(200, b"Scheduled indexing\n", "text/plain;charset=utf-8")


def _html(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if not request.path.endswith("/") and match[0] == "" and item.name:
        return Answer(302, headers={"Location": request.path + "/"})
    if request.method == "DELETE":
        return _delete(self, request, item, match)
    return Answer(200, b"<html><body>Jenkins</body></html>", "text/html;charset=utf-8", signed=True)


_NUMBER = r"(\d+|lastBuild|lastSuccessfulBuild|lastFailedBuild)"

_ROUTES: tuple[tuple[str, Handler], ...] = (
    (r"crumbIssuer/api/json", _crumb),
    (r"me/api/json", _me),
    (r"api/json", _bean),
    (r"config\.xml", _config),
    (r"createItem", _post(_create)),
    (r"disable|enable", _post(_switch)),
    (r"submitDescription", _post(_describe)),
    (r"doDelete", _post(_delete)),
    (r"doRename|confirmRename", _post(_rename)),
    (r"move/move", _post(_move)),
    (r"build|buildWithParameters", _post(_trigger)),
    (r"queue/item/(\d+)/api/json", _queue_item),
    (r"queue/api/json", _queue),
    (r"queue/cancelItem", _post(_cancel)),
    (_NUMBER + r"/api/json", _build),
    (_NUMBER + r"/logText/progressiveText", _progress),
    (_NUMBER + r"/consoleText", _console),
    (_NUMBER + r"/stop", _post(_stop)),
    (_NUMBER + r"/doDelete", _post(_delete_build)),
    (_STORE + r"api/json", _credentials),
    (_STORE + r"createCredentials", _post(_create_credential)),
    (_STORE + r"credential/(?P<id>[^/]+)/api/json", _credential),
    (_STORE + r"credential/(?P<id>[^/]+)/config\.xml", _credential_config),
    (r"quietDown|cancelQuietDown", _post(_quiet)),
    (r"computer/api/json", _computers),
    (r"reload", _post(_reload)),
    (r"pluginManager/api/json", _plugins),
    (r"configuration-as-code/export", _post(_casc)),
    (r"indexing/consoleText", _indexing),
    (r"git/notifyCommit", _notify),
    (r"|configure|\d+/|login", _html),
)


# --- the wire -------------------------------------------------------------------------------------


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], controller: Controller) -> None:
        self.controller = controller
        self.connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        return connection, address

    def close_connections(self) -> None:
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _go(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        cookie = re.search(r"JSESSIONID[^=]*=([^;]+)", self.headers.get("Cookie", ""))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            body,
            {key.lower(): value for key, value in self.headers.items()},
            cookie=cookie[1] if cookie else "",
        )
        answer = self.server.controller.answer(request)
        if answer is None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(answer.status)
        if answer.type:
            self.send_header("Content-Type", answer.type)
        if answer.signed:
            self.send_header("X-Jenkins", VERSION)
            self.send_header("X-Jenkins-Session", self.server.controller.state.session)
        for key, value in answer.headers.items():
            if not key.startswith("X-Jenkins"):
                self.send_header(key, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = do_HEAD = _go  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """The log is the controller's own."""


def watched(controller: Controller) -> Iterator[Controller]:
    """The controller, closed at the end: for fixtures."""
    try:
        yield controller
    finally:
        controller.close()
