"""Which stages run in a build, and why the others do not."""

from __future__ import annotations

from pipelinekit.errors import usage
from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.model.stages import DEPLOY, STAGES, Stage, arguments_of, credentials_of
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What decides about a build's stages. `pull_request` is its number, or empty."""

    branch: str
    pull_request: str = ""
    since: str = ""
    """The verb of the first stage that should run; empty: that of all."""
    until: str = ""
    """The verb of the last stage that should run; empty: all."""
    deploy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One stage of a build: `reason` says why it is skipped; empty when it runs."""

    stage: Stage
    reason: str
    credentials: tuple[str, ...]
    command: tuple[str, ...]
    """The command line's words, without the program's name."""

    @property
    def runs(self) -> bool:
        """Whether the stage runs."""
        return not self.reason


def decide(build: Build, app: App, site: Site, stages: tuple[Stage, ...] = STAGES) -> tuple[Decision, ...]:
    """A decision about each stage, in their order.

    Raises `UsageError` for a first or last stage that is none, and for a last one before the first.
    """
    verbs = [each.verb for each in stages]
    first = _number(build.since, verbs) if build.since else 0
    last = _number(build.until, verbs) if build.until else len(verbs)
    if last < first:
        raise usage("stages-none", f"{build.until} comes before {build.since}", hint=", ".join(verbs))
    return tuple(
        Decision(
            stage=stage,
            reason=_reason(stage, build, site)
            or (f"before {build.since}" if number < first else "")
            or (f"after {build.until}" if number > last else ""),
            credentials=credentials_of(stage, app, site, on_main=_is_main(build, site)),
            command=command_of(stage, site),
        )
        for number, stage in enumerate(stages)
    )


def command_of(stage: Stage, site: Site) -> tuple[str, ...]:
    """The stage's command line: the step's arguments without the ids, which the library binds."""
    words = [stage.verb]
    for name, value in arguments_of(stage, site).items():
        if value is True:
            words.append(f"--{name}")
        elif isinstance(value, str) and not name.endswith("CredentialsId"):
            words += [f"--{name}", value]
    return tuple(words)


def _number(verb: str, verbs: list[str]) -> int:
    if verb not in verbs:
        raise usage("stage-unknown", f"there is no stage '{verb}'", hint=f"known are {', '.join(verbs)}")
    return verbs.index(verb)


def _is_main(build: Build, site: Site) -> bool:
    return not build.pull_request and build.branch == site.branch


def _reason(stage: Stage, build: Build, site: Site) -> str:
    if stage.main and build.pull_request:
        return "a pull request gets no credentials and releases nothing"
    if stage.main and build.branch != site.branch:
        return f"only {site.branch} is released, this is {build.branch or 'no branch'}"
    if stage.deploys and not build.deploy:
        return f"the parameter {DEPLOY} is off"
    return ""
