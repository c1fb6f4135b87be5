"""B13: `draft up` after a one-line change, against the bare commands for the same: values, a build, a sync.

And what an idle `draft up --watch` over 20,000 files takes of a core.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from uuid import uuid4

from tests.benchmarks import delivery
from tests.benchmarks.measure import Row, Sample, interleaved, least, middle, once, out_of_step
from tests.real import app
from tests.real.app import Application
from tests.real.developer import Developer, developer, saying
from tests.testbed import bed

RUNS = 8
FILES = 20_000
IDLE = 30.0
"""Seconds over which an idle watch is measured."""
SETTLED = 25
"""Ticks of five seconds, a twentieth of a core: less is no work on a change."""
VALUES = "charts/orders/values.yaml"
SOURCE = "orders/changed.py"


def run() -> list[Row]:
    """Wall times of each, and the CPU time of the watch."""
    with bed.session() as testbed:
        return [*_ups(testbed), *_syncs(testbed)]


def _ups(testbed: dict[str, str]) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        developer(testbed, Path(folder, "dev")) as dev,
        app.new(testbed, Path(folder, "bare"), "python") as bare,
    ):
        sizes, numbers = count(1), count()
        samples = out_of_step(
            {
                "build": lambda: _revised(_edited(dev.application)),
                "bare build": lambda: delivery.by_hand(_edited(bare), next(numbers), testbed),
                "values": lambda: _revised(_resized(dev.application, next(sizes))),
                "bare values": lambda: _upgrade(_resized(bare, next(sizes))),
            },
            RUNS,
        )
    others = {"build": "docker build, docker push, helm upgrade --wait", "values": "helm upgrade --wait"}
    return [row for key, other in others.items() for row in _rows(key, other, samples, f"bare {key}")]


def _syncs(testbed: dict[str, str]) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        developer(testbed, Path(folder)) as dev,
        saying(dev, "up", "--watch") as said,
    ):
        assert app.eventually(lambda: any(" runs" in each for each in said), 180), said
        pod = _pod(dev)
        samples = interleaved(
            {"sync": lambda: _sync(dev, said), "kubectl cp": lambda: _copy(dev, pod)}, RUNS + 1
        )
        # The first ones load what the later ones have.
        samples = {name: found[1:] for name, found in samples.items()}
        for number in range(FILES):
            dev.application.write(f"many/{number % 200}/{number}.txt", f"{number}\n")
        # They may have gone in several batches: the pods know when it was the last one.
        assert app.eventually(lambda: dev.draft("status").code == 0, 300), said
        idle = _idle(dev)
    watch = Row("B13", f"idle watch, {FILES} files", f"{IDLE:.0f} s of a core", "CPU", idle, IDLE, 0.05)
    return [*_rows("sync", "kubectl cp of the same file", samples, "kubectl cp"), watch]


def _rows(subject: str, other: str, samples: dict[str, list[Sample]], key: str) -> list[Row]:
    mine, theirs = samples[subject], samples[key]
    figures = (("min", least), ("median", middle))
    return [
        Row("B13", subject, other, f"wall, {name}", of(mine, "wall"), of(theirs, "wall"), 1.15)
        for name, of in figures
    ]


def _edited(application: Application) -> Application:
    application.write(SOURCE, f"CHANGE = '{uuid4()}'\n")
    return application


def _resized(application: Application, number: int) -> Application:
    """With another size of `/tmp`, which is another pod."""
    text = (application.folder / VALUES).read_text()
    changed, count = re.subn(r"\btmp: \w+", f"tmp: {number + 100}Mi", text)
    assert count == 1, f"{VALUES} has {count} sizes of /tmp"
    application.write(VALUES, changed)
    return application


def _revised(application: Application) -> None:
    row = application.must("draft", "up", "--json").json()
    assert row["revised"], row


def _upgrade(application: Application) -> None:
    words = ("upgrade", "orders", "charts/orders", "--namespace", application.namespace)
    application.tool("helm", *words, "--reset-then-reuse-values", "--wait")


def _sync(dev: Developer, said: list[str]) -> None:
    told = len(said)
    _edited(dev.application)
    until = time.monotonic() + 60
    while not any(each.startswith("synced") for each in said[told:]):
        assert time.monotonic() < until, said[told:]
        time.sleep(0.01)


def _copy(dev: Developer, pod: str) -> None:
    scope = ("--namespace", dev.namespace, "--container", "web")
    dev.application.tool("kubectl", "cp", SOURCE, f"{pod}:/tmp/changed.py", *scope)


def _pod(dev: Developer) -> str:
    words = ("-n", dev.namespace, "get", "pods", "-l", "draft=orders", "-o", "json")
    name: str = json.loads(dev.application.tool("kubectl", *words))["items"][0]["metadata"]["name"]
    return name


def _idle(dev: Developer) -> float:
    """Seconds of CPU that the session of the watch takes of `IDLE` seconds, with all that it has started."""
    before = _at_rest(dev)
    assert before, "no watch"
    once(lambda: time.sleep(IDLE))
    return (_ticks(dev) - before) / os.sysconf("SC_CLK_TCK")


def _at_rest(dev: Developer) -> int:
    """The ticks once the work after the last change is over: on a busy machine that takes its time."""
    until = time.monotonic() + 120
    before = _ticks(dev)
    while True:
        time.sleep(5)
        now = _ticks(dev)
        if now - before < SETTLED or time.monotonic() > until:
            return now
        before = now


def _ticks(dev: Developer) -> int:
    listed = subprocess.run(["ps", "-eo", "pid=,sess=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    sessions = {
        sess
        for pid, sess, *words in rows
        if words and words[0].endswith("draft up --watch") and _folder(pid) == dev.application.folder
    }
    found = 0
    for pid, sess, *_ in rows:
        if sess in sessions:
            fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
            found += int(fields[11]) + int(fields[12])
    return found


def _folder(pid: str) -> Path | None:
    try:
        return Path("/proc", pid, "cwd").readlink()
    except OSError:
        return None
