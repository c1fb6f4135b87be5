"""What a controller remembers: items with their configuration, credentials, a queue, builds."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.builds import Build, Script, Waiting, well

CLASSES = {
    forms.FOLDER: forms.FOLDER,
    forms.MULTIBRANCH: forms.MULTIBRANCH,
    forms.PIPELINE: "org.jenkinsci.plugins.workflow.job.WorkflowJob",
    forms.FREESTYLE: "hudson.model.FreeStyleProject",
}
UNSAFE = "?*/\\%!@#$^&|<>[]:;"


class Refusal(Exception):
    """An answer that is an error: its status, and what `X-Error` says."""

    def __init__(self, status: int, reason: str = "", *, signed: bool = True) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.signed = signed


@dataclass
class Item:
    """A job or folder."""

    name: str
    root: str
    text: str
    parent: Item | None = None
    children: dict[str, Item] = field(default_factory=dict)
    builds: dict[int, Build] = field(default_factory=dict)
    next_number: int = 1
    credentials: dict[str, ET.Element] = field(default_factory=dict)
    hold_off: bool = False
    """A copy is not buildable until it has been saved once."""
    dead: bool = False
    asked: bool = False
    """Whether somebody has tried to build it: from then on it has actions."""
    saves: int = 0
    indexing: str = ""
    """The log of a multibranch project's last scan; empty before the first."""

    @property
    def path(self) -> str:
        """Its full name."""
        return f"{self.parent.path}/{self.name}" if self.parent and self.parent.name else self.name

    @property
    def kind(self) -> str:
        """Its class."""
        return CLASSES[self.root]

    @property
    def is_folder(self) -> bool:
        """Whether other items are in it."""
        return self.root in (forms.FOLDER, forms.MULTIBRANCH)

    def listed(self) -> list[Item]:
        """What is in it, in Jenkins' order."""
        return [self.children[name] for name in sorted(self.children, key=str.lower)]

    def below(self) -> Iterator[Item]:
        """What is in it, and in that."""
        for each in self.children.values():
            yield each
            yield from each.below()

    def value(self, name: str) -> str | None:
        """A field of the configuration's root."""
        found = forms.parsed(self.text).find(name)
        return None if found is None else found.text or ""

    @property
    def disabled(self) -> bool:
        """Whether its configuration says so."""
        return (self.value("disabled") or "").strip() == "true"

    def save_page(self) -> None:
        """Somebody saves its configuration page: a browser sends a description's lines with CR and LF.

        Only a pipeline takes the description from the form's text; what the others read has LF alone.
        """
        text = self.value("description") or ""
        as_sent = text.replace("\r\n", "\n").replace("\n", "\r\n")
        self.save(**({"description": as_sent} if self.root == forms.PIPELINE else {}))

    def save(self, **change: str) -> None:
        """Jenkins saves the job itself: the text is its own from now on."""
        self.text = forms.saved(self.text, change | ({"actions": ""} if self.asked else {}))
        self.saves += 1
        self.hold_off = False


