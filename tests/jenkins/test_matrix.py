"""Every generated Jenkinsfile of a matrix under the CPS engine; what it does is a golden file.

The command line is a recorder: which verbs run, with what and holding which credentials, is the
Jenkinsfile's doing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import jenkinsfile
from pipelinekit.generators.jenkinsfile import plan
from pipelinekit.model.app import LANGUAGES, App, Build, Language
from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify
from pipelinekit.model.platform.site import Site
from pipelinekit.model.stages import STAGES
from pipelinekit.plan.jenkins.stages import Build as Built
from pipelinekit.plan.jenkins.stages import decide
from pipelinekit.render import render
from tests import examples
from tests.jenkins.harness import Credential, Run, Trace, parse, run

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
COMMAND = "pytest tests/jenkins --update-golden"

AGENTS = {
    "any": Agent(),
    "label": Agent(label="linux && docker"),
    "pod": Agent(pod=AgentPod(namespace="jenkins-agents", image="nexus.acme.example:5000/platform/agent:1")),
}
HOOKS = {"silent": None, "notified": Notify(step="acmeNotify", library="acme@v3")}


@dataclass(frozen=True)
class Kind:
    """A build: of which branch or pull request, and whether its tests fail."""

    branch: str = "main"
    pull_request: int | None = None
    fails: str = ""
    deploy: bool = True


BUILDS = {
    "main": Kind(),
    "pull-request": Kind(branch="feature/x", pull_request=7),
    "other-branch": Kind(branch="feature/x"),
    "main-that-fails": Kind(fails="test"),
    "main-with-stale-files": Kind(fails="generate"),
    "main-without-deploying": Kind(deploy=False),
}
SITE = Site(
    library="0.1.0",
    registry_credentials="nexus",
    charts_credentials="nexus-charts",
    kube_credentials=("kube-nonprod",),
)
CREDENTIALS = {
    "nexus": Credential("usernamePassword", {"username": "ci", "password": "registry-secret"}),
    "nexus-charts": Credential("usernamePassword", {"username": "ci", "password": "charts-secret"}),
    "kube-nonprod": Credential("file", {"name": "config", "content": "kube-secret"}),
}


def _app(language: Language) -> App:
    return examples.app(build=Build(language=language))


def _text(language: Language, agent: str, hooks: str) -> str:
    site = replace(SITE, agent=AGENTS[agent], notify=HOOKS[hooks])
    return render(plan(_app(language), site), templates())["Jenkinsfile"].text


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `pipelinekit` that does as asked, but for the verb that `FAILS` names; and a user's library."""
    folder = tmp_path_factory.mktemp("tools")
    program = folder / "bin" / "pipelinekit"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        "mkdir -p .pipelinekit/reports .pipelinekit/receipts\n"
        'if [ "$PK_VERB" = test ]; then\n'
        "  printf '<testsuite><testcase name=\"a\"/></testsuite>' > .pipelinekit/reports/t.xml\n"
        "fi\n"
        'printf "{}" > ".pipelinekit/receipts/$PK_VERB.json"\n'
        '[ "$PK_VERB" != "$FAILS" ]\n'
    )
    program.chmod(0o755)
    step = folder / "acme" / "vars" / "acmeNotify.groovy"
    step.parent.mkdir(parents=True)
    step.write_text(
        "void call(Map args = [:]) {\n    echo 'told of ' + args.application + ' of ' + args.team\n}\n"
    )
    return folder


def _run(text: str, build: Kind, tools: Path, workspace: Path) -> Run:
    workspace.mkdir(parents=True)
    return Run(
        jenkinsfile=text,
        workspace=workspace,
        library=ROOT,
        libraries={"acme": tools / "acme"},
        plugins=(ROOT / "seed-jobs" / "plugins.txt").read_text(),
        credentials=CREDENTIALS,
        branch=build.branch,
        pull_request=build.pull_request,
        parameters={} if build.deploy else {"DEPLOY": False},
        environment={"PATH": f"{tools / 'bin'}:/usr/bin:/bin", "FAILS": build.fails},
    )


CASES = list(product(AGENTS, HOOKS, BUILDS))


@pytest.fixture(scope="module")
def traces(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Trace]:
    """Each case of each language. Texts that are the same are run once, which is what makes this bearable."""
    folder = tmp_path_factory.mktemp("workspaces")
    texts = {(language, *case): _text(language, *case[:2]) for language in LANGUAGES for case in CASES}
    distinct = sorted({(text, key[3]) for key, text in texts.items()})
    runs = [_run(text, BUILDS[build], tools, folder / str(n)) for n, (text, build) in enumerate(distinct)]
    ran = dict(zip(distinct, run(runs), strict=True))
    return {key: ran[text, key[3]] for key, text in texts.items()}


def told(trace: Trace) -> str:
    """What a build did, for people to read in a diff."""
    return "\n".join(_lines(trace)) + "\n"


