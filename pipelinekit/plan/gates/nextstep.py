"""What each gate is about, and what to do when it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelinekit.errors import Fault
from pipelinekit.model.ledger import COMPONENT
from pipelinekit.model.promotion import Release, Verdict
from pipelinekit.plan.gates import freeze, order
from pipelinekit.plan.gates.case import Case
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate in a sentence, and the next step: `{app}`, `{version}`, `{env}` and `{before}` are filled in."""

    means: str
    step: str


GATES: dict[str, Gate] = {
    "order": Gate(
        "exactly this release has not been in the environment before",
        "bring it to {before} first: `pipelinekit promote {app}@{version} --to {before}`, or its "
        "pipeline where "
        "{before} has no gate",
    ),
    "verified": Gate(
        "its tests have not passed in the environment before, after it came there",
        "`pipelinekit verify --env {before}` in its repository, or its pipeline once more; where "
        "{before} has a "
        "gate, `pipelinekit promote {app}@{version} --to {before}` runs its tests again",
    ),
    "soak": Gate(
        "it has not been in the environment before for long enough",
        "wait: `pipelinekit report {app}` shows how long; then promote again, or, where {env} has "
        "`advance: true`, `pipelinekit advance` goes on by the clock. Where something else is in {before} "
        "by now, bring this there again first",
    ),
    "freeze": Gate(
        "a window of the calendar is open, or somebody has frozen it by hand",
        "a window of the calendar (freeze in platform.yaml): wait until it ends; one by hand: `pipelinekit "
        "thaw --env {env}` ends it, `pipelinekit thaw` one of everything",
    ),
    "clock": Gate(
        "the ledger has an event that is still to come by this machine's clock",
        "set this machine's clock; where its writer's was wrong (`pipelinekit ledger log` shows whose), "
        "anything that another person writes there since says so, like `pipelinekit attest {app}@{version} "
        "--type clock --file FILE`, and on the platform's branch what is of all applications (a hold, a "
        "freeze)",
    ),
    "hold": Gate(
        "somebody holds the environment against this version",
        "`pipelinekit unhold {app} --env {env}` lifts it; one over all applications, `pipelinekit unhold "
        "--env "
        "{env}`",
    ),
    "cut": Gate(
        "the ledger's branch of the platform lacks what an earlier promotion stood on",
        "`pipelinekit ledger verify` says where; the server's administrator puts the branch back, and has it "
        "refuse forced pushes. Where nobody has it any more, an --emergency goes past it",
    ),
    "bar": Gate(
        "somebody has barred the version",
        "release a later version, or lift it: `pipelinekit unbar {app}@{version}`",
    ),
    "downgrade": Gate(
        "a later version is there",
        "if an older one is meant: --downgrade, or the way back, `pipelinekit rollback {app} --env {env}`",
    ),
    "review": Gate(
        "nobody else has looked at an emergency there yet",
        "somebody else looks at it, and says so: `pipelinekit review {app} --env {env}`",
    ),
    "version": Gate(
        "it is a pre-release",
        "commit what is changed, and release from the main branch: every build there has a version that can "
        "be promoted",
    ),
    "artefacts": Gate(
        "image or chart is not where it has to be",
        "`pipelinekit publish` at its commit puts back a chart; an image that is gone needs a later "
        "version, and "
        "so does what the ledger has at another place than platform.yaml says (images, charts)",
    ),
    "signed": Gate(
        "image or chart lacks the signature of the platform's key",
        "`pipelinekit push` and `pipelinekit publish` at its commit sign them (PK_SIGNING_KEY)",
    ),
    "change": Gate("a change's number is asked for", "name it: --change ID"),
    "back": Gate(
        "what runs there could not be put back",
        "bring back what the reason names, so that there is a way back before it is needed",
    ),
    "figures": Gate(
        "a query of the environment before is out of its bounds, or has no data",
        "look at the query in Prometheus; the next `promote` or `advance` asks it again",
    ),
    "evidence": Gate(
        "a statement about the image is missing, too old, or says something else",
        "`pipelinekit attest {app}@{version} --type TYPE --file REPORT` adds one",
    ),
    "approvals": Gate(
        "too few people have approved exactly this plan",
        "`pipelinekit approve {app}@{version} --to {env}` by people of those groups, once more where the "
        "plan "
        "has changed since",
    ),
    "plan": Gate(
        "the plan is another by now than the one that was expected",
        "look at it again, and name the digest that it has then: `pipelinekit promote {app}@{version} --to "
        "{env} --plan`; in Jenkins start `release/promote` once more, which shows it",
    ),
    "authors": Gate(
        "nobody can tell whose approval is an author's",
        "`pipelinekit changelog {app}@{version} --to {env}` shows whose each commit is: it has to be "
        "signed with "
        "a key that platform.yaml lists (people), in the repository that it registers (`git commit -S`); "
        "what was committed without goes as an --emergency, or with `author: true` for that once",
    ),
    "emergency": Gate(
        "this is no emergency that may go past the gates",
        "without --emergency all gates are judged; platform.yaml says who may (emergency), --reason is "
        "needed, and where approvals have to be signed, a key of one's own, in a terminal",
    ),
}


