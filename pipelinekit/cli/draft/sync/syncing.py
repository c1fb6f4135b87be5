"""Sync: a change goes into the running pods where that is enough, and into a new image where it is not."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from pipelinekit.cli.draft.rise import rising, trial
from pipelinekit.cli.draft.rise.away import CLUSTER, Waiting
from pipelinekit.cli.draft.sync import stillness
from pipelinekit.cli.output import report
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, failed, refused
from pipelinekit.model.sources import Applied, Layout, Look
from pipelinekit.plan.sync import values
from pipelinekit.plan.sync.batches import difference, digest_of, told
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.reading.docker.sources import layout_of
from pipelinekit.steps.innerloop.copies import Copies, Moved
from pipelinekit.steps.innerloop.image import TRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelinekit.adapters.sync.folder import SourceFolder
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.draft import Built, Pod
    from pipelinekit.model.release import Target
    from pipelinekit.steps.innerloop.release import Chart

STILL = 0.15
"""Seconds in which two looks have to be the same."""
FEW = 20
"""Paths that are a save and no checkout: what is half written of them is seen when it is read."""
BUILT = frozenset({"sync-layout", "sync-name", "sync-file"})
"""What a build can take and sync cannot: it ends the session, and each change is a build from then on."""
AGAIN = 2.0
"""Seconds until a pod that did not answer is tried again."""
DEAF = 10.0
"""Seconds after which what tells of pods is begun again where it has ended: a server ends it now and then."""


def able(here: Draft) -> Layout | str:
    """How sync can serve the folder, or the reason why each change is a build."""
    if not here.described:
        return "there is no app.yaml that says its language"
    if here.app.build.folder:
        return "the image is built from a folder that others share"
    name = here.settings.dockerfile or "Dockerfile"
    build = here.app.build
    found = layout_of(here.text(name), build.language, here.text("package.json"), build.target)
    if isinstance(found, Layout):
        with rising.chart_of(here, here.target) as chart:
            if not values.takes(chart.values):
                return "the chart has no place for it: `pipelinekit generate` brings one"
    return found


def folder(here: Draft, found: Layout) -> SourceFolder:
    """The folder as sync looks at it."""
    from pipelinekit.adapters.sync.folder import SourceFolder

    return SourceFolder(here.root, here.settings.dockerfile or "Dockerfile", found)


def developed(here: Draft, found: Layout, building: str) -> rising.Develop:
    """What is laid over the chart's values, so that its pods can be synced."""
    from pipelinekit.adapters.sync.receivers import programs

    def given(chart: Chart, built: Built) -> Mapping[str, Any]:
        image, begins, command = trial.begins(here, built)
        where = found.where or begins
        if found.runtime == "sh":
            trial.require_shell(here, image)
        if where.rstrip("/") == "":
            raise refused("sync-layout", "the image has no WORKDIR of its own", hint="--no-sync")
        own = overlay(dict(chart.values), read_values(chart.environment, "values"))
        return values.synced(found.runtime, programs(found.runtime), where, command, building, own)

    return given


