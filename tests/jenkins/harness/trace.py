"""What a run did."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Stage:
    """`status` is run, skipped, failed, unstable or aborted; `reason` says why it is not run."""

    name: str
    path: str
    status: str
    reason: str
    place: str


@dataclass(frozen=True)
class Step:
    """One call of a step, secrets masked; `place` is where it stands, `stack` that and its callers.

    `exit`, `output` and `environment` are for `sh`; `output` all it wrote, or with `returnStdout` gave.
    `interpolated` names the secret variables whose value Groovy put into the step's text.
    `blocks` are the block steps around it, `details` what else the step tells.
    """

    name: str
    arguments: Mapping[str, Any]
    place: str
    stack: tuple[str, ...]
    stage: str
    blocks: tuple[str, ...]
    error: str | None
    exit: int | None
    output: str | None
    environment: Mapping[str, str]
    interpolated: tuple[str, ...]
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why a run is not green.

    `kind`: syntax, declarative, sandbox, step, plugin, library, cps (a call that reached something else),
    serialization (state that cannot be saved), harness (a limit, no answer), failure (the build's own).
    """

    kind: str
    message: str
    place: str
    line: int
    column: int
    stack: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" + (f" ({self.place})" if self.place else "")


@dataclass(frozen=True)
class Library:
    name: str
    version: str | None


@dataclass(frozen=True)
class Agent:
    """One machine that was asked for; `fields` as in its section, `checkout` as Declarative decided."""

    kind: str
    fields: Mapping[str, Any]
    workspace: str
    stage: str


@dataclass(frozen=True)
class Report:
    """One `junit`: its pattern, the files found, the tests in them."""

    pattern: str
    files: tuple[str, ...]
    total: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class Option:
    """An option, parameter or trigger, with its arguments as evaluated: unnamed ones, then the named."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Trace:
    """`leaked` names credentials whose secret stands unmasked in the log or in a step's arguments."""

    result: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    console: str
    libraries: tuple[Library, ...]
    agents: tuple[Agent, ...]
    reports: tuple[Report, ...]
    archived: tuple[str, ...]
    stashes: Mapping[str, tuple[str, ...]]
    options: tuple[Option, ...]
    leaked: tuple[str, ...]
    description: str | None
    display_name: str

    def stage(self, path: str) -> Stage:
        """The stage of that name, or of that path when names repeat; KeyError when there is none."""
        for stage in self.stages:
            if path in (stage.path, stage.name):
                return stage
        raise KeyError(f"no stage {path!r}; stages: {[s.path for s in self.stages]}")

    def statuses(self) -> dict[str, str]:
        return {stage.path: stage.status for stage in self.stages}

    def called(self, name: str) -> list[Step]:
        """The calls of one step, in order."""
        return [step for step in self.steps if step.name == name]

    def kinds(self) -> set[str]:
        return {problem.kind for problem in self.problems}

    def of_kind(self, kind: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.kind == kind]


_KNOWN = frozenset(field.name for field in fields(Step))


def read(answer: Mapping[str, Any]) -> Trace:
    """The trace in an engine's answer."""
    return Trace(
        result=answer["result"],
        stages=tuple(Stage(**stage) for stage in answer["stages"]),
        steps=tuple(_step(step) for step in answer["steps"]),
        problems=tuple(problem(p) for p in answer["problems"]),
        console=answer["console"],
        libraries=tuple(Library(**library) for library in answer["libraries"]),
        agents=tuple(Agent(**agent) for agent in answer["agents"]),
        reports=tuple(
            Report(r["pattern"], tuple(r["files"]), r["totalCount"], r["failCount"], r["skipCount"])
            for r in answer["reports"]
        ),
        archived=tuple(answer["archived"]),
        stashes={name: tuple(files) for name, files in answer["stashes"].items()},
        options=tuple(Option(o["name"], tuple(o["arguments"])) for o in answer["options"]),
        leaked=tuple(answer["leaked"]),
        description=answer["description"],
        display_name=answer["display_name"],
    )


def problem(found: Mapping[str, Any]) -> Problem:
    return Problem(**{**found, "stack": tuple(found["stack"])})


def _step(step: Mapping[str, Any]) -> Step:
    return Step(
        name=step["name"],
        arguments=step["arguments"],
        place=step["place"],
        stack=tuple(step["stack"]),
        stage=step["stage"],
        blocks=tuple(step["blocks"]),
        error=step["error"],
        exit=step.get("exit"),
        output=step.get("output"),
        environment=step.get("environment", {}),
        interpolated=tuple(step.get("interpolated", ())),
        details={key: value for key, value in step.items() if key not in _KNOWN},
    )
