"""`generate --all`: every application of a platform, in local checkouts or in clones."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelinekit import __version__
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.folder.workspace import Workspace, glance
from pipelinekit.adapters.source import checkouts, platforms
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.cli.application.difference import diff
from pipelinekit.cli.output import bug, report
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, PipelinekitError, Refused, ToolFailed, check_failed, failed, usage
from pipelinekit.model.platform.document import Platform, Registration
from pipelinekit.model.platform.lock import PlatformLock
from pipelinekit.names import nearest
from pipelinekit.plan.site import site_of
from pipelinekit.reading.app import FILE
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.steps import fleet
from pipelinekit.steps.fleet import BAD, Result, State, Tool
from pipelinekit.steps.generate import inputs_with, is_current, shared_inputs

BRANCH = "pipelinekit/generate"
AT_ONCE = 8
SHOWN = 5
"""So many applications are named in one line."""


@dataclass(frozen=True, kw_only=True)
class FleetOptions:
    """What `generate --all` was told."""

    platform: str
    only: tuple[str, ...] = ()
    base: str = ""
    branch: str = ""
    commit: bool = False
    push: bool = False
    check: bool = False
    diff: bool = False

    @property
    def looks(self) -> bool:
        """Whether nothing is to be written."""
        return self.check or self.diff


@dataclass(frozen=True)
class Work:
    """The work for one application; picklable, so that it can be done in another process."""

    platform: Platform
    options: FleetOptions

    def __call__(self, registration: Registration) -> Result:
        """Open the application's folder, generate, and commit when asked."""
        title = registration.title
        try:
            if self.options.base:
                folder = checkouts.local(Path(self.options.base), registration)
                if self.options.commit:
                    checkouts.require_clean(folder)
                return self._in(folder, registration)
            with checkouts.clone(registration) as folder:
                return self._in(folder, registration)
        except PipelinekitError as error:
            return fleet.failed(title, error)
        except OSError as error:
            # What is odd about one folder must not end the report about all the others.
            return fleet.failed(title, failed("folder-unusable", str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one application's
            return fleet.failed(title, bug.as_failure(error))

    def _in(self, folder: Path, registration: Registration) -> Result:
        options = self.options
        tool = Tool(
            version=__version__,
            templates=packaged.templates(),
            templates_digest=packaged.templates_digest(),
            merge=MergeFile(),
        )
        # A clone that nothing is committed in is thrown away: there is no sense in writing to it.
        write = not options.looks and (bool(options.base) or options.commit)
        result = fleet.update(
            registration,
            Workspace(folder),
            Workspace(folder).read_bytes(FILE),
            site_of(self.platform, registration, library=__version__),
            tool,
            write=write,
            show=(lambda changes: "".join(diff(changes))) if options.diff else (lambda _: ""),
        )
        if not options.commit or result.state is not State.UPDATED:
            return result
        branch = options.branch or ("" if options.base else BRANCH)
        is_new = checkouts.commit(
            folder,
            [*result.files, ".pipelinekit"],
            branch=branch,
            message=f"Generate with pipelinekit {__version__}",
            push_to=registration.repository if options.push else "",
        )
        return result if is_new else fleet.waiting(registration, branch)


class Done:
    """Says quickly whether an application's checkout has all that would be generated."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.shared: dict[tuple[str, str, str], bytes] = {}

    def __call__(self, registration: Registration) -> bool:
        """Whether it has; whoever cannot say says no."""
        if not self.work.options.base or self.work.options.commit:
            return False
        try:
            read, lock = self._glance(registration)
            inputs = inputs_with(read, registration.title, self._shared(registration))
            return is_current(lock.decode(errors="replace"), inputs)
        except Exception:  # noqa: BLE001 - the work itself will say what is wrong
            return False

    def _glance(self, registration: Registration) -> tuple[bytes, bytes]:
        base = self.work.options.base
        if registration.path == ".":
            # Where a checkout is first sought: to look for one takes as long as to read in it.
            with contextlib.suppress(FileNotFoundError):
                return glance(f"{base}/{registration.team}/{registration.name}", FILE)
        return glance(os.fspath(checkouts.local(Path(base), registration)), FILE)

    def _shared(self, registration: Registration) -> bytes:
        # All that a site takes from a registration.
        key = registration.team, registration.branch, registration.path
        if key not in self.shared:
            site = site_of(self.work.platform, registration, library=__version__)
            self.shared[key] = shared_inputs(site, __version__, packaged.templates_digest())
        return self.shared[key]


def run(options: FleetOptions, *, as_json: bool) -> None:
    """Generate the fleet and report; exit code 5 or 6 when an application could not be brought up to date."""
    if not options.platform:
        raise usage(
            "platform-missing", "--all is about a platform's applications", hint="name it with --platform"
        )
    if options.push and not options.commit:
        raise usage("push-without-commit", "--push pushes what --commit has committed", hint="give both")
    if options.commit and options.looks:
        raise usage("looks-alone", "--check and --diff only look, and --commit does", hint="give one of them")
    if options.commit and not (options.push or options.base):
        problem = "--commit without --push commits in clones that are thrown away"
        hint = f"--push puts it on the branch {options.branch or BRANCH}"
        hint += "; --checkouts DIR commits in folders that are here"
        raise usage("commit-nowhere", problem, hint=hint)
    text = platforms.read_platform_text(options.platform)
    platform = read_platform(text.content, text.origin)
    these = _chosen(platform, options.only)
    for line in _out_of_step(platform, text.lock, options.only):
        report.notice(line)
    work = Work(platform, options)
    results = fleet.for_all(
        these,
        work,
        (lambda _: None) if as_json else report.say,
        at_once=AT_ONCE,
        processes=(os.cpu_count() or 1) if options.base else 1,
        is_done=Done(work),
    )
    for each in results if not as_json else ():
        for changed in each.shown.splitlines(keepends=True):
            report.document(_below(each.title, changed))
    _report(results, as_json=as_json)
    _exit(results, check=options.check)


def _below(title: str, line: str) -> str:
    """A line of an application's diff, its files named below the application."""
    return re.sub(r"\A(---|\+\+\+) ([ab])/", rf"\1 \2/{title}/", line)


def _out_of_step(platform: Platform, lock: PlatformLock, only: Sequence[str]) -> list[str]:
    """What the platform's lock and its registrations do not agree about; nothing where there is no lock.

    Whoever asks for some of them is told of those alone.
    """

    def asked(registrations: Iterable[Registration]) -> set[Registration]:
        return {each for each in registrations if not only or each.title in only}

    if not lock.applications:
        return []
    locked = asked(each.registration for each in lock.applications)
    registered = asked(platform.applications)
    hint = "`pipelinekit platform sync` brings the lock up to date"
    return [
        f"{_some(sorted(each.title for each in these))}: {what}; {hint}"
        for these, what in (
            (registered - locked, "registered, and not in platform.lock.yaml"),
            (locked - registered, "in platform.lock.yaml, and not registered so any more"),
        )
        if these
    ]


def _some(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - SHOWN} more" if len(titles) > SHOWN else ""
    return ", ".join(titles[:SHOWN]) + more


def _chosen(platform: Platform, only: Sequence[str]) -> list[Registration]:
    known = {each.title: each for each in platform.applications}
    for title in only:
        if title not in known:
            problem = f"the platform has no application {title}"
            raise usage(
                "application-unknown",
                problem,
                hint=nearest(title, known) or "register it below applications:",
            )
    return [each for title, each in known.items() if not only or title in only]


def _report(results: Sequence[Result], *, as_json: bool) -> None:
    counts = {str(state): sum(each.state is state for each in results) for state in State}
    if as_json:
        rows = {
            each.title: {"state": str(each.state), "files": list(each.files), "reason": each.reason or None}
            for each in results
        }
        report.as_json({"counts": counts, "applications": rows})
        return
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    report.result(f"{counted(len(results), 'application')}: {told or 'nothing to do'}")


def _exit(results: Sequence[Result], *, check: bool) -> None:
    bad = [each for each in results if each.state in BAD]
    if bad:
        kind = Refused if all(each.state is State.CONFLICT for each in bad) else ToolFailed
        raise kind(*(Fault(f"fleet-{each.state}", f"{each.title}: {each.reason}") for each in bad))
    outdated = [each.title for each in results if each.state is State.OUTDATED]
    if check and outdated:
        raise check_failed(
            "not-current",
            f"{counted(len(outdated), 'application is', 'applications are')} not current",
            hint=_some(outdated),
        )