class Session:
    """One `up --watch` that syncs: `turn` makes the pods what the folder is, by whichever way is right."""

    def __init__(self, here: Draft, target: Target, asked: rising.Asked, found: Layout) -> None:
        from pipelinekit.adapters.cluster.pods import streams

        self.target, self.asked, self.streams = target, asked, streams
        self.news = threading.Event()
        self.due = 0.0
        self.copies: Copies | None = None
        self.built: Look | None = None
        self.pods: tuple[Pod, ...] | None = None
        """As they were when last something was told of them."""
        self.moves = 0
        """How many builds in a row have found other files at their end."""
        self.restarts: dict[str, Mapping[str, int]] = {}
        self.doubt = ""
        """Why what runs was said to be stale, until it is said to be what the folder holds."""
        self.served = False
        """Whether a pod of the last build has taken sources."""
        self.changed = False
        """Whether it is a change that is answered, and not the time until another try that is over."""
        self.anew(here, found)
        self.waiting = Waiting(here, target)
        self._listen()

    def anew(self, here: Draft, found: Layout) -> None:
        """Go on with a later look at the documents."""
        self.here, self.layout, self.folder = here, found, folder(here, found)
        self.seen: Look | None = None

    def _listen(self) -> None:
        self.changes = self.streams.changes(self.here.kube, self.target, self.news.set)
        self.listens = time.monotonic()

    def pending(self) -> bool:
        """Whether there is something to do although no file has changed."""
        if self.waiting.is_on:
            return self.waiting.pending()
        now = time.monotonic()
        deaf = self.changes.ended.is_set() and now > self.listens + DEAF
        return self.news.is_set() or deaf or 0 < self.due <= now

    def builds(self) -> bool:
        """Whether anything has changed that an image or a release is made of, the documents among it."""
        try:
            self.seen = self.folder.look()
        except PipelinekitError:
            return True
        return self.built is None or self.seen.building != self.built.building

    def turn(self, count: int) -> None:
        """Build, sync, or do nothing, so that the pods have what the folder holds; what fails is said.

        `count` is how many paths are said to have changed.
        """
        if self.waiting.still():
            self.seen = None
            report.now(f"stale: {self._where()} is not what the folder holds: {self.waiting.told}")
            return
        if self.news.is_set() or self.due or self.waiting.is_on:
            self.pods = None
        self.news.clear()
        self.due, self.changed = 0.0, count > 0
        if self.changes.ended.is_set():
            self.pods = None
            self._listen()
        try:
            quick = count <= FEW and not stillness.checking_out(self.here.root)
            now = (self.seen or self.folder.look()) if quick else self._still(STILL)
            self.seen = None
            if self.built is None or now.building != self.built.building:
                self._build()
            elif not self._sync(now):
                report.say(f"no pod of {self._where()} takes sources any more: brought up again with sync")
                self._build()
            if self.doubt and self._have(now):
                report.now(f"{self._where()} is what the folder holds again")
                self.doubt = ""
            self.waiting.over()
        except Moved:
            self.due = time.monotonic()
        except PipelinekitError as error:
            self._stale(error)
            self.waiting.failed(error)

    def close(self) -> None:
        """End what follows the pods, and the ways into them."""
        self.changes.stop()
        self._leave()

    def _leave(self) -> None:
        if self.copies:
            self.copies.receivers.close()
        self.copies = None

    def _still(self, seconds: float) -> Look:
        return stillness.still(self.folder, self.here.root, seconds)

    def _build(self) -> None:
        again, self.built, self.pods, self.served = self.built is not None, None, None, False
        self._leave()
        before = self._still(float(self.here.settings.watch_delay)) if again else self.folder.look()
        building = digest_of(before.building)
        with_sync = rising.Asked(
            timeout=self.asked.timeout, develop=developed(self.here, self.layout, building)
        )
        outcome = rising.bring_up(self.here, self.target, with_sync)
        report.now(outcome.sentence)
        self.doubt = ""
        now = self.folder.look()
        if now.building != before.building or now.sources.keys() != before.sources.keys():
            self.moves += 1
            if self.moves == TRIES:
                self.moves = 0
                hint = "what a task writes, or the program, belongs into .dockerignore"
                raise failed("sources-moving", f"files have changed with each of {TRIES} builds", hint=hint)
            self.due = time.monotonic()
            return
        self.built, self.moves = now, 0
        state = self.here.helm.state(self.target)
        path = str(values.sync_of(state.values if state else {}).get("path", ""))
        self.copies = Copies(
            self.target, before.sources, self.folder, receivers(self.here, self.layout, path)
        )
        self._sync(now)

    def _sync(self, now: Look) -> bool:
        """Have the pods be what the folder is; whether they are such that they can be.

        Another `draft up` may have replaced them, or `draft reap` have put them to sleep: what is saved from
        then on would get nowhere, and nobody would be told.
        """
        if self.copies is None:
            return True
        if self.pods is None:
            self.pods = self.here.pods.pods(self.target)
            self.copies.receivers.only({pod.name for pod in self._staying()})
        # Looked at anew where one does not answer.
        staying = self._staying()
        for pod in staying:
            self._forget_what_began_again(pod)
            for container in pod.synced:
                self._bring(pod, container, now)
        if any(pod.synced for pod in staying):
            self.served = True
            return True
        # Of jobs alone no pod ever takes any.
        replaced = self.served and any(pod.ready for pod in staying)
        return not (replaced or self.changed)

    def _have(self, now: Look) -> bool:
        """Whether every pod was found to have, or was brought, what the folder holds."""
        known = self.copies.known if self.copies else {}
        there = [known.get((pod.name, each)) for pod in self._staying() for each in pod.synced]
        return bool(there) and all(each == now.sources for each in there)

    def _staying(self) -> list[Pod]:
        return [pod for pod in self.pods or () if not pod.going]

    def _forget_what_began_again(self, pod: Pod) -> None:
        if self.copies and self.restarts.setdefault(pod.name, pod.restarts) != pod.restarts:
            self.restarts[pod.name] = pod.restarts
            self.copies.forget(pod.name)

    def _bring(self, pod: Pod, container: str, now: Look) -> None:
        assert self.copies is not None  # noqa: S101 - for the types: asked by the caller
        before, began = self.copies.known.get((pod.name, container)), time.monotonic()
        try:
            done = self.copies.bring(pod, container, now.sources)
        except ToolFailed as error:
            self.pods = None
            self.due = time.monotonic() + AGAIN
            if pod.ready:
                self._stale(error)
            return
        if done is not None and (done.state or before is not None):
            what = "all that has changed" if before is None else told(difference(before, now.sources))
            report.now(self._sentence(pod, container, what, done, time.monotonic() - began))

    def _sentence(self, pod: Pod, container: str, what: str, done: Applied, seconds: float) -> str:
        took = f"{what} in {container} of {pod.name}, {seconds:.1f} s"
        if done.state == "ended":
            return f"synced {took}: the program ended with {done.code}, and begins again with the next change"
        if done.state == "silent":
            return f"synced {took}: the program does not answer"
        return f"synced {took}: what the folder holds runs"

    def _where(self) -> str:
        return f"{self.target.name} in {self.target.namespace}"

    def _stale(self, error: PipelinekitError) -> None:
        # Tried again every few seconds, it would be told again every few seconds.
        if self.changed or self.doubt != str(error):
            report.error(error)
            # Nobody has changed anything: it may be what it was, and nobody can be asked.
            unknown = bool(self.built) and not self.changed and error.faults[0].code in CLUSTER
            said = "not known whether {} is" if unknown else "stale: {} is not"
            report.now(f"{said.format(self._where())} what the folder holds")
        self.doubt = str(error)
        if isinstance(error, Refused) and error.faults[0].code in BUILT:
            raise error


def receivers(here: Draft, found: Layout, path: str) -> Any:
    """The receivers in the pods of a release whose sources are in that folder."""
    if found.runtime == "sh":
        from pipelinekit.adapters.sync.shells import ShellReceivers

        return ShellReceivers(here.kube, path)
    from pipelinekit.adapters.sync.receivers import PodReceivers

    return PodReceivers(here.kube, found.runtime, path)
