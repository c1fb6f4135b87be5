"""The scripts of Jenkins' jobs `release/promote` and `release/advance`: thin, and none loads a library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelinekit.generators.jobs import script
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE
from pipelinekit.model.platform.document import PER_TEAM, Platform
from pipelinekit.model.platform.rooms import releases as releaseroom
from pipelinekit.model.tree import FilePlan

ASKS = ".pipelinekit-asks"
PROMOTE_HOURS, ADVANCE_HOURS = 72, 4


def plan(platform: Platform) -> Iterable[FilePlan]:
    """Both, each by its job's path; nothing for a platform that has no such jobs."""
    told = script.inputs(platform)
    if not told or not releaseroom.has_jobs(platform):
        return
    held = _held(platform)
    common = {
        **told,
        "file": ASKS,
        "per_team": any(each["per_team"] for kind in held.values() for each in kind),
        **held,
    }
    asked = [
        {"name": f"Approval {number}", "asks": f"ask-{number}", "plans": False}
        for number in range(1, releaseroom.questions(platform) + 1)
    ]
    plans, does = ({"name": name, "asks": "", "plans": name == "Plan"} for name in ("Plan", "Promote"))
    yield FilePlan(
        path=PROMOTE,
        template="release/Jenkinsfile.j2",
        inputs={
            "promotes": True,
            "hours": str(PROMOTE_HOURS),
            "stages": [plans, *asked, does],
            **common,
        },
    )
    yield FilePlan(
        path=ADVANCE,
        template="release/Jenkinsfile.j2",
        inputs={
            "promotes": False,
            "hours": str(ADVANCE_HOURS),
            "stages": list(_rounds(platform, str(told["platform"]), by_team=bool(common["per_team"]))),
            **common,
        },
    )


def _rounds(platform: Platform, path: str, *, by_team: bool) -> Iterable[dict[str, Any]]:
    """One round for all; one a team where each has a login of its own."""
    for team in platform.teams if by_team else ("",):
        told = {"platform": path} | ({"team": team} if team else {})
        yield {"name": f"Advance {team}".strip(), "asks": "", "plans": False, "arguments": told}


def _held(platform: Platform) -> dict[str, list[dict[str, Any]]]:
    logins = (("REGISTRY", platform.images.credentials), ("CHARTS", platform.charts.credentials))
    files = [
        (f"PK_KUBECONFIG_{number}", each) for number, each in enumerate(releaseroom.kubeconfigs(platform))
    ]
    files.append(("PIPELINEKIT_LEDGER_KEY", platform.ledger_keys.release_credentials))
    return {
        "logins": [
            {**_id(each), "user": f"PK_{of}_USER", "password": f"PK_{of}_PASSWORD"}
            for of, each in logins
            if each
        ],
        "files": [{**_id(each), "variable": name} for name, each in files],
    }


def _id(credential: str) -> dict[str, Any]:
    before, per_team, after = credential.partition(PER_TEAM)
    return {"before": before, "after": after, "per_team": bool(per_team)}
