"""Helm: lint, package, install, test. Version 4 first; where 3 has no such flag, it goes without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from pipelinekit.adapters.cluster import printed
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.charts import (
    answered,
    commands,
    complaints,
    contents,
    doors,
    holders,
    linting,
    packing,
    schemas,
    together,
    undo,
)
from pipelinekit.adapters.cluster.charts.complaints import age, cluster_failed, next_step, require_tested
from pipelinekit.adapters.cluster.direct import records, ways
from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.ports import RIVAL, Say
from pipelinekit.ports.releases import ChartFolder

OWNERSHIP = ("--server-side", "true", "--force-conflicts")
"""What the chart declares is ours again, whoever changed it. Helm 3 has no such flags and needs none: its
three-way merge puts back what the chart declares."""

FIRST = 4.0
"""Seconds until pods are looked at: most get ready just before, and a look would be waited for."""

GONE = ("has no deployed releases", "release: not found")
"""What Helm says when the release that it has looked at is not there any more."""

RIVALS = (
    "release: already exists",
    "cannot re-use a name that is still in use",
    "cannot reuse a name that is still in use",
    "another operation (install/upgrade/rollback) is in progress",
)
"""What Helm says when somebody else has made the record of this release first: nothing is changed then."""


class Helm:
    """Helm against the clusters of a set of kubeconfig files."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._linter = linting.Linter()
        self._packer = packing.Packer()
        self._doors = doors.Doors()
        self._schemas = schemas.Schemas()
        self._answered = answered.Answered(env)
        self.owns = True
        """Whether this Helm knows who owns a field; found out by the first upgrade."""

    def version(self) -> str:
        """Helm's version, without `v`."""
        return process.check(["helm", "version", "--template", "{{.Version}}"]).strip().removeprefix("v")

    def lint(self, folder: Path, replaced: Mapping[str, str], trial: str, name: str, *, root: Path) -> None:
        """Lint and pack as `package` does, which then needs do neither for what differs by digests alone."""
        with momentary.folder() as scratch:
            chart = linting.copied(folder, replaced, Path(scratch, name), root)
            self._linter.lint(chart, trial)
            self._packer.pack(chart)

    def prepare(self, charts: Sequence[ChartFolder]) -> None:
        """Lint and pack these by few processes as far as they are right, so that `package` need not."""
        together.prepare(charts, self._linter, self._packer)

    def package(
        self,
        folder: Path,
        replaced: Mapping[str, str],
        trial: str,
        to: Path,
        name: str,
        *,
        root: Path,
        libraries: Sequence[Path] = (),
    ) -> Path:
        """Lint the chart with `replaced` texts in it, and archive it in the folder `to`.

        It is linted with its own values, and with those of a deployment (`trial`) over each of its
        `values-*.yaml`. The charts in `libraries` are put into its `charts/`, in place of what is there of
        them. The same content gives the same bytes. Raises `ToolFailed` with the linter's words.
        """
        with momentary.folder() as scratch:
            chart = linting.copied(folder, replaced, Path(scratch, name), root)
            linting.bring(libraries, chart)
            with ThreadPoolExecutor(1) as pool:
                linted = pool.submit(self._linter.lint, chart, trial)
                called, content = self._packer.pack(chart)
                linted.result()
            archive = to / called
            write_atomic(archive, content)
        return archive

    def texts(self, archive: Path, names: Iterable[str]) -> dict[str, str]:
        """Those of the files (relative to the chart) that an archive has.

        Raises `ToolFailed` for what is no archive, and for a file that is not UTF-8.
        """
        return contents.texts(archive, names)

    def digests(self, archive: Path) -> dict[str, str]:
        """The digest of each file (relative to the chart); raises `ToolFailed` for what is no archive."""
        return contents.digests(archive)

    def render(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """What would be installed with those values texts, the later ones on top: YAML documents.

        No cluster is asked. Raises `ToolFailed` with Helm's reason.
        """
        self._schemas.require_local(archive)
        begun = self._doors.let_in(("template", target, archive, len(values)), archive, values)
        done = begun.attended(timeout=120) if begun else None
        # What is wrong is said by one that has the chart where it is.
        return self._rendered(archive, target, values) if done is None or done.code else done.out

    def _rendered(self, archive: Path, target: Target, values: Sequence[str], *options: str) -> str:
        self._schemas.require_local(archive)
        with momentary.folder() as scratch:
            files = linting.values_of(commands.written(values, Path(scratch)))
            done = process.run([*commands.templating(target, archive, files), *options], timeout=120)
        if done.code:
            complaint = complaints.whole(done)
            raise failed("chart-invalid", f"helm template: {complaint}", hint=age(complaint))
        return done.out

    def state(self, target: Target) -> ReleaseState | None:
        """What is installed under the target's name, or None."""
        way = ways.to(self.env, target.context)
        if way:
            with suppress(records.UntoldError):
                return records.newest(way, target)
        words = ["helm", "status", target.name, "--output", "json", *undo.scope(target)]
        done = ask(words, target.context, env=self.env)
        if done.code:
            if "release: not found" in done.err:
                self._answered.require(target)
                return None
            raise cluster_failed(target, complaints.whole(done))
        return printed.release(done.out)

    def install(
        self,
        target: Target,
        archive: Path,
        values: Sequence[str],
        *,
        timeout: int,
        hopeless: Callable[[], bool],
        watched: bool = True,
    ) -> ReleaseState:
        """Install or upgrade with those values texts, the later ones on top, and wait until it is ready.

        `timeout` is in seconds. While Helm waits, `hopeless` is asked every two seconds, from the third on,
        whether it still makes sense; when it says yes, Helm is told to give up. Unless `watched` no Job is
        waited for. Raises `ToolFailed` with Helm's reason.
        """
        self._schemas.require_local(archive)
        what = ("upgrade", target, archive, len(values), timeout)
        begun = self._doors.let_in(what, archive, values) if watched else None
        done = begun.attended(tick=hopeless, first=FIRST) if begun else None
        if done and any(each in done.err for each in GONE):
            done = None
        if done is None:
            options = commands.installing(timeout)
            done = self._upgrade(target, archive, values, *options, tick=hopeless, watched=watched)
        if done.code:
            complaint = complaints.whole(done)
            rival = any(each in complaint for each in RIVALS)
            code = RIVAL if rival else "deploy-failed"
            raise failed(code, f"helm: {complaint}", hint=next_step(complaint, target))
        return printed.release(done.out)

    @contextmanager
    def ready(self, target: Target, archive: Path, layers: int, *, timeout: int) -> Iterator[None]:
        """Begin what `install` with so many texts of values goes on with, if it is called within the block.

        The archive may be made meanwhile. Nothing is changed by it.
        """
        with momentary.folder() as scratch:
            more, env = self._left_out(archive, Path(scratch))
            options = [*commands.installing(timeout), *OWNERSHIP, *more]
            what = ("upgrade", target, archive, layers, timeout)
            with self._doors.waiting(
                what,
                lambda chart, files: commands.upgrading(target, chart, files, options),
                archive,
                layers,
                env,
            ):
                yield

    def is_ready(self, target: Target, archive: Path, layers: int, *, timeout: int) -> bool:
        """Whether `ready` has begun one that is still good enough."""
        return self._doors.waits(("upgrade", target, archive, layers, timeout))

    @contextmanager
    def ready_to_render(self, target: Target, archive: Path, layers: int) -> Iterator[None]:
        """The same for `render`."""
        what = ("template", target, archive, layers)
        with self._doors.waiting(
            what, lambda chart, files: commands.templating(target, chart, files), archive, layers, {}
        ):
            yield

    def last_good(self, target: Target) -> int | None:
        """The newest revision that was deployed whole and counts still, or None."""
        return undo.last_good(self.env, target)

    def has_run(self, target: Target) -> bool:
        """Whether any revision was ever deployed whole, as far back as there are records."""
        return undo.has_run(self.env, target)

    def back(
        self,
        target: Target,
        revision: int,
        *,
        timeout: int,
        hopeless: Callable[[], bool],
        watched: bool = True,
    ) -> None:
        """Roll back to that revision and wait until it runs, unless `watched` for no Job.

        Raises `ToolFailed` with Helm's reason.
        """
        options: tuple[str, ...] = OWNERSHIP if self.owns else ()
        if self.owns and not (watched and undo.is_watchable(self.env, target, revision)):
            options = (*OWNERSHIP, commands.LOOKING)
        done = undo.back(self.env, target, revision, timeout=timeout, options=options, tick=hopeless)
        if done.code:
            raise failed("rollback-failed", f"helm rollback: {complaints.whole(done)}")

    def preview(self, target: Target, archive: Path, values: Sequence[str]) -> ReleaseState:
        """The release that `install` would make, as Helm renders it against the cluster.

        Raises `ToolFailed` with Helm's reason.
        """
        self._schemas.require_local(archive)
        done = self._upgrade(target, archive, values, "--dry-run=server")
        if done.code:
            raise cluster_failed(target, f"helm: {complaints.whole(done)}")
        return printed.release(done.out)

    def _upgrade(
        self,
        target: Target,
        archive: Path,
        values: Sequence[str],
        *options: str,
        tick: Callable[[], bool] | None = None,
        watched: bool = True,
    ) -> process.Completed:
        with momentary.folder() as scratch:
            files = linting.values_of(commands.written(values, Path(scratch)))
            words = commands.upgrading(target, archive, files, options)
            if self.owns:
                more, env = self._left_out(archive, Path(scratch))
                more = more if watched else [*more, commands.LOOKING]
                # Helm 3 must stumble over these first: it takes a post-renderer by its path.
                done = process.watch([*words, *OWNERSHIP, *more], env=env, tick=tick, first=FIRST)
                if "unknown flag: --server-side" not in done.err:
                    return done
                self.owns = False
            more, env = self._left_out(archive, Path(scratch))
            return process.watch([*words, *more], env=env, tick=tick, first=FIRST)

    def _left_out(self, _archive: Path, _scratch: Path) -> tuple[list[str], Mapping[str, str]]:
        """Options that keep objects out of a release, and the environment that they need."""
        return [], self.env

    def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
        """Of an installation's record: does its process live (None: cannot tell), and until when may it."""
        return holders.read(labels)

    def test(self, target: Target, say: Say) -> None:
        """Run the chart's tests; raises `CheckFailed` with what they said, `ToolFailed` for a silence."""
        done = process.watch(
            ["helm", "test", target.name, "--logs", "--timeout", "120s", *undo.scope(target)],
            env=self.env,
            line=lambda text: say(text) if text.startswith("GET ") else None,
        )
        if done.code:
            require_tested(complaints.whole(done), target, self.state)
            raise complaints.untested(done, target)
