"""tests/pages/proofs.md: the test that runs each command of a page.

A command is a verb with its options; the names and versions beside them are those of an example. It is run as
a page has it, by a session of `tests/real/test_tutorial.py` or of `tests/real/test_desk.py`, or a test of its
own types the verb with these options: `ELSEWHERE` says where, and what that file has is looked up. A document
is found by `--platform` or by the environment, and counts as named either way.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import click

from pipelinekit.cli import main
from tests.pages import blocks, checked
from tests.pages.checked import ROOT
from tests.pages.markdown import cell, table

DESK = ROOT / "tests" / "pages" / "desk.md"
SESSIONS = SESSION, AT_DESK = "tests/real/test_tutorial.py", "tests/real/test_desk.py"

RELEASES, SETS, JENKINS = "tests/real/test_promotion.py", "tests/real/test_sets.py", "tests/controller"
CERTIFICATES, BUNDLE = "tests/real/certificates/test_bootstrap.py", "tests/real/test_bundle.py"
ROLLOUTS, COMPONENTS = f"{JENKINS}/test_rollouts.py", "tests/real/test_components.py"
DRAFT = "tests/real/test_draft.py"
HANDOVER = "pipelinekit/plan/rollout/handover.py"
"""Nobody types that verb: a Job does, of which tests/real/test_controller.py has some."""

ELSEWHERE: dict[str, tuple[str, ...]] = {
    "advance": ("tests/real/test_advance.py",),
    "approve": (RELEASES, SETS),
    "attest": (RELEASES,),
    "bar": (RELEASES,),
    "build": ("tests/real/test_image.py", "tests/real/test_registry_ways.py"),
    "changelog": (RELEASES,),
    "deploy": ("tests/real/test_plan.py", "tests/real/test_line.py", f"{JENKINS}/test_follow.py"),
    "diff": ("tests/real/test_versions.py",),
    "doctor": ("tests/real/test_doctor.py",),
    "draft connect": (DRAFT,),
    "draft diff": (DRAFT,),
    "draft history": (DRAFT,),
    "draft logs": (DRAFT,),
    "draft pack test": ("tests/real/test_draft_packs.py",),
    "draft reap": (DRAFT,),
    "draft up": (DRAFT, "tests/real/test_draft_several.py", "tests/real/test_draft_debug.py"),
    "environment prepare": ("tests/real/test_environment.py",),
    "generate": ("tests/real/test_newapp.py",),
    "jobs apply": (f"{JENKINS}/test_jobs.py",),
    "jobs drift": (f"{JENKINS}/test_jobs.py",),
    "jobs plan": (f"{JENKINS}/test_jobs.py",),
    "jobs prune": (f"{JENKINS}/test_jobs.py",),
    "jobs status": (f"{JENKINS}/test_jobs.py",),
    "new-app": ("tests/real/test_services.py", "tests/real/test_explain.py"),
    "nexus apply": ("tests/real/test_nexus.py",),
    "nexus plan": ("tests/real/test_nexus.py",),
    "package": ("tests/real/test_registry_ways.py",),
    "platform bootstrap": ("tests/real/test_controller.py",),
    "platform bundle": (BUNDLE,),
    "platform certificates": (CERTIFICATES,),
    "platform certificates issue": (CERTIFICATES,),
    "platform certificates plan": (CERTIFICATES,),
    "platform certificates renew": (CERTIFICATES,),
    "platform certificates status": (CERTIFICATES,),
    "platform deploy": (ROLLOUTS,),
    "platform handover": (HANDOVER,),
    "platform init": ("tests/real/test_init.py",),
    "platform plan": (COMPONENTS,),
    "platform preflight": ("tests/real/test_platform_preflight.py",),
    "platform remove": (COMPONENTS,),
    "platform resize": ("tests/real/test_resize.py",),
    "platform status": (COMPONENTS,),
    "platform unbundle": (BUNDLE,),
    "platform verify": ("tests/real/components/test_keycloak.py",),
    "promote": (RELEASES, SETS, f"{JENKINS}/test_releases.py"),
    "push": ("tests/real/test_registry_ways.py",),
    "registry copy": ("tests/real/test_http_charts.py",),
    "registry prune": ("tests/real/test_retention.py",),
    "registry usage": ("tests/real/test_retention.py",),
    "review": (RELEASES,),
    "rollback": (RELEASES,),
    "seed export": (f"{JENKINS}/test_export.py",),
    "seed install": (f"{JENKINS}/test_install.py",),
    "status": ("tests/real/test_line.py",),
    "unbar": (RELEASES,),
}
"""The files that type a verb, one of them with the options of each of its commands."""

ADDED: dict[str, tuple[str, ...]] = {
    SETS: ("--set", "--to"),
    ROLLOUTS: ("--via", "--env"),
    f"{JENKINS}/test_releases.py": ("--via",),
    HANDOVER: ("--env", "--digest"),
}
"""The options that a file's own helper gives to each call."""

