"""`draft up --watch`: again with every change, and never silent about what does not run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import watcher
from pipelinekit.adapters.folder import chartcopy
from pipelinekit.cli.draft.rise import moving, rising
from pipelinekit.cli.draft.rise.away import Waiting
from pipelinekit.cli.draft.sync import syncing
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.contexts import context_of
from pipelinekit.counts import counted
from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.sources import Layout
from pipelinekit.reading.docker.dockerignore import Ignore, read_dockerignore
from pipelinekit.steps.artefacts.recipe import resolve
from pipelinekit.steps.innerloop import image

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import Target

IGNORE = ".draftignore"
ALWAYS = "**/.git\n.pipelinekit\n**/.*.pipelinekit-tmp\n"
QUICK = 0.05
"""Seconds of silence before a change is synced."""


def follow(here: Draft, target: Target, asked: rising.Asked, *, sync: bool) -> None:
    """Bring it up with every change until Ctrl-C; what fails is said, and the next change tries again."""
    found = syncing.able(here) if sync else "--no-sync"
    if isinstance(found, Layout):
        # Refused where the image turns out to have its sources in another way: then by builds.
        with suppress(Refused):
            _sync(here, target, asked, found)
    elif sync:
        report.say(f"each change is a build: {found}")
    folder, counts = watched(here)
    builds = Builds(here, target, asked)
    # It watches before it brings up: what changes meanwhile is heard.
    for count in watcher.changes(folder, counts, here.settings.watch_delay, report.say, builds.pending):
        if count:
            report.say(f"{counted(count, 'path has', 'paths have')} changed")
        # The first time as well: a session may have ended over a document that has changed.
        builds.turn(count)


def _sync(here: Draft, target: Target, asked: rising.Asked, found: Layout) -> None:
    with closing(syncing.Session(here, target, asked, found)) as session:
        for count in watcher.changes(*watched(here), QUICK, report.say, session.pending):
            if (count or session.waiting.is_on) and session.builds():
                _look_anew(session)
            session.turn(count)


def _look_anew(session: syncing.Session) -> None:
    """Read the documents again; what they say wrong is said by the build that follows."""
    try:
        session.here = here = _anew(session.here)
        found = syncing.able(here)
    except PipelinekitError:
        return
    if isinstance(found, str):
        report.say(f"from now on each change is a build: {found}")
        raise Refused
    session.anew(here, found)


def _anew(here: Draft) -> Draft:
    return moving.looked_at(here).at(here)


def watched(here: Draft) -> tuple[Path, Callable[[str], bool]]:
    """The folder that the image is built from, and whether a path in it counts: .draftignore says it of the
    application's own folder, and of what others share with it by the same patterns, as it is by then."""
    ignored = _Ignored(here)
    own = here.app.build.folder
    return context_of(here.root, own), lambda each: not ignored.now().excludes(each.removeprefix(f"{own}/"))


class _Ignored:
    """What .draftignore says: read again when it is another file, and as it was where it cannot be read."""

    def __init__(self, here: Draft) -> None:
        self._here = here
        self._seen = self._stamp()
        self._rules = self._read()

    def now(self) -> Ignore:
        """The rules that hold."""
        seen = self._stamp()
        if seen != self._seen:
            self._seen = seen
            try:
                self._rules = self._read()
            except PipelinekitError as error:
                report.error(error)
        return self._rules

    def _read(self) -> Ignore:
        text = self._here.text(IGNORE)
        # What is wrong in it is told as it stands there.
        read_dockerignore(text, IGNORE)
        return read_dockerignore(_deep(text) + ALWAYS, IGNORE)

    def _stamp(self) -> object:
        try:
            found = (self._here.root / IGNORE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _deep(text: str) -> str:
    """The patterns of a .draftignore as a .dockerignore has them, line by line: Draft's own file has such as
    hold at every depth, and what is taken back in has to come after what it is taken from."""
    lines = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = line.strip()
        back = "!" if pattern.startswith("!") else ""
        name = pattern.removeprefix("!").strip()
        deep = name and not line.startswith("#") and "/" not in name.rstrip("/")
        lines.append(f"{back}**/{name}" if deep else line)
    return "\n".join((*lines, ""))


def _wrote(here: Draft) -> bool:
    """Whether an `up` itself may be who has changed the folder: each would bring about the next one."""
    return bool(here.tasks.pre_up or here.tasks.post_up)


def _made_of(here: Draft) -> tuple[object, ...]:
    """What an `up` would be made of now."""
    shop = rising.workshop(here)
    given = (shop.sources, shop.engine, shop.registry, shop.secrets)
    recipe = resolve(here.plan, "", *given, lambda _: None)
    chart = chartcopy.find(here.root, here.settings.chart)
    return image.tag_of(recipe), moving.documents(here), chartcopy.digest_of(chart, here.root)


class Builds:
    """An `up` of what the folder holds at each turn; its failure ends nothing but itself."""

    def __init__(self, here: Draft, target: Target, asked: rising.Asked) -> None:
        self.here, self.target, self.asked = here, target, asked
        self.waiting = Waiting(here, target)
        self.pending = self.waiting.pending
        self.doubt = ""
        """Why what runs was said to be stale."""
        self.made_of: tuple[object, ...] = ()
        """What the last `up` that went well was made of."""

    def turn(self, count: int) -> None:
        """Bring it up, after so many paths have changed; where somebody is away for that, wait for them."""
        stale = f"stale: {self.target.name} in {self.target.namespace} is not what the folder holds"
        if self.waiting.still():
            report.now(f"{stale}: {self.waiting.told}")
            return
        try:
            here = _anew(self.here)
            if count and self.made_of and _wrote(here) and _made_of(here) == self.made_of:
                report.say("the folder holds what was brought up")
                return
            done = rising.bring_up(here, self.target, self.asked)
        except PipelinekitError as error:
            # Tried again by itself, it would be told each time.
            if count or self.doubt != str(error):
                report.error(error)
                report.now(stale)
            self.doubt, self.made_of = str(error), ()
            self.waiting.failed(error)
        else:
            report.now(done.sentence)
            self.doubt, self.made_of = "", done.made_of
            self.waiting.over()
