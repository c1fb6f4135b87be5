"""A repository taken in: its descriptor written, its files generated, and what is left to say."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import worktree
from pipelinekit.cli.application import generate, kept, present
from pipelinekit.cli.application.repository import adoption
from pipelinekit.cli.application.repository.asked import THEN, Asked
from pipelinekit.cli.output import report
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Place, Refused
from pipelinekit.reading.app import FILE
from pipelinekit.steps.generate import apply_generation

if TYPE_CHECKING:
    from pipelinekit.cli.application.repository.adoption import Adoption
    from pipelinekit.cli.wiring.line import Line
    from pipelinekit.model.tree import Tree
    from pipelinekit.steps.generate import Generation


def take_in(folder: Path, asked: Asked, remark: str = "", *, with_git: bool, as_json: bool) -> None:
    """Take in what was asked for, or refuse before anything is written; `remark` is told once it is.

    What is in the way of a generated file stays, and is refused at the end with the command that settles it.
    """
    try:
        found = adoption.adoptions(folder, asked)
    except adoption.SeveralServices as several:
        if as_json:
            report.as_json(several.shown)
        raise
    refuse(found, asked)
    # Where nothing could be generated, as behind a link that leads out, nothing is written of any.
    planned = [(each, *adoption.generation_of(each, asked.platform)) for each in found]
    if with_git and worktree.init(folder):
        report.say(f"a git repository in {folder}/, branch main")
    waiting: list[Fault] = []
    commands: list[str] = []
    told: list[dict[str, Any]] = []
    for each, here, generation in planned:
        shown = each.folder if each.service != "." or len(found) > 1 else None
        write_absent(each.folder, each.tree, existing=True, shown=shown)
        generated(here, generation, shown)
        paths = [change.path for change in generation.unsettled]
        waiting += [generate.unsettled_fault(change) for change in generation.unsettled]
        commands += [adoption.settling(each, paths)] if paths else []
        told.append(_shown(each, paths))
        if not as_json:
            report.result(_next_of(each, paths, asked.then))
            if len(found) > 1 or present.flows(here.app):
                report.result(f"  {present.TO_SYNC}")
    if as_json:
        report.as_json({"applications": told})
    if remark:
        report.notice(remark)
    if waiting:
        raise Refused(*_settled_by(waiting, " && ".join(commands)))


def refuse(found: Sequence[Adoption], asked: Asked) -> None:
    """Raise `Refused` with what is left open, and one command line that settles all of it."""
    faults = [fault for each in found for fault in each.questions]
    if not faults:
        return
    if len(found) > 1:
        faults[-1] = replace(faults[-1], hint=f"{faults[-1].hint}\nall of them: {all_settled(found, asked)}")
    raise Refused(*faults)


def all_settled(
    found: Sequence[Adoption], asked: Asked, keep: Mapping[str, Sequence[str]] | None = None
) -> str:
    """One command line that takes in all of them, with a supposed answer to each question; what it is to
    `keep` is by service."""
    from pipelinekit.cli.application.repository.takein import SUPPOSED

    if any(each.seen and (each.seen.choices or each.seen.stages) for each in found):
        return " && ".join(settled(each, (keep or {}).get(each.service, ())) for each in found)
    return asked.every({each.service: SUPPOSED for each in found if each.questions}, keep)


def settled(each: Adoption, keep: Sequence[str] = ()) -> str:
    """The command line that takes one in, with a supposed answer to what it leaves open."""
    command = _answered(each)
    return f"{command} --keep {','.join(keep)}" if keep else command


def _answered(each: Adoption) -> str:
    from pipelinekit.cli.application.repository.takein import SUPPOSED
    from pipelinekit.plan.detect.choices import first

    if not each.questions or each.seen is None:
        return each.command
    if each.seen.choices:
        return f"{each.command} {first(each.seen)}"
    stage = f" --target {each.seen.stages[0]}" if each.seen.stages else ""
    asks_port = any(fault.code == "port-open" for fault in each.questions)
    return f"{each.command}{stage}" + (f" --port {SUPPOSED}" if asks_port else "")


def _settled_by(faults: list[Fault], command: str) -> list[Fault]:
    last = faults[-1]
    return [*faults[:-1], replace(last, hint=f"{last.hint}\nall of them stay yours: {command}")]


def _shown(each: Adoption, waiting: Sequence[str]) -> dict[str, Any]:
    return {
        "name": each.name,
        "folder": str(each.folder),
        "language": each.language,
        "toCheck": list(each.seen.doubts if each.seen else ()),
        "waiting": list(waiting),
    }


def generated(here: Line, generation: Generation, shown: Path | None = None) -> None:
    """Write what is generated, and say what became of each file, in the folder that is `shown`."""
    apply_generation(generation, here.workspace)
    for change in kept.worth_telling(generation.changes, here.root):
        report.say(f"{change.outcome:>10}  {_in(shown, change.path)}")


def _in(folder: Path | None, path: str) -> str:
    return str(folder / path) if folder else path


def write_absent(folder: Path, tree: Tree, *, existing: bool, shown: Path | None = None) -> None:
    """Write the files; one that is there with another content stops it before anything is written.

    What an interrupted run has written is the same, so that running it again completes it.
    """
    present = files.read_texts(folder, tree) if folder.exists() else {}
    if existing and FILE in present:
        # An existing descriptor is the user's, and the rest follows from it.
        tree = {path: file for path, file in tree.items() if path != FILE}
        present.pop(FILE)
    faults = [
        Fault("would-overwrite", "is there already, with another content", Place(str(folder / path)))
        for path, text in present.items()
        if text != tree[path].text
    ]
    if faults:
        last = replace(faults[-1], hint="nothing was written; --from DIR takes an existing repository in")
        raise Refused(*faults[:-1], last)
    missing = {path: file for path, file in tree.items() if path not in present}
    files.write_tree(folder, {path: (file.text, file.executable) for path, file in missing.items()})
    for path in missing:
        report.say(f"{'create':>10}  {_in(shown, path)}")


def _next_of(each: Adoption, waiting: Sequence[str], then: str) -> str:
    doubts = len(each.seen.doubts) if each.seen else 0
    if waiting:
        files_wait = counted(len(waiting), "file waits", "files wait")
        return f"{each.name} ({each.language}) is taken in, and {files_wait} for a decision"
    return what_next(each.folder, each.name, each.language, doubts, then)


def what_next(folder: Path, name: str, language: str, doubts: int, then: str = THEN) -> str:
    """The last words: what is true now, and the next step."""
    step = "" if str(folder) == "." else f"{shlex.join(['cd', str(folder)])} && "
    state = "is ready" if not doubts else f"is taken in, with {doubts} to check (marked in {FILE}),"
    return f"{name} ({language}) {state} in {folder}/\n  next: {step}{then}\n" + present.TO_KNOW
