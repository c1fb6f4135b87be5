"""What a promotion in Jenkins turns on: who started it, what is asked there, and which files it may read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.cli.wiring.identity import in_pipeline
from pipelinekit.errors import refused
from pipelinekit.model.ledger import Writer
from pipelinekit.plan.gates import approvals
from pipelinekit.steps.promotion.promote import Planned


def tell(file: str, digest: str, plans: Sequence[Planned]) -> None:
    """Write what the job asks: the plan's digest, and a word for each approval that is missing."""
    count = max((_missing(each) for each in plans), default=0)
    # Where another gate is closed too, a yes would not open the way: nobody is asked for one.
    may = all(_is_approval_alone(each) for each in plans)
    words = [f"ask-{number}" for number in range(1, count + 1)] if may else []
    files.write_atomic(Path(file), " ".join([digest, *words]) + "\n")


def _is_approval_alone(planned: Planned) -> bool:
    return {each.gate for each in planned.closed} <= {"approvals"}


def _missing(planned: Planned) -> int:
    return approvals.missing(planned.case) if planned.closed else 0


def require_starter(writer: Writer) -> None:
    """Raise `Refused` where the folder of releases asks for somebody whom the platform does not know."""
    if writer.role != "release" or writer.person:
        return
    who = f"{writer.jenkins_user} of Jenkins" if writer.jenkins_user else "nobody"
    raise refused(
        "starter-unknown",
        f"{who} has started this promotion, and people in the platform's document has no such user",
        hint="start release/promote yourself; people: [{name: …, jenkins: YOUR-USER}] says who that is",
    )


def set_path(text: str) -> Path:
    """The file of a set; raises `Refused` for one outside this folder in a build of Jenkins.

    Who starts a build there may name a file, and reads of a fault what stands in it.
    """
    path = Path(text)
    if in_pipeline() and not _is_inside(path):
        raise refused(
            "set-outside",
            f"{text[:100]!r} is not in the platform's repository",
            hint="name the set by its path in that repository",
        )
    return path


def _is_inside(path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(Path.cwd().resolve())
    except (OSError, RuntimeError, ValueError):
        # A NUL, or links in a circle: that is nowhere.
        return False