OF_COMPONENTS: dict[str, str] = {
    "order": "bring it to {before} first: `pipelinekit platform promote {name}@{version} --to {before}`, or "
    "`pipelinekit platform deploy --env {before} --only {name}` where {before} has no gate",
    "verified": "`pipelinekit platform verify --env {before} --only {name}`; where {before} has a gate, "
    "`pipelinekit platform promote {name}@{version} --to {before}` runs its tests again",
    "soak": "wait, and promote again: `pipelinekit platform promote {name} --to {env} --plan` shows how "
    "long. Where something else is in {before} by now, bring this there again first",
    "downgrade": "if an older one is meant: --downgrade",
    "version": "a chart's version with a hyphen is a pre-release: give it a final one in its Chart.yaml",
    "artefacts": "`pipelinekit platform deploy --only {name}` where it was rolled out publishes its charts "
    "again; what others have published under that version stays, and needs a later one",
    "approvals": "`pipelinekit platform approve {name}@{version} --to {env}` by people of those groups, once "
    "more where the plan has changed since",
    "plan": "look at it again, and name the digest that it has then: `pipelinekit platform promote "
    "{name}@{version} --to {env} --plan`; of several it is the one that stands in the last line",
    "authors": "nobody's commits are a component's: set `author: true` for this environment's approvals, or "
    "promote it as an --emergency",
}
"""What to do about a closed gate of a component, where that is another step than for an application."""


OF_SETS: dict[str, str] = {
    "approvals": "`pipelinekit approve --set FILE --to {env}` by people of those groups, once more where the "
    "plan has changed since",
    "plan": "look at it again: `pipelinekit promote --set FILE --to {env} --plan`; in Jenkins start "
    "`release/promote` once more, which shows it",
}
"""The same of a member of a release set: one approval is of all of them."""


def command(release: Release, verb: str, environment: str) -> str:
    """The command that approves what is promoted (`approve`), or takes it back (`rollback`)."""
    name = release.name
    if verb == "rollback":
        return (
            f"pipelinekit platform promote {name}@VERSION --to {environment} --downgrade"
            if release.is_component
            else f"pipelinekit rollback {name} --env {environment}"
        )
    group = "platform " if release.is_component else ""
    return f"pipelinekit {group}{verb} {name}@{release.version} --to {environment}"


def faults(case: Case, closed: Iterable[Verdict], what: str = "") -> Iterator[Fault]:
    """Each closed gate as an error of its own, with what to do; `what` may not go there."""
    told = list(closed)
    for number, each in enumerate(told):
        problem = f"{what}: {each.reason}" if what else each.reason
        # A gate that is closed for several reasons has one next step, after the last of them.
        last = all(other.gate != each.gate for other in told[number + 1 :])
        yield Fault(f"gate-{each.gate}", problem, hint=step(case, each.gate) if last else "")


def step(case: Case, gate: str) -> str:
    """What to do about a closed gate, or empty for one that nobody knows."""
    known = GATES.get(gate)
    if known is None:
        return ""
    release = case.release
    text = OF_COMPONENTS.get(gate, known.step) if release.is_component else known.step
    text = _here(case, gate) or text
    return text.format(
        app=f"{COMPONENT}{release.name}" if release.is_component else release.name,
        name=release.name,
        version=release.version,
        env=case.environment.name,
        before=case.environment.after or "the environment before",
    )


def _here(case: Case, gate: str) -> str:
    """The next step where this very case has another one than the gate in general; or empty."""
    if gate == "soak" and order.begins(case):
        begins = (
            "`pipelinekit platform promote {name}@{version} --to {env}`"
            if case.release.is_component
            else "`pipelinekit advance {app}`"
        )
        return f"its soak has not begun: {begins} begins it, and it counts from then"
    if gate == "freeze":
        return "; ".join(_thawed(case))
    return OF_SETS.get(gate, "") if case.request.together else ""


def _thawed(case: Case) -> Iterator[str]:
    """What ends each kind of freeze that is on; who may go past all of them."""
    if freeze.unknown(case):
        yield "the zone of a window is mended in platform.yaml (freeze)"
    if freeze.windows(case):
        yield "wait for the window's end: it is the calendar's (freeze in platform.yaml); no `thaw` ends it"
    for place in dict.fromkeys(each.event.environment for each in freeze.by_hand(case)):
        command = f"`pipelinekit thaw --env {place}`" if place else "`pipelinekit thaw`"
        yield f"{command} ends what was frozen by hand"
    groups = case.environment.emergency
    if groups and case.environment.gated:
        yield f"or {', '.join(groups)} go past it: --emergency --reason TEXT"
