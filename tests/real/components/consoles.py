"""Prometheus with the consoles of its chart over known series, and what a reader finds on a page."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from tests.pages.charts import CHARTS
from tests.real.components.series import Series
from tests.real.kube import eventually
from tests.testbed import tools
from tests.testbed.layout import Layout

FILES = CHARTS / "prometheus" / "chart" / "files" / "consoles"
PAGES = tuple(sorted(each.name for each in FILES.glob("*.html")))
STEP = 15  # seconds between two samples
BEFORE, AFTER = 7200, 900  # seconds of samples around the moment of the test


JOBS = {
    "kube_": "state",
    "node_": "containers",
    "container_": "containers",
    "kubelet_": "kubelets",
    "apiserver_": "api-servers",
    "default_jenkins_": "components/jenkins",
    "certmanager_": "cert-manager",
    "probe_": "components/blackbox",
}
"""Who of the cluster's own tells what, by how it begins."""


def scraped(series: Mapping[str, Series]) -> dict[str, Series]:
    """The same as they are scraped: with the job that tells of them, and each one also of somebody's pod."""
    found: dict[str, Series] = {}
    for name, each in series.items():
        job = next((job for begin, job in JOBS.items() if name.startswith(begin)), "")
        if not job:
            found[name] = each
            continue
        metric, _, labels = name.partition("{")
        rest = f",{labels}" if labels else "}"
        found[f'{metric}{{job="{job}"{rest}'] = each
        # Of what ends the first counts, of all else the last or the sum.
        away = -7_000_000 if "expir" in metric else 7_000_000
        found[f'{metric}{{job="pods"{rest}'] = Series(each.value + away, each.growth + 70, each.moment)
    return found


def backfilled(folder: Path, series: Mapping[str, Series]) -> Path:
    """A database with these series, made by promtool."""
    now = int(time.time())
    lines = []
    for name, each in scraped(series).items():
        first = each.value + (now if each.moment else 0)
        moments = range(now - BEFORE, now + AFTER, STEP)
        lines += [f"{name} {first + each.growth * (at - now + BEFORE)} {at}\n" for at in moments]
    data = folder / "data"
    data.mkdir(parents=True)
    if lines:
        text = folder / "series.txt"
        text.write_text("".join(lines) + "# EOF\n")
        program = tools.prometheus(Layout.from_environment()).with_name("promtool")
        words = [str(program), "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    return data


@contextmanager
def server(folder: Path, series: Mapping[str, Series]) -> Iterator[str]:
    """The address of one that has these series, and asks nobody."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    data = backfilled(folder, series)
    (folder / "prometheus.yml").write_text("global: {external_labels: {cluster: <b>test}}\n")
    command = [
        str(tools.prometheus(Layout.from_environment())),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={address}",
        f"--web.console.templates={FILES}",
        f"--web.console.libraries={FILES}",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            assert eventually(lambda: asked(address, "/-/ready")[0] == 200, 60)
            yield address
        finally:
            running.terminate()


def asked(address: str, path: str) -> tuple[int, str]:
    """The status of an answer, 0 for none, and its text."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@dataclass
class Page(HTMLParser):
    """What is on a page: figures by their words, rows of tables, links, and every tag and attribute."""

    text: str
    figures: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._figure: list[str] | None = None
        self._cell = False
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
            self._figure = [] if given.get("class") == "figure" else None
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True
        elif tag in ("span", "b") and self._figure is not None:
            self._figure.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._figure is not None:
            name, number = self._figure
            self.figures[name], self._figure = number, None
        elif tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._figure:
            self._figure[-1] += data.strip()
        elif self._cell:
            self.rows[-1][-1] += data.strip()


def page(address: str, path: str) -> Page:
    """A console, which has to be there."""
    status, text = asked(address, f"/consoles/{path}")
    assert status == 200, (path, text)
    return Page(text)
