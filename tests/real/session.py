"""A session of `draft up --watch`, and what there is of it here and in its pods."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.real import app
from tests.real.developer import Developer

INSIDE = """
import hashlib, json, os, sys
found = {}
for folder, folders, files in os.walk(sys.argv[1]):
    folders[:] = [each for each in folders if each != "__pycache__"]
    for name in files + [each for each in folders if os.path.islink(os.path.join(folder, each))]:
        full = os.path.join(folder, name)
        link = os.path.islink(full)
        what = os.readlink(full) if link else hashlib.sha256(open(full, "rb").read()).hexdigest()
        mode = "l" if link else "x" if os.stat(full).st_mode & 0o100 else "-"
        found[os.path.relpath(full, sys.argv[1])] = [mode, what]
print(json.dumps(found))
"""
"""Written apart from what the receiver does: the files below a folder, each with mode and content."""
ENDED = """
import os, signal, sys
found = []
for each in filter(str.isdecimal, os.listdir("/proc")):
    try:
        words = open(f"/proc/{each}/cmdline").read()
    except OSError:
        continue
    if "takes batches of files" in words and int(each) != os.getpid():
        found.append(each)
        if sys.argv[1:] == ["end"]:
            os.kill(int(each), signal.SIGKILL)
print(len(found))
"""
"""How many receivers are in a container; with `end` they are killed."""


@dataclass(frozen=True)
class Session:
    """A running `draft up --watch`, and the lines that it has said."""

    dev: Developer
    said: list[str]

    def pods(self) -> list[str]:
        words = ("-n", self.dev.namespace, "get", "pods", "-l", "draft=orders", "-o", "json")
        items = json.loads(self.dev.application.tool("kubectl", *words))["items"]
        return [each["metadata"]["name"] for each in items if "deletionTimestamp" not in each["metadata"]]

    def execute(self, *words: str) -> str:
        pod = self.pods()[0]
        scope = ("-n", self.dev.namespace, "exec", pod, "-c", "web")
        return self.dev.application.tool("kubectl", *scope, "--", *words)

    def inside(self) -> Mapping[str, list[str]]:
        values = self.dev.application.tool(
            "helm", "-n", self.dev.namespace, "get", "values", "orders", "-o", "json"
        )
        path = json.loads(values)["develop"]["sync"]["path"]
        found: Mapping[str, list[str]] = json.loads(self.execute("python3", "-c", INSIDE, f"{path}/orders"))
        return found

    def local(self) -> Mapping[str, list[str]]:
        words = ("python3", "-c", INSIDE, str(self.dev.application.folder / "orders"))
        found: Mapping[str, list[str]] = json.loads(self.dev.application.tool(*words))
        return found

    def after(self, change: Callable[[], object], sentence: str, seconds: float = 60) -> list[str]:
        """What is said after a change, up to a line with these words."""
        told = len(self.said)
        change()
        assert app.eventually(lambda: any(sentence in each for each in self.said[told:]), seconds), self.said
        return self.said[told:]

    def greet(self, word: str) -> None:
        """Save the program with another answer, as an editor does: written beside it, then renamed."""
        path = self.dev.application.folder / "orders/web.py"
        text = path.read_text()
        before = text[text.index("Hello") : text.index(" from")]
        beside = path.with_name("web.py.new")
        beside.write_text(text.replace(before, f"Hello{word}"))
        beside.replace(path)


def streams(pod: str) -> list[int]:
    """The kubectls of this machine that lead to a pod's receiver."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = each.read_bytes().split(b"\0")
            if words[1:4] == [b"exec", b"--stdin", pod.encode()]:
                found.append(int(each.parent.name))
    return found
