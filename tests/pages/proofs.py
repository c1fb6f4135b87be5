"""tests/pages/proofs.md: the test that runs each command of a page.

A command is a verb with its options; the names and versions beside them are those of an example. A session
of `tests/real/test_tutorial.py` or `tests/real/test_desk.py` runs it, or a test types the verb with these
options and fails unless it succeeds: `ELSEWHERE` says in which files that is looked up (`typed.py`). Either
may have more options. A document is found by `--platform` or by the environment, and counts as named.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import cache

import click

from pipelinekit.cli import main
from tests.pages import blocks, checked, typed
from tests.pages.checked import ROOT
from tests.pages.markdown import cell, table

DESK = ROOT / "tests" / "pages" / "desk.md"
SESSIONS = SESSION, AT_DESK = "tests/real/test_tutorial.py", "tests/real/test_desk.py"

RELEASES, SETS, JENKINS = "tests/real/test_promotion.py", "tests/real/test_sets.py", "tests/controller"
CERTIFICATES, BUNDLE = "tests/real/certificates/test_bootstrap.py", "tests/real/test_bundle.py"
ROLLOUTS, COMPONENTS = f"{JENKINS}/test_rollouts.py", "tests/real/test_components.py"
DRAFT, IMAGE = "tests/real/test_draft.py", "tests/real/test_image.py"
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "advance": ("tests/real/test_advance.py",),
    "approve": (RELEASES, SETS),
    "attest": (RELEASES,),
    "bar": (RELEASES,),
    "build": (IMAGE,),
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
    "generate": ("tests/real/test_newapp.py",),
    "jobs apply": (f"{JENKINS}/test_jobs.py",),
    "jobs drift": (f"{JENKINS}/test_jobs.py",),
    "jobs plan": (f"{JENKINS}/test_jobs.py",),
    "jobs prune": (f"{JENKINS}/test_jobs.py",),
    "jobs status": (f"{JENKINS}/test_jobs.py",),
    "new-app": ("tests/real/test_services.py", "tests/real/test_explain.py"),
    "nexus apply": ("tests/real/test_nexus.py",),
    "nexus plan": ("tests/real/test_nexus.py",),
    "package": (IMAGE,),
    "platform bootstrap": ("tests/real/test_controller.py",),
    "platform bundle": (BUNDLE,),
    "platform certificates": (CERTIFICATES,),
    "platform certificates issue": (CERTIFICATES,),
    "platform certificates plan": (CERTIFICATES,),
    "platform certificates renew": (CERTIFICATES,),
    "platform certificates status": (CERTIFICATES,),
    "platform deploy": (ROLLOUTS,),
    "platform init": ("tests/real/test_init.py",),
    "platform plan": (COMPONENTS,),
    "platform preflight": ("tests/real/test_platform_preflight.py",),
    "platform remove": (COMPONENTS,),
    "platform resize": ("tests/real/test_resize.py",),
    "platform status": (COMPONENTS,),
    "platform unbundle": (BUNDLE,),
    "platform vendor": ("tests/real/test_vendor.py",),
    "platform verify": (COMPONENTS,),
    "promote": (RELEASES, SETS, f"{JENKINS}/test_releases.py"),
    "push": (IMAGE,),
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
"""The files in which a verb is looked up, where no session runs it with the options of all its commands."""

DRY = frozenset({"--plan", "--check", "--explain", "--diff"})
"""Options with which a verb does another thing, or nothing."""

UNRUN: dict[str, str] = {
    "platform handover": "nobody types it: `platform deploy` has a Job do so, in a pod",
}
"""The verbs whose commands are only held against the command line, and why."""

NEAR = 4
"""Words among which a verb begins: before it are those of a helper, like who acts."""

HEAD = """\
# Who runs the commands of pages

Made from the pages by `python -m tests.derived`. A command is a verb with its options; the test beside it
types the verb with these options, among others, and fails unless the command succeeds: a session on the
testbed (`tests/real/test_tutorial.py`), one that needs no cluster (`tests/real/test_desk.py`: `desk.md`), or
a test of that verb.
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
    """Each command of the sessions, as verb and options, and the test that runs it."""
    pages = [(DESK, AT_DESK), *((ROOT / each, SESSION) for each in checked.RUN)]
    return {
        verb(each): test
        for path, test in pages
        for block in blocks.blocks(path)
        if block.mark == blocks.RUN
        for each in blocks.calls(block.text)
    }


def _with_more(name: str, options: frozenset[str]) -> str:
    """The test whose session runs a verb with these options and others, or nothing."""
    return next((test for (each, said), test in _run().items() if each == name and has(said, options)), "")


def has(said: frozenset[str], options: frozenset[str]) -> bool:
    """Whether options are among those that were said, and of `DRY` these alone: a plan is no run."""
    return options <= said and options & DRY == said & DRY


# --- what tests type ----------------------------------------------------------------------------------


@cache
def _typed(file: str) -> list[tuple[str, ...]]:
    return typed.succeeding((ROOT / file).read_text(encoding="utf-8"))


def types(words: Sequence[str], name: str, options: frozenset[str]) -> bool:
    """Whether words have a verb, or the end of its name, near their beginning, and then these options."""
    parts = name.split()
    return any(
        [*words[at : at + len(end)]] == end and has(frozenset(_options(words[at + len(end) :])), options)
        for end in (parts[cut:] for cut in range(len(parts)))
        for at in range(NEAR)
        if not any(_options(words[:at]))
    )


def elsewhere(name: str, options: frozenset[str]) -> str:
    """The file that types a verb with these options and expects it to succeed, or nothing."""
    files = ELSEWHERE.get(name, ())
    return next((each for each in files if any(types(words, name, options) for words in _typed(each))), "")


# --- both ----------------------------------------------------------------------------------------------


def by(command: str) -> str:
    """The test that runs a command, or nothing; a session that has just its options comes first."""
    name, options = verb(command)
    return _run().get((name, options)) or elsewhere(name, options) or _with_more(name, options)


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
    rows = [(name, f"`{cell(each)}`", by(each) or _unrun(each)) for each, name in commands().items()]
    return f"{HEAD}\n{table(('page', 'command', 'run by'), rows)}\n"


def _unrun(command: str) -> str:
    return f"checked only: {UNRUN[verb(command)[0]]}"
