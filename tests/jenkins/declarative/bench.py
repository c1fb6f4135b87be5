"""Short declarative pipelines, for the tests of how the harness plays them."""

from collections.abc import Callable

from tests.jenkins.harness import Trace

Pipeline = Callable[..., Trace]


def stages(body: str, *, top: str = "", post: str = "") -> str:
    return f"pipeline {{\nagent any\n{top}\nstages {{\n{body}\n}}\n{post}\n}}\n"


def stage(name: str, lines: str, when: str = "", post: str = "") -> str:
    return f"stage('{name}') {{\n{when}\nsteps {{\n{lines}\n}}\n{post}\n}}\n"


def said(trace: Trace) -> list[str]:
    return [step.arguments["message"] for step in trace.called("echo")]


def parallel(fail_fast: bool) -> str:
    flag = "failFast true\n" if fail_fast else ""
    quick = stage("quick", "sh 'sleep 0.1; false'")
    slow = stage("slow", "sh 'sleep 5'\necho 'too late'", post="post { aborted { echo 'stopped' } }")
    return stages(f"stage('both') {{\n{flag}parallel {{\n{quick}{slow}}}\n}}")
