"""The double's addresses, and what the ones of the controller itself do."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.controller import buildroutes, credentialroutes, forms, itemroutes
from tests.controller.messages import Answer, Request, json_of, signed_page
from tests.controller.state import Item, Refusal

if TYPE_CHECKING:
    from tests.controller.server import Controller

Handler = Callable[["Controller", Request, Item, re.Match[str]], Answer]


def _post(handler: Handler) -> Handler:
    def only(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
        if request.method not in ("POST", "DELETE"):
            raise Refusal(405)
        return handler(self, request, item, match)

    return only


def _crumb(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    crumb = secrets.token_hex(32)
    session = request.cookie or secrets.token_hex(8)
    self.state.crumbs[crumb] = session
    bean = {
        "_class": "hudson.security.csrf.DefaultCrumbIssuer",
        "crumb": crumb,
        "crumbRequestField": "Jenkins-Crumb",
    }
    answer = json_of(bean, request)
    if not request.cookie:
        answer.headers["Set-Cookie"] = f"JSESSIONID.5d0f3f4b={session}; Path=/; HttpOnly"
    return answer


def _quiet(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    self.state.quiet = match[0] == "quietDown"
    if not self.state.quiet:
        for each in self.state.queue.values():
            each.blocked, each.why = False, "Finished waiting"
    return Answer(302, headers={"Location": "/"})


def _computers(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return json_of(self.answers.computers(), request)


def _reload(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return Answer(302, headers={"Location": "/"})


def _plugins(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    beans = [
        {"shortName": each, "active": True, "enabled": True, "version": self.state.versions.get(each, "1")}
        for each in self.state.plugins
    ]
    return json_of({"_class": "hudson.LocalPluginManager", "plugins": beans}, request)


def _casc(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    """From the plugin's documentation, not from a recording: a POST, for who has Overall/SystemRead."""
    if not self.state.casc:
        raise Refusal(404)
    return Answer(200, self.state.casc.encode(), "application/x-yaml; charset=utf-8", signed=True)


def _script(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    """From Jenkins' documentation, not from a recording: for who has Overall/Administer.

    It knows our script alone, and says what `tests/jenkins/test_scripted.py` has seen Groovy say.
    """
    if not self.state.administers:
        page = signed_page(403, f"{request.user or 'anonymous'} is missing the Overall/Administer permission")
        page.headers["X-Required-Permission"] = "hudson.model.Hudson.Administer"
        return page
    found = _OURS.fullmatch(request.form.get("script", ""))
    if found is None:
        said = "groovy.lang.MissingPropertyException: No such property: x for class: Script1"
        return Answer(200, said.encode(), "text/plain;charset=utf-8", signed=True)
    items = (self.state.find(name) for name in json.loads(base64.b64decode(found[1])))
    said = json.dumps([each.text if each else None for each in items], separators=(",", ":"))
    return Answer(200, said.encode(), "text/plain;charset=utf-8", signed=True)


SCRIPT = """\
def names = new groovy.json.JsonSlurper().parseText(new String('@'.decodeBase64(), 'UTF-8'))
def texts = names.collect {
    def file = jenkins.model.Jenkins.get().getItemByFullName(it)?.configFile?.file
    file?.isFile() ? file.getText('UTF-8') : null
}
print groovy.json.JsonOutput.toJson(texts)
"""
"""Written here as well: in a pod there is none of the program that is tested."""
_OURS = re.compile("([A-Za-z0-9+/=]+)".join(map(re.escape, SCRIPT.split("@"))))


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
    return json_of(bean, request)


def _notify(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if request.query.get("token", "") != self.state.notify_token:
        return Answer(401, b"An access token is required\n", "text/plain;charset=utf-8", signed=True)
    self.state.notified.append(request.query.get("url", ""))
    return Answer(200, b"Scheduled indexing\n", "text/plain;charset=utf-8")


def _html(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if not request.path.endswith("/") and match[0] == "" and item.name:
        return Answer(302, headers={"Location": request.path + "/"})
    if request.method == "DELETE":
        return itemroutes.delete(self, request, item, match)
    return Answer(200, b"<html><body>Jenkins</body></html>", "text/html;charset=utf-8", signed=True)


_NUMBER = r"(\d+|lastBuild|lastSuccessfulBuild|lastFailedBuild)"

ROUTES: tuple[tuple[str, Handler], ...] = (
    (r"crumbIssuer/api/json", _crumb),
    (r"me/api/json", _me),
    (r"api/json", itemroutes.bean),
    (r"config\.xml", itemroutes.config),
    (r"createItem", _post(itemroutes.create)),
    (r"disable|enable", _post(itemroutes.switch)),
    (r"submitDescription", _post(itemroutes.describe)),
    (r"doDelete", _post(itemroutes.delete)),
    (r"doRename|confirmRename", _post(itemroutes.rename)),
    (r"move/move", _post(itemroutes.move)),
    (r"build|buildWithParameters", _post(buildroutes.trigger)),
    (r"queue/item/(\d+)/api/json", buildroutes.queue_item),
    (r"queue/api/json", buildroutes.queue),
    (r"queue/cancelItem", _post(buildroutes.cancel)),
    (_NUMBER + r"/api/json", buildroutes.build),
    (_NUMBER + r"/logText/progressiveText", buildroutes.progress),
    (_NUMBER + r"/consoleText", buildroutes.console),
    (_NUMBER + r"/stop", _post(buildroutes.stop)),
    (_NUMBER + r"/doDelete", _post(buildroutes.delete_build)),
    (credentialroutes.STORE + r"api/json", credentialroutes.credentials),
    (credentialroutes.STORE + r"createCredentials", _post(credentialroutes.create_credential)),
    (credentialroutes.STORE + r"credential/(?P<id>[^/]+)/api/json", credentialroutes.credential),
    (credentialroutes.STORE + r"credential/(?P<id>[^/]+)/config\.xml", credentialroutes.credential_config),
    (r"quietDown|cancelQuietDown", _post(_quiet)),
    (r"computer/api/json", _computers),
    (r"reload", _post(_reload)),
    (r"pluginManager/api/json", _plugins),
    (r"configuration-as-code/export", _post(_casc)),
    (r"scriptText", _post(_script)),
    (r"indexing/consoleText", _indexing),
    (r"git/notifyCommit", _notify),
    (r"|configure|\d+/|login", _html),
)
