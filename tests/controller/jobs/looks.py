"""Looks at jobs, and what somebody does to them on their pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.conftest import Ran
from tests.controller.credentialroutes import encrypted, keep
from tests.controller.server import Controller
from tests.controller.state import Item

Kit = Callable[..., Ran]


def item_of(jenkins: Controller, path: str) -> Item:
    item = jenkins.state.find(path)
    assert item is not None, path
    return item


def actions_of(ran: Ran) -> dict[str, str]:
    """Each job of a plan in JSON, and what happens to it."""
    return {each["path"]: each["action"] for each in json.loads(ran.out)["changes"]}


def differences_of(ran: Ran, path: str) -> list[tuple[str, str | None, str | None]]:
    change = next(each for each in json.loads(ran.out)["changes"] if each["path"] == path)
    return [(each["path"], each["live"], each["wanted"]) for each in change["differences"]]


def edit(item: Item, path: str, value: str) -> None:
    """Somebody changes one field on the job's page, and Jenkins saves the job."""
    root = forms.parsed(item.text)
    found = root.find(path)
    assert found is not None, path
    found.text = value
    item.text = forms.saved(ET.tostring(root, encoding="unicode"))


# --- what is not ours inside our jobs -------------------------------------------------------------

CREDENTIAL = """\
<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><scope>GLOBAL</scope><id>nexus</id>
<username>robot</username><password>s3cret</password>
</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>"""


def add_credential(jenkins: Controller, folder: str) -> str:
    """A credential in a folder; its secret as Jenkins keeps it."""
    item = item_of(jenkins, folder)
    item.credentials["nexus"] = encrypted(ET.fromstring(CREDENTIAL))
    keep(item)
    return item.credentials["nexus"].findtext("password") or ""