NEAR = 4
"""Words among which a verb begins: before it are those of a helper, like who acts."""

HEAD = """\
# Who runs the commands of pages

Made from the pages by `python -m tests.derived`. A command is a verb with its options; each is run as its
page has it (`tests/real/test_tutorial.py`), in a folder that needs no cluster (`tests/real/test_desk.py`,
`desk.md`), or by a test that types the verb with these options among others.
"""


# --- what stands on pages ---------------------------------------------------------------------------


def verb(command: str) -> tuple[str, frozenset[str]]:
    """The verb of a command, and its options without a platform's.

    A first argument that is one of a few words (`certificates issue`) is a part of the verb.
    """
    program, *words = shlex.split(command)
    words = ["draft", *words] if program == "draft" else words
    found: list[str] = []
    at: click.Command | None = main.group()
    context = click.Context(main.group())
    while isinstance(at, click.Group) and words:
        at = at.get_command(context, words[0])
        found += [words.pop(0)] if at else []
    first = next((each for each in at.params if isinstance(each, click.Argument)), None) if at else None
    if words and first and isinstance(first.type, click.Choice) and words[0] in first.type.choices:
        found.append(words.pop(0))
    return " ".join(found), frozenset(_options(words)) - {"--platform"}


def _options(words: Sequence[str]) -> Iterator[str]:
    return (each.partition("=")[0] for each in words if each.startswith("-"))


@cache
def _run() -> dict[tuple[str, frozenset[str]], str]:
    """The test that runs each command of the sessions."""
    found = {verb(each): AT_DESK for block in blocks.blocks(DESK) for each in blocks.calls(block.text)}
    for path in checked.RUN:
        for block in blocks.blocks(ROOT / path):
            if block.mark != blocks.CHECKED:
                found |= {verb(each): SESSION for each in blocks.calls(block.text)}
    return found


# --- what tests type ----------------------------------------------------------------------------------


def typed(text: str) -> Iterator[list[str]]:
    """The words of every call, list and tuple of a program, `…` for what is no literal.

    Of a call that the program itself defines (`deploy("--plan")`, which adds the rest) its name comes first.
    """
    tree = ast.parse(text)
    known = _known(tree)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = (word for each in node.args for word in _words(each, known))
            yield [*own.intersection(_name(node.func)), *said]
        elif isinstance(node, ast.List | ast.Tuple):
            yield _words(node, known)


def _name(node: ast.expr) -> list[str]:
    return [node.id] if isinstance(node, ast.Name) else [node.attr] if isinstance(node, ast.Attribute) else []


def _known(tree: ast.Module) -> dict[str, list[str]]:
    """The names that stand for one tuple or list in the whole of a program."""
    found: dict[str, list[list[str]]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(_words(node.value, {}))
    return {name: each[0] for name, each in found.items() if len(each) == 1}


def _words(node: ast.expr, known: Mapping[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
        return ["".join(map(str, parts))]
    if isinstance(node, ast.Starred):
        return _words(node.value, known)
    if isinstance(node, ast.List | ast.Tuple):
        return [word for each in node.elts for word in _words(each, known)]
    if isinstance(node, ast.Name):
        return known.get(node.id, ["…"])
    return ["…"]


@cache
def _typed(file: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each) for each in typed((ROOT / file).read_text(encoding="utf-8")))


def types(words: tuple[str, ...], name: str, options: frozenset[str]) -> bool:
    """Whether words have a verb, or the end of its name, near their beginning, and then these options."""
    parts = tuple(name.split())
    return any(
        words[at : at + len(end)] == end and options <= set(_options(words[at + len(end) :]))
        for end in (parts[cut:] for cut in range(len(parts)))
        for at in range(NEAR)
    )


def elsewhere(name: str, options: frozenset[str]) -> str:
    """The file that types a verb with these options, or nothing."""
    for file in ELSEWHERE.get(name, ()):
        asked = options - set(ADDED.get(file, ()))
        if any(types(words, name, asked) for words in _typed(file)):
            return file
    return ""


# --- both ----------------------------------------------------------------------------------------------


def by(command: str) -> str:
    """The test that runs a command, or nothing."""
    name, options = verb(command)
    return _run().get((name, options), "") or elsewhere(name, options)


def commands() -> dict[str, str]:
    """Every command of every page, and the first page that has it."""
    found: dict[str, str] = {}
    for path in blocks.pages(ROOT):
        for block in blocks.blocks(path):
            for each in blocks.calls(block.text):
                found.setdefault(each, path.name)
    return found


def page() -> str:
    """The whole table."""
    rows = [(name, f"`{cell(each)}`", by(each)) for each, name in commands().items()]
    return f"{HEAD}\n{table(('page', 'command', 'run by'), rows)}\n"
