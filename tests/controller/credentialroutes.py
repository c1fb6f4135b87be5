"""What the addresses of credentials do, in a folder and in the system."""

from __future__ import annotations

import base64
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.messages import Answer, Request, json_of
from tests.controller.state import Item, Refusal

if TYPE_CHECKING:
    from tests.controller.server import Controller

STORE = r"credentials/store/(?P<store>folder|system)/domain/_/"


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


def credentials(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    kind = "com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper"
    beans = [_credential_bean(item, each) for each in _store(self, item, match).values()]
    return json_of({"_class": kind, "credentials": beans}, request)


def credential(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    found = _store(self, item, match).get(unquote(match["id"]))
    if found is None:
        raise Refusal(404)
    return json_of(_credential_bean(item, found), request)


def create_credential(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    store = _store(self, item, match)
    element = ET.fromstring(request.body.decode())
    if not element.tag.startswith(_KNOWN):
        raise Refusal(500)
    id_ = element.findtext("id") or ""
    if id_ in store:
        return Answer(409)
    store[id_] = encrypted(element)
    keep(item)
    return Answer()


def credential_config(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    store, id_ = _store(self, item, match), unquote(match["id"])
    if id_ not in store:
        raise Refusal(404, signed=request.method != "DELETE")
    if request.method == "GET":
        return Answer(200, _redacted(store[id_]).encode(), "application/xml")
    if request.method == "DELETE":
        del store[id_]
    else:
        store[id_] = encrypted(ET.fromstring(request.body.decode()))
    keep(item)
    return Answer()


_SECRETS = ("password", "secret", "secretBytes", "passphrase")


def encrypted(element: ET.Element) -> ET.Element:
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


def keep(item: Item) -> None:
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
