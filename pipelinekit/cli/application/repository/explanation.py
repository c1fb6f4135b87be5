"""What would become of a repository, as a text for a pull request: seen, decided, to check, to decide."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.cli.application import generate, kept, present
from pipelinekit.cli.application.repository import adoption, services, taking
from pipelinekit.cli.application.repository.takein import SUPPOSED
from pipelinekit.cli.output import report
from pipelinekit.errors import Fault, Refused
from pipelinekit.generators import languages
from pipelinekit.model.app import WEB, App
from pipelinekit.reading.app import FILE, read_app

if TYPE_CHECKING:
    from pipelinekit.cli.application.repository.adoption import Adoption
    from pipelinekit.cli.application.repository.asked import Asked
    from pipelinekit.merge import Change

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def explain(asked: Asked, *, as_json: bool) -> None:
    """Print what taking in would do; raises `Refused` where somebody has to decide, `UsageError` where there
    are several services."""
    shown = asked.shown
    with _repository(shown) as folder:
        asked = _named(asked)
        clone = ""
        if is_remote(shown):
            # A page is shown to others, and what is pasted begins where nothing is there yet.
            shown = without_credentials(shown)
            asked = replace(asked, shown=_last(shown))
            clone = f"git clone -- {shlex.join([shown, asked.shown])} && "
        try:
            found = adoption.adoptions(folder, asked, quiet=True)
        except adoption.SeveralServices as several:
            _several(several, shown, clone, as_json=as_json)
            raise several.briefly() from None
        told = [(each, _changes(each, asked.platform)) for each in found]
    faults = [fault for each, changes in told for fault in _faults(each, changes)]
    keep = {each.service: kinds for each, changes in told if (kinds := _in_the_way(changes))}
    one = taking.all_settled(found, asked, keep) if asked.everyone else ""
    command = clone + (one or " && ".join(taking.settled(each, keep.get(each.service, ())) for each in found))
    if as_json:
        pages = [_shown(each, changes) for each, changes in told]
        report.as_json(
            {"applications": pages, "decide": [each.problem for each in faults], "command": command}
        )
    else:
        for each, changes in told:
            report.document("\n".join(_page(each, changes, shown)) + "\n")
        lines = [*_ending(faults, command), *_next(found)]
        report.document("\n".join(lines) + "\n")
    if faults:
        raise Refused(replace(faults[0], hint=command), *faults[1:])


@contextmanager
def _repository(shown: str) -> Iterator[Path]:
    """The folder that was named, or a clone of the address for as long as it is looked at."""
    if not is_remote(shown):
        files.require_folder(Path(shown), option="--from")
        yield Path(shown)
        return
    from pipelinekit.adapters.source import checkouts

    with checkouts.passing(shown) as folder:
        yield folder


def is_remote(shown: str) -> bool:
    """Whether it is the address of a repository that is elsewhere."""
    return "://" in shown or (":" in shown and not Path(shown).exists())


def _named(asked: Asked) -> Asked:
    from pipelinekit import names

    if asked.name or asked.everyone:
        return asked
    return replace(asked, name=names.label_from(_last(asked.shown), names.APPLICATION_MAX) or "app")


def _last(shown: str) -> str:
    """What a folder or an address is called."""
    last = re.split(r"[/:]", shown.rstrip("/"))[-1].removesuffix(".git")
    return Path(shown).resolve().name if last in {"", ".", ".."} else last


def _changes(each: Adoption, platform: str) -> Sequence[Change]:
    """What would become of each generated file."""
    if not each.folder.is_dir():
        return ()
    return kept.worth_telling(adoption.generation_of(each, platform)[1].changes, each.folder)


def _faults(each: Adoption, changes: Sequence[Change]) -> list[Fault]:
    from pipelinekit.merge import UNSETTLED

    waiting = [generate.unsettled_fault(change) for change in changes if change.outcome in UNSETTLED]
    return [*each.questions, *waiting]


def _in_the_way(changes: Sequence[Change]) -> list[str]:
    """The kinds of files that are in the way: they stay theirs."""
    from pipelinekit.merge import UNSETTLED

    return sorted({_kind(change.path) for change in changes if change.outcome in UNSETTLED})


def _kind(path: str) -> str:
    """The kind of file that `--keep` knows it by."""
    if path.startswith("charts/"):
        return "chart"
    if path == "Jenkinsfile":
        return "jenkinsfile"
    return "draft" if "draft" in path else "dockerfile"


def _several(several: adoption.SeveralServices, shown: str, clone: str, *, as_json: bool) -> None:
    if as_json:
        report.as_json(several.shown)
        return
    lines = [f"# Taking in {_text(shown)}: several services", ""]
    lines += _table(
        ("folder", "language", "port", "built from", "why"),
        ((each.path, each.language, services.port_of(each), each.base, each.why) for each in several.found),
    )
    lines += ["", "One of them, or all:", "", "```sh"]
    lines += [*(clone + line for line in (*several.lines, several.every)), "```"]
    report.document("\n".join(lines) + "\n")


def _page(each: Adoption, changes: Sequence[Change], shown: str) -> Iterator[str]:
    yield from (f"# Taking in {_text(shown)} as {each.name}", "", "## Seen", "")
    yield from (f"- {_text(line)}" for line in (each.seen.evidence if each.seen else ()))
    yield from ("", "## Decided", "")
    yield from _table(("what", "value"), _decided(each))
    doubts = each.seen.doubts if each.seen else ()
    if doubts:
        yield from ("", "## To check", "")
        yield from (f"- [ ] {_text(line)}" for line in doubts)
    if changes:
        yield from ("", "## Files", "")
        new = [FILE, *(change.path for change in changes if change.outcome == "create")]
        tops = ", ".join(_text(path) for path in new if "/" not in path)
        yield f"- create {len(new)}, of them at the top {tops}"
        yield from (
            f"- {change.outcome} {_text(change.path)}" for change in changes if change.outcome != "create"
        )
    yield ""


def _decided(each: Adoption) -> Iterator[tuple[str, str]]:
    app = read_app(each.tree[FILE].text)
    build, web = languages.resolved(app), app.processes[WEB]
    open_port = any(fault.code == "port-open" for fault in each.questions)
    open_program = any(fault.code == "program-open" for fault in each.questions)
    yield "language", build.language
    kept = bool(each.seen and each.seen.keeps_dockerfile)
    if build.language != "dockerfile" and not kept:
        yield "version", build.version
        yield "program", "to be decided" if open_program else " ".join(web.command) or build.package
    else:
        yield "Dockerfile", "stays, with its command"
        open_stage = any(fault.code == "target-open" for fault in each.questions)
        if open_stage or build.target:
            yield "stage", "to be decided" if open_stage else build.target
    if each.within:
        yield "descriptor in", each.within
    if not open_program:
        yield "port", "to be decided" if open_port else str(web.port or "none: it answers no requests")
    if web.health:
        yield "health", web.health
    yield "memory", web.resources.memory
    yield from _more(app)
    if not kept:
        yield "tests", " ".join(build.test) or "none"


def _more(app: App) -> Iterator[tuple[str, str]]:
    for name, process in app.processes.items():
        if name != WEB:
            yield f"process {name}", " ".join(process.command)
    for name, line in app.before.items():
        yield f"before each rollout: {name}", " ".join(line)
    for name in sorted(app.processes[WEB].volumes):
        yield "volume", f"{name} at {app.processes[WEB].volumes[name].path}"
    if app.processes[WEB].env:
        yield "variables", " ".join(sorted(app.processes[WEB].env))


def _ending(faults: Sequence[Fault], command: str) -> Iterator[str]:
    if not faults:
        yield from ("Nothing has to be decided:", "", "```sh", command, "```")
        return
    yield from ("## To decide", "")
    yield from (f"- [ ] {_text(str(each))}" for each in faults)
    supposed = f", with {SUPPOSED} for a port that is not known" if f"--port {SUPPOSED}" in command else ""
    yield from ("", f"This settles all of it{supposed}:", "", "```sh", command, "```")


def _next(found: Sequence[Adoption]) -> Iterator[str]:
    apps = [read_app(each.tree[FILE].text) for each in found]
    if len(apps) > 1 or any(present.flows(app) for app in apps):
        yield from ("", f"Next: {present.TO_SYNC}.")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    yield from ("| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows)


def _text(text: str) -> str:
    """Somebody's words in Markdown: one line, and no mark of it counts."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _shown(each: Adoption, changes: Sequence[Change]) -> dict[str, Any]:
    return {
        "name": each.name,
        "folder": str(each.folder),
        "seen": list(each.seen.evidence if each.seen else ()),
        "decided": dict(_decided(each)),
        "toCheck": list(each.seen.doubts if each.seen else ()),
        "files": {change.path: str(change.outcome) for change in changes},
        "app.yaml": each.tree[FILE].text,
    }
