"""A soak begins: somebody says in the ledger that they see what has arrived in the environment before."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.order import unseen
from pipelinekit.steps.promotion.books import event_of, note, read
from pipelinekit.steps.promotion.looks.around import Around


def see(around: Around, case: Case) -> Case:
    """Say what has arrived there; the case as it stands then, the same where there is nothing to say."""
    new = unseen(case)
    if not new or case.asker.role not in ("person", "release"):
        return case
    release = case.release
    note(around.ledger, event_of(around, release, "seen", "", details={"commits": list(new)}))
    around.say(f"the soak of {release.version} in {case.environment.after} counts from now")
    history, common = read(around.ledger, release.team, release.name)
    return replace(case, history=history, common=common)