class State:
    """A controller's memory; whoever uses it holds `lock` of the server."""

    def __init__(self) -> None:
        self.root = Item("", forms.FOLDER, "")
        self.credentials: dict[str, ET.Element] = {}
        self.administers = False
        """Whether accounts may run scripts."""
        self.queue: dict[int, Waiting] = {}
        self.next_queue_id = 1
        self.session = secrets.token_hex(4)
        self.crumbs: dict[str, str] = {}
        self.users: dict[str, tuple[str, str]] = {}
        """A user's password and API token; without any, everybody may do everything."""
        self.plugins: list[str] = [
            "cloudbees-folder",
            "workflow-multibranch",
            "workflow-job",
            "workflow-cps",
            "pipeline-model-definition",
            "git",
            "github-branch-source",
            "credentials-binding",
            "pipeline-groovy-lib",
        ]
        self.versions: dict[str, str] = {"pipeline-groovy-lib": "752.vdddedf804e72"}
        self.casc = "jenkins:\n  mode: NORMAL\nunclassified:\n  globalLibraries: {}\n"
        """What configuration-as-code exports; empty where that plugin is not there."""
        self.root_url = ""
        self.quiet = False
        self.queue_polls = 1
        """So many looks at an item until it leaves the queue, and one more until its build is named."""
        self.script: Script = well
        self.last_words = "Aborted by anonymous\r\nFinished: ABORTED\r\n"
        """What a build writes that is stopped."""
        self.canned: dict[tuple[str, str], tuple[int, dict[str, str], str]] = {}
        """Answers of parts that have no state here, by method and path: status, headers, body."""
        self.notified: list[str] = []
        """Repositories of which a git server has told."""
        self.notify_token = ""
        """What it must know to be heard."""

    # --- items ------------------------------------------------------------------------------------

    def find(self, path: str) -> Item | None:
        """An item by its full name; Jenkins does not tell upper from lower case."""
        item = self.root
        for part in path.split("/") if path else ():
            found = next((each for name, each in item.children.items() if name.lower() == part.lower()), None)
            if found is None:
                return None
            item = found
        return item

    def make(self, path: str, root: str, text: str = "") -> Item:
        """Put an item there, for a test; folders above it are made."""
        root = {"folder": forms.FOLDER, "multibranch": forms.MULTIBRANCH, "pipeline": forms.PIPELINE}.get(
            root, root
        )
        folder, _, name = path.rpartition("/")
        parent = self.find(folder) or self.make(folder, forms.FOLDER)
        item = Item(name, root, forms.stored(text or f"<{root}/>"), parent)
        parent.children[name] = item
        return item

    def create(self, folder: Item, name: str, text: str) -> Item:
        """What `createItem` does with XML."""
        name = self.check_name(folder, name)
        try:
            root = forms.root_of(text)
            if root not in forms.ROOTS:
                raise forms.NotXml(root)
            item = Item(name, root, forms.stored(text), folder)
            if forms.migrates(item.text):
                item.save()
        except forms.NotXml as error:
            raise Refusal(500) from error
        folder.children[name] = item
        return item

    def check_name(self, folder: Item, name: str) -> str:
        """The name as Jenkins takes it; raises what it says of a bad one."""
        name = name.strip(" ")
        if not name:
            raise Refusal(400, "No name is specified")
        if name in (".", ".."):
            raise Refusal(400, f"{name}  is not an allowed name")
        for each in name:
            if ord(each) < 32:
                shown = name.replace(each, "\\u" + f"{ord(each):x};")
                raise Refusal(400, f"No control code is allowed: {shown}")
            if each in UNSAFE:
                raise Refusal(400, f"{each}  is an unsafe character")
        if any(other.lower() == name.lower() for other in folder.children):
            raise Refusal(400, f"A job already exists with the name  {name} ")
        return name

    def reconfigure(self, item: Item, text: str) -> None:
        """What a POST of `config.xml` does: everything that the text does not have is gone."""
        try:
            if forms.root_of(text) != item.root:
                raise forms.NotXml("another class")
            item.text = forms.stored(text)
        except forms.NotXml as error:
            raise Refusal(500) from error
        item.credentials = {
            each.findtext("id") or "": each for each in _credentials_in(forms.parsed(item.text))
        }

    # --- builds -----------------------------------------------------------------------------------

    def enqueue(self, item: Item, parameters: dict[str, str]) -> Waiting:
        """Put a build into the queue, or join one that waits there."""
        item.asked = True
        if not item.root == forms.PIPELINE or item.disabled or item.hold_off or item.dead:
            raise Refusal(409)
        path = item.path
        for each in self.queue.values():
            if each.path == path and not each.left and each.parameters == parameters:
                each.causes += 1
                return each
        waiting = Waiting(self.next_queue_id, path, why="Finished waiting", parameters=parameters)
        self.next_queue_id += 1
        self.queue[waiting.id] = waiting
        return waiting

    def begin(self, waiting: Waiting) -> Build:
        """The item leaves the queue, and its build runs."""
        item = self.find(waiting.path)
        if item is None:
            raise Refusal(404)
        build = Build(item.next_number, waiting.id, parameters=dict(waiting.parameters))
        item.builds[build.number] = build
        item.next_number += 1
        waiting.left, waiting.why, waiting.blocked, waiting.build = True, "", False, build.number
        return build

    def restart(self) -> None:
        """Sessions, crumbs and the queue's numbers are gone; jobs and builds are as they were."""
        self.session = secrets.token_hex(4)
        self.crumbs.clear()
        self.queue.clear()
        self.next_queue_id = 1


def _credentials_in(root: ET.Element) -> list[ET.Element]:
    listed = "domainCredentialsMap/entry/java.util.concurrent.CopyOnWriteArrayList"
    found = root.findall(f"properties/{forms.CREDENTIALS}/{listed}")
    return [each for store in found for each in store]