def _lines(trace: Trace) -> Iterator[str]:
    yield f"result: {trace.result}"
    yield "libraries: " + ", ".join(f"{each.name}@{each.version}" for each in trace.libraries)
    for agent in trace.agents:
        yield f"agent: {agent.kind} {json.dumps(dict(agent.fields), sort_keys=True)}"
    for option in trace.options:
        yield f"option: {option.name} {json.dumps(option.arguments, sort_keys=True, default=str)}"
    for stage in trace.stages:
        yield f"stage {stage.path}: {stage.status}" + (f" ({stage.reason})" if stage.reason else "")
        yield from _steps(trace, stage.name)
    yield "afterwards:"
    yield from _steps(trace, "Declarative: Post Actions")


def _steps(trace: Trace, stage: str) -> Iterator[str]:
    for step in trace.steps:
        if step.stage.rpartition("/")[2] != stage:
            continue
        if step.name == "sh":
            held = sorted(
                name
                for name in step.environment
                if name.startswith("PK_") and name not in ("PK_VERB", "PK_ARGS", "PK_CONTRACT")
            )
            asked = f"{step.environment['PK_VERB']} {step.environment['PK_ARGS']}"
            yield f"  pipelinekit {asked} -> {step.exit}" + (f"  holding {', '.join(held)}" if held else "")
        elif step.name in ("junit", "archiveArtifacts", "echo", "catchError"):
            yield f"  {step.name} {json.dumps(dict(step.arguments), sort_keys=True, ensure_ascii=False)}"


@pytest.mark.parametrize(("agent", "hooks", "build"), CASES, ids=["-".join(case) for case in CASES])
def test_what_a_build_does_is_in_its_golden_file(
    traces: dict[tuple[str, ...], Trace], pytestconfig: pytest.Config, agent: str, hooks: str, build: str
) -> None:
    path = GOLDEN / f"{agent}-{hooks}-{build}.txt"
    first, *others = (told(traces[language, agent, hooks, build]) for language in LANGUAGES)
    assert set(others) <= {first}, "a language makes no difference to a pipeline"
    if pytestconfig.getoption("update_golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(first)
    assert path.read_text() == first, f"run `{COMMAND}`"


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{'-'.join(case)}.txt" for case in CASES}
    assert {each.name for each in GOLDEN.iterdir()} == wanted


def test_every_jenkinsfile_parses_as_groovy_2_4() -> None:
    texts = [_text(language, agent, hooks) for language in LANGUAGES for agent in AGENTS for hooks in HOOKS]
    assert parse(texts) == [[] for _ in texts]


def test_nothing_goes_wrong_that_is_not_meant_to(traces: dict[tuple[str, ...], Trace]) -> None:
    for key, trace in traces.items():
        fails = BUILDS[key[3]].fails == "test"
        assert trace.result == ("FAILURE" if fails else "SUCCESS"), (key, trace.console)
        assert trace.kinds() <= ({"failure"} if fails else set()), (key, trace.problems)
        assert trace.leaked == ()
        assert not any("secret" in json.dumps(dict(step.arguments)) for step in trace.steps)


@pytest.mark.parametrize("build", ["pull-request", "other-branch"])
def test_no_credential_is_bound_outside_main(traces: dict[tuple[str, ...], Trace], build: str) -> None:
    for key, trace in traces.items():
        if key[3] == build:
            assert [each for each in trace.called("withCredentials") if each.arguments.get("bindings")] == []
            assert all("PASSWORD" not in "".join(step.environment) for step in trace.called("sh"))


@pytest.mark.parametrize("build", [name for name, kind in BUILDS.items() if not kind.fails])
def test_run_explains_what_the_pipeline_does(traces: dict[tuple[str, ...], Trace], build: str) -> None:
    """One table: the stages that `run` decides on are those that ran under the engine."""
    kind = BUILDS[build]
    trace = traces["python", "label", "silent", build]
    number = str(kind.pull_request or "")
    decisions = decide(
        Built(branch=kind.branch, pull_request=number, deploy=kind.deploy), _app("python"), SITE
    )
    ran = [step.environment["PK_VERB"] for step in trace.called("sh")]
    assert ran == [each.stage.verb for each in decisions if each.runs]
    assert [each.verb for each in STAGES] == [each.stage.verb for each in decisions]


def test_the_test_s_reports_are_published_when_it_fails(traces: dict[tuple[str, ...], Trace]) -> None:
    trace = traces["python", "label", "notified", "main-that-fails"]
    assert [each.total for each in trace.reports] == [1]
    assert [each.arguments["message"] for each in trace.called("echo")] == ["told of orders of payments"]
    assert not [step for step in trace.called("sh") if step.environment["PK_VERB"] == "build"]


def test_the_jenkinsfile_names_no_environment() -> None:
    assert jenkinsfile.__doc__
    text = _text("python", "label", "silent")
    assert not any(word in text for word in ("'dev'", "staging", "production"))
