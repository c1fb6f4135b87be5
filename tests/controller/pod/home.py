"""JENKINS_HOME as a controller keeps it: a folder a job with its config.xml, and one an ended build."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.builds import Build
from tests.controller.state import Item, State

NUMBER = "nextBuildNumber"


def taken(home: Path) -> int:
    """Have nobody else write into the home until the process ends; BlockingIOError where somebody does."""
    path = home / "caches" / "one"
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def begun(home: Path) -> bool:
    """Make a home where there is none; whether there was one."""
    if (home / "config.xml").is_file():
        return True
    (home / "secrets").mkdir(mode=0o700, exist_ok=True)
    (home / "secrets" / "master.key").write_text(secrets.token_hex(128))
    (home / "config.xml").write_text("<hudson><numExecutors>0</numExecutors></hudson>\n")
    return False


def load(home: Path, state: State) -> None:
    """Have a controller know what its home has."""
    _load(home / "jobs", state.root, state)


def _load(jobs: Path, parent: Item, state: State) -> None:
    for folder in sorted(jobs.iterdir()) if jobs.is_dir() else ():
        text = (folder / "config.xml").read_text()
        item = Item(folder.name, forms.root_of(text), "", parent)
        state.reconfigure(item, text)
        parent.children[item.name] = item
        item.next_number = int((folder / NUMBER).read_text())
        for path in (folder / "builds").glob("*/build.xml"):
            build = Build(int(path.parent.name), 0, building=False, result=ET.parse(path).findtext("result"))
            build.write((path.parent / "log").read_text())
            item.builds[build.number] = build
        _load(folder / "jobs", item, state)


def keep(home: Path, state: State) -> None:
    """Write what is not there yet, or was another one, and take away what is no more."""
    _keep(home / "jobs", state.root)


def _keep(jobs: Path, parent: Item) -> None:
    for folder in list(jobs.iterdir()) if jobs.is_dir() else ():
        if folder.name not in parent.children:
            shutil.rmtree(folder)
    for item in parent.children.values():
        folder = jobs / item.name
        _write(folder / "config.xml", item.text)
        _write(folder / NUMBER, str(item.next_number))
        for build in item.builds.values():
            if not build.building:
                _write(folder / "builds" / str(build.number) / "log", build.since(0))
                text = f"<flow-build><result>{build.result}</result></flow-build>"
                _write(folder / "builds" / str(build.number) / "build.xml", text)
        _keep(folder / "jobs", item)


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"atomic{secrets.token_hex(8)}.tmp")
    beside.write_text(text)
    beside.replace(path)
