"""tests/pages/proofs.md: the test that runs each command of a page.

A command is a verb with its options (`spoken.py`), and with the kind of an address where that counts; names
and versions beside them are those of an example. A session of `tests/real/test_tutorial.py` or
`tests/real/test_desk.py` runs it, or a test types the verb with these options and fails unless it succeeds:
`ELSEWHERE` says in which files that is looked up (`typed.py`). A document is found by `--platform` or by the
environment, and counts as named.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tests.pages import blocks, checked, spoken, typed
from tests.pages.checked import ROOT
from tests.pages.markdown import cell, table
from tests.pages.spoken import Command

DESK = ROOT / "tests" / "pages" / "desk.md"
SESSIONS = SESSION, AT_DESK, AT_FIRST = (
    "tests/real/test_tutorial.py",
    "tests/real/test_desk.py",
    "tests/real/test_first_platform.py",
)

RELEASES, SETS, JENKINS = "tests/real/test_promotion.py", "tests/real/test_sets.py", "tests/controller"
CERTIFICATES, BUNDLE = "tests/real/certificates/test_bootstrap.py", "tests/real/test_bundle.py"
ROLLOUTS, COMPONENTS = f"{JENKINS}/test_rollouts.py", "tests/real/test_components.py"
PROMOTED = "tests/real/test_component_promotion.py"
DRAFT, IMAGE = "tests/real/test_draft.py", "tests/real/test_image.py"
WATCHED, DEBUGGED = "tests/real/test_sync.py", "tests/real/test_draft_debug.py"
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
    "draft up": (DRAFT, "tests/real/test_draft_several.py", DEBUGGED, WATCHED),
    "environment prepare": ("tests/real/test_environment.py",),
    "generate": ("tests/real/test_newapp.py",),
    "jobs apply": (f"{JENKINS}/jobs/test_jobs.py", f"{JENKINS}/jobs/test_plans.py"),
    "jobs drift": (f"{JENKINS}/jobs/test_jobs.py",),
    "jobs plan": (f"{JENKINS}/jobs/test_jobs.py", f"{JENKINS}/jobs/test_plans.py"),
    "jobs prune": (f"{JENKINS}/jobs/test_pruning.py",),
    "jobs status": (f"{JENKINS}/jobs/test_status.py",),
    "new-app": ("tests/real/test_services.py", "tests/real/test_explain.py", "tests/real/test_takein.py"),
    "nexus apply": ("tests/real/test_nexus.py",),
    "nexus plan": ("tests/real/test_nexus.py",),
    "package": (IMAGE,),
    "platform approve": (PROMOTED,),
    "platform bootstrap": ("tests/real/test_controller.py",),
    "platform bundle": (BUNDLE,),
    "platform certificates": (CERTIFICATES,),
    "platform certificates issue": (CERTIFICATES,),
    "platform certificates plan": (CERTIFICATES,),
    "platform certificates renew": (CERTIFICATES,),
    "platform certificates status": (CERTIFICATES,),
    "platform deploy": (ROLLOUTS, COMPONENTS),
    "platform init": ("tests/real/test_init.py",),
    "platform plan": (COMPONENTS,),
    "platform preflight": ("tests/real/test_platform_preflight.py",),
    "platform promote": (PROMOTED,),
    "platform remove": (COMPONENTS,),
    "platform resize": ("tests/real/test_resize.py",),
    "platform status": (COMPONENTS,),
    "platform unbundle": (BUNDLE,),
    "platform vendor": ("tests/real/test_vendor.py",),
    "platform verify": (COMPONENTS,),
    "promote": (RELEASES, SETS, f"{JENKINS}/test_releases.py"),
    "push": (IMAGE,),
    "registry copy": ("tests/real/test_buildah.py", "tests/real/test_http_charts.py"),
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

UNRUN: dict[str, str] = {
    "platform handover": "nobody types it: `platform deploy` has a Job do so, in a pod",
}
"""The verbs whose commands are only held against the command line, and why."""

NEAR = 4
"""Words among which a verb begins: before it are those of a helper, like who acts."""

HEAD = """\
# Who runs the commands of pages

Made from the pages by `python -m tests.derived`. A command is a verb with its options; the test beside it
types the verb with these options, and no others that change what it does (`spoken.py`), and fails unless the
command succeeds: a session on the
testbed (`tests/real/test_tutorial.py`), one that needs no cluster (`tests/real/test_desk.py`: `desk.md`), or
a test of that verb.
"""


# --- who runs it --------------------------------------------------------------------------------------


@cache
def _run() -> dict[Command, str]:
    """Each command of the sessions, and the test that runs it."""
    pages = [
        (DESK, AT_DESK),
        *((ROOT / each, SESSION) for each in checked.RUN),
        (ROOT / checked.FIRST, AT_FIRST),
    ]
    return {
        spoken.command(each): test
        for path, test in pages
        for block in blocks.blocks(path)
        if block.mark == blocks.RUN
        for each in blocks.calls(block.text)
    }


@cache
def _typed(file: str) -> list[tuple[str, ...]]:
    return typed.succeeding((ROOT / file).read_text(encoding="utf-8"))


def elsewhere(wanted: Command) -> str:
    """The file that types a command and expects it to succeed, or nothing."""
    files = ELSEWHERE.get(wanted.verb, ())
    return next((each for each in files if any(types(words, wanted) for words in _typed(each))), "")


def types(words: Sequence[str], wanted: Command) -> bool:
    """Whether words that a test types are this command."""
    return any(each.shows(wanted) for each in spoken.commands(words, wanted.verb, NEAR))


def by(line: str) -> str:
    """The test that runs a command, or nothing; a session that has just its options comes first."""
    wanted = spoken.command(line)
    more = (test for each, test in _run().items() if each.shows(wanted))
    return _run().get(wanted) or elsewhere(wanted) or next(more, "")


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


def _unrun(line: str) -> str:
    return f"checked only: {UNRUN[spoken.command(line).verb]}"
