"""What a run is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["usernamePassword", "string", "file", "sshUserPrivateKey"]
_VALUES: dict[str, frozenset[str]] = {
    "usernamePassword": frozenset({"username", "password"}),
    "string": frozenset({"secret"}),
    "file": frozenset({"name", "content"}),
    "sshUserPrivateKey": frozenset({"username", "key", "passphrase"}),
}


@dataclass(frozen=True)
class Credential:
    """One entry of the credentials store; not `visible` means that this build's folder cannot see it."""

    kind: Kind
    values: Mapping[str, str]
    visible: bool = True

    def __post_init__(self) -> None:
        unknown = set(self.values) - _VALUES[self.kind]
        if unknown:
            raise ValueError(
                f"a {self.kind} credential has no {sorted(unknown)}, only {sorted(_VALUES[self.kind])}"
            )


@dataclass(frozen=True)
class Answer:
    """What a person says to an `input`: its parameters' values, or no. Without a submitter: nobody known."""

    values: Mapping[str, object] = field(default_factory=dict)
    submitter: str | None = "someone"
    abort: bool = False


@dataclass(frozen=True)
class Checkout:
    """A multibranch project's checkout by the agent's git, as the git plugin does it.

    `ref` is what the branch or pull request is at the remote; empty: the branch. `tags` stands for a
    CloneOptionTrait that does not leave tags out: without one none are fetched.
    """

    url: str
    tags: bool = False
    ref: str = ""


@dataclass(frozen=True)
class Cause:
    """Why the build runs, as `triggeredBy` asks: `TimerTrigger`, `UserIdCause` with the user as detail."""

    type: str
    detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One pipeline to run.

    `library` is a folder with `vars/` (and `src/`, `resources/`) in it: the shared library `pipelinekit`.
    Libraries are not trusted: they run in the sandbox, but for those that `trusted` names.
    The workspace is the first machine's; it is used, not copied. It is prepared as after a checkout, or
    `checkout` does that.
    `environment` is all that processes get, beside what the job and the pipeline's own blocks add.
    `plugins` is the text of a plugin list (an id a line, `id:version` allowed): a step of another plugin
    fails the run. `scm` is what `checkout scm` answers (`GIT_COMMIT` …). Times are in seconds.
    """

    jenkinsfile: str
    workspace: Path
    library: Path | None = None
    libraries: Mapping[str, Path] = field(default_factory=dict)
    implicit: Sequence[str] = ()
    trusted: Sequence[str] = ()
    file: str = "Jenkinsfile"
    job: str = "orders/main"
    number: int = 1
    branch: str = "main"
    pull_request: int | None = None
    target: str = "main"
    tag: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    previous_result: str | None = None
    plugins: str | None = None
    causes: Sequence[Cause] = ()
    inputs: Mapping[str, Answer] = field(default_factory=dict)
    downstream: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scm: Mapping[str, str] = field(default_factory=dict)
    checkout: Checkout | None = None
    skip_sleep: bool = False
    timeout: float = 60
    sh_timeout: float = 30
    step_limit: int = 10_000

    def to_json(self) -> dict[str, Any]:
        libraries = dict(self.libraries)
        if self.library is not None:
            libraries["pipelinekit"] = self.library
        return {
            "op": "run",
            "text": self.jenkinsfile,
            "file": self.file,
            "workspace": str(self.workspace),
            "libraries": {name: [str(root)] for name, root in libraries.items()},
            "implicit": list(self.implicit),
            "trusted": list(self.trusted),
            "environment": self._environment(),
            "credentials": {
                id_: {"kind": c.kind, "values": dict(c.values), "visible": c.visible}
                for id_, c in self.credentials.items()
            },
            "parameters": dict(self.parameters),
            "previous_result": self.previous_result,
            "plugins": None if self.plugins is None else plugin_ids(self.plugins),
            "causes": [{"type": c.type, "detail": c.detail} for c in self.causes],
            "inputs": {
                name: {"values": dict(a.values), "submitter": a.submitter, "abort": a.abort}
                for name, a in self.inputs.items()
            },
            "downstream": dict(self.downstream),
            "tools": {name: dict(variables) for name, variables in self.tools.items()},
            "scm": dict(self.scm),
            "checkout": self._checkout(),
            "skip_sleep": self.skip_sleep,
            "timeout_ms": int(self.timeout * 1000),
            "sh_timeout_ms": int(self.sh_timeout * 1000),
            "step_limit": self.step_limit,
        }

    def _checkout(self) -> dict[str, Any]:
        if self.checkout is None:
            return {}
        ref = self.checkout.ref or f"refs/heads/{self.branch}"
        return {"url": self.checkout.url, "tags": self.checkout.tags, "ref": ref}

    def _environment(self) -> dict[str, str]:
        named = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "JOB_NAME": self.job,
            "JOB_BASE_NAME": self.job.rpartition("/")[2],
            "BUILD_NUMBER": str(self.number),
            "BUILD_ID": str(self.number),
            "BUILD_DISPLAY_NAME": f"#{self.number}",
            "BUILD_TAG": f"jenkins-{self.job.replace('/', '-')}-{self.number}",
            "BRANCH_NAME": self.branch,
        }
        if self.pull_request is not None:
            named["BRANCH_NAME"] = f"PR-{self.pull_request}"
            named["CHANGE_ID"] = str(self.pull_request)
            named["CHANGE_TARGET"] = self.target
            named["CHANGE_BRANCH"] = self.branch
        if self.tag is not None:
            named["BRANCH_NAME"] = named["TAG_NAME"] = self.tag
        return named | dict(self.environment)


def plugin_ids(text: str) -> list[str]:
    """The plugin ids of a list: one a line, versions and comments left out."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line.partition(":")[0].strip() for line in lines if line]
