"""What the addresses of items do: they are shown, made, changed, moved and deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.messages import Answer, Request, depth_of, json_of
from tests.controller.state import Item, Refusal

if TYPE_CHECKING:
    from tests.controller.server import Controller


def bean(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return json_of(self.answers.item(item, depth_of(request)), request)


def config(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item is self.state.root:
        raise Refusal(404)
    if request.method == "POST":
        self.state.reconfigure(item, request.body.decode())
        return Answer()
    return Answer(200, item.text.encode(), "application/xml")


def create(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
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
    return Answer(302, headers={"Location": f"{local(self, new)}configure"})


def local(self: Controller, item: Item) -> str:
    return "/" + self.answers.url(item).removeprefix(self.state.root_url + "/") if item.name else "/"


def switch(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.root != forms.FOLDER:
        item.save(disabled="true" if match[0] == "disable" else "false")
    return Answer(302, headers={"Location": local(self, item)})


def describe(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
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
    return Answer(302, headers={"Location": local(self, item)})


def delete(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.parent is None:
        raise Refusal(404)
    if item.parent.root == forms.MULTIBRANCH and not item.dead:
        raise Refusal(500)
    del item.parent.children[item.name]
    return (
        Answer(204)
        if request.method == "DELETE"
        else Answer(302, headers={"Location": local(self, item.parent)})
    )


def rename(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
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
    return Answer(302, headers={"Location": local(self, item).rstrip("/")})


def move(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    target = self.state.find(request.form["destination"].strip("/"))
    if target is None or item.parent is None:
        raise Refusal(404)
    del item.parent.children[item.name]
    target.children[item.name] = item
    item.parent = target
    return Answer(302, headers={"Location": local(self, item)})
