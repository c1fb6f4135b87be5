"""A repository taken in: its descriptor written, its files generated, and what is left to say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters import files
from pipelinekit.adapters.source import worktree
from pipelinekit.cli import report
from pipelinekit.cli.application import adoption, generate, present
from pipelinekit.errors import Fault, Place, Refused
from pipelinekit.reading.app import FILE
from pipelinekit.steps.generate import apply_generation

if TYPE_CHECKING:
    from pipelinekit.cli.application.adoption import Adoption, Asked
    from pipelinekit.cli.wiring import Line
    from pipelinekit.model.tree import Tree
    from pipelinekit.steps.generate import Generation


def take_in(folder: Path, asked: Asked, *, with_git: bool, as_json: bool) -> None:
    """Take in what was asked for, or refuse before anything is written.

    What is in the way of a generated file stays, and is refused at the end with the command that settles it.
    """
    try:
        found = adoption.adoptions(folder, asked)
    except adoption.SeveralServices as several:
        if as_json:
            report.as_json(several.shown)
        raise
    refuse(found)
    if with_git and worktree.init(folder):
        report.say(f"a git repository in {folder}/, branch main")
    waiting: list[Fault] = []
    commands: list[str] = []
    told: list[dict[str, Any]] = []
    for each in found:
        write_absent(each.folder, each.tree, existing=True)
        here, generation = adoption.generation_of(each, asked.platform)
        generated(here, generation)
        paths = [change.path for change in generation.unsettled]
        waiting += [generate.unsettled_fault(change) for change in generation.unsettled]
        commands += [adoption.settling(each, paths)] if paths else []
        told.append(_shown(each, paths))
        if not as_json:
            report.result(_next_of(each, paths))
    if as_json:
        report.as_json({"applications": told})
    if waiting:
        raise Refused(*_settled_by(waiting, " && ".join(commands)))


def refuse(found: Sequence[Adoption]) -> None:
    """Raise `Refused` with what is left open, and one command line that settles all of it."""
    faults = [fault for each in found for fault in each.questions]
    if not faults:
        return
    if len(found) > 1:
        faults[-1] = replace(faults[-1], hint=f"{faults[-1].hint}\nall of them: {all_settled(found)}")
    raise Refused(*faults)


def all_settled(found: Sequence[Adoption]) -> str:
    """One command line that takes in all of them, with a supposed answer to each question."""
    return " && ".join(settled(each) for each in found)


def settled(each: Adoption) -> str:
    """The command line that takes one in, with a supposed answer to what it leaves open."""
    from pipelinekit.cli.application.takein import SUPPOSED
    from pipelinekit.plan.detect.choices import first

    if not each.questions or each.seen is None:
        return each.command
    if each.seen.choices:
        return f"{each.command} {first(each.seen)}"
    return f"{each.command} --port {SUPPOSED}"


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


def generated(here: Line, generation: Generation) -> None:
    """Write what is generated, and say what became of each file."""
    apply_generation(generation, here.workspace)
    for change in generation.changes:
        report.say(f"{change.outcome:>10}  {change.path}")


def write_absent(folder: Path, tree: Tree, *, existing: bool) -> None:
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
        report.say(f"{'create':>10}  {path}")


def _next_of(each: Adoption, waiting: Sequence[str]) -> str:
    doubts = len(each.seen.doubts) if each.seen else 0
    if waiting:
        return f"{each.name} ({each.language}) is taken in, and {len(waiting)} files wait for a decision"
    return what_next(each.folder, each.name, each.language, doubts)


def what_next(folder: Path, name: str, language: str, doubts: int) -> str:
    """The last words: what is true now, and the next step."""
    step = "" if str(folder) == "." else f"{shlex.join(['cd', str(folder)])} && "
    state = "is ready" if not doubts else f"is taken in, with {doubts} to check (marked in {FILE}),"
    return (
        f"{name} ({language}) {state} in {folder}/\n"
        f"  next: {step}git add . && git commit -m 'First version', then pipelinekit test\n" + present.TO_KNOW
    )
