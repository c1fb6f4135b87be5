"""Jenkins: its jobs, its plugins and its builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import failed, refused
from pipelinekit.generators.configxml import FOLDER, MULTIBRANCH, PIPELINE
from pipelinekit.model.jenkins.jobplan import Found
from pipelinekit.model.jenkins.jobrun import Console, Ticket
from pipelinekit.model.jenkins.marker import read_marker
from pipelinekit.reading.configxml import read_config


class Jobs:
    """A controller's jobs: texts by path. A path in `broken` cannot be posted."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.posted: list[str] = []
        self.deleted: list[str] = []
        self.broken: set[str] = set()

    def items(self, roots: Iterable[str]) -> dict[str, Found]:
        found = {path: self._found(path) for path in self.texts}
        return {path: each for path, each in found.items() if path.partition("/")[0] in set(roots)}

    def _found(self, path: str) -> Found:
        config = read_config(self.texts[path])
        kinds = {FOLDER: "folder", MULTIBRANCH: "multibranch", PIPELINE: "pipeline"}
        return Found(
            path=path,
            kind=kinds.get(config.root, config.root),
            disabled=config.disabled,
            marker=read_marker(self.texts[path]),
        )

    def config(self, path: str) -> str | None:
        return self.texts.get(path)

    def configs(self, paths: Sequence[str], at_once: int) -> dict[str, str | None]:
        return {path: self.config(path) for path in paths}

    def post(self, path: str, xml: str, *, create: bool) -> None:
        assert create is (path not in self.texts), path
        folder = path.rpartition("/")[0]
        if path in self.broken or (folder and folder not in self.texts):
            raise failed("jenkins-refused", f"Jenkins refuses {path} (400)")
        self.posted.append(path)
        self.texts[path] = xml

    def delete(self, path: str) -> None:
        self.deleted.append(path)
        self.texts = {
            each: text for each, text in self.texts.items() if not f"{each}/".startswith(f"{path}/")
        }


@dataclass
class Controller:
    """What a controller has; None is what this account may not see."""

    has: frozenset[str] | None = frozenset(
        (
            "cloudbees-folder",
            "workflow-job",
            "workflow-cps",
            "workflow-multibranch",
            "pipeline-groovy-lib",
            "git",
            "github-branch-source",
        )
    )
    versions: dict[str, str] = field(default_factory=dict)
    below: dict[str, tuple[str, ...]] = field(default_factory=dict)
    trusted: frozenset[str] | None = frozenset()
    stores: dict[str, frozenset[str] | None] = field(default_factory=dict)
    built: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def version(self) -> str:
        return "2.479.3"

    def plugins(self) -> dict[str, str] | None:
        return None if self.has is None else {each: self.versions.get(each, "999.v0") for each in self.has}

    def folders(self, path: str) -> tuple[str, ...]:
        return self.below.get(path, ())

    def trusted_libraries(self) -> frozenset[str] | None:
        return self.trusted

    def credential_ids(self, folder: str) -> frozenset[str] | None:
        self.asked.append(folder)
        return self.stores.get(folder, frozenset())

    def paths_with_builds(self, paths: Iterable[str]) -> frozenset[str]:
        return self.built & frozenset(paths)


@dataclass
class Builds:
    """One build: it waits `queue` looks, then says the pieces of its console, one a look.

    A piece that is an error is what the controller answers at that look.
    """

    queue: int = 1
    pieces: list[str | Exception] = field(default_factory=list)
    ends: str = "SUCCESS"
    cancelled: bool = False
    said: int = 0
    stopped: list[int | None] = field(default_factory=list)

    def trigger(self, path: str, parameters: Mapping[str, str], *, whole: bool = False) -> Ticket:
        return Ticket(path=path, item=7, next_number=1, session="s")

    def started(self, ticket: Ticket) -> int | None:
        if self.cancelled:
            raise refused("build-cancelled", f"{ticket.path} was taken out of the queue")
        self.queue -= 1
        return None if self.queue >= 0 else 1

    def why_waiting(self, ticket: Ticket) -> str:
        return "In the quiet period"

    def console(self, path: str, number: int, offset: int) -> Console:
        assert offset == self.said * 1000, "an offset is Jenkins' own count"
        piece = self.pieces[self.said] if self.said < len(self.pieces) else ""
        if isinstance(piece, Exception):
            self.pieces.remove(piece)
            raise piece
        self.said += self.said < len(self.pieces)
        return Console(text=piece, offset=self.said * 1000, more=self.said < len(self.pieces))

    def result(self, path: str, number: int) -> str:
        return self.ends

    def stop(self, path: str, number: int | None, ticket: Ticket) -> None:
        self.stopped.append(number)
