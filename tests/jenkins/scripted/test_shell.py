"""Single steps: a real shell and its environment."""

from pathlib import Path

import pytest

from tests.jenkins.scripted.bench import Pipeline

HOSTILE = [
    "$(id)",
    "`id`",
    'a"b',
    "it's",
    "a\nb",
    "💥 ünï",
    "${x} $$ $HOME",
    "; rm -rf /",
    "\\n\\",
    "-n",
    " ",
    "%s",
    "a=b",
]


def test_sh_returns_what_was_asked_for(steps: Pipeline) -> None:
    trace = steps("""script {
        def out = sh(script: 'echo out; echo err >&2', returnStdout: true)
        def code = sh(script: 'exit 3', returnStatus: true)
        echo "<${out.trim()}> ${code} ${sh('true')}"
    }""")
    assert "<out> 3 null\n" in trace.console
    assert trace.called("sh")[0].output == "out\n"
    assert "\nerr\n" in trace.console
    assert "\nout\n" not in trace.console
    both = steps("sh script: 'true', returnStdout: true, returnStatus: true")
    assert both.result == "FAILURE"


def test_sh_stops_at_the_first_failure_and_shows_commands(steps: Pipeline) -> None:
    trace = steps("sh label: 'two lines', script: 'false\\necho never'")
    assert trace.result == "FAILURE"
    assert "+ false\n" in trace.console
    assert "never" not in trace.console
    assert "[Pipeline] sh (two lines)\n" in trace.console


def test_a_script_with_its_own_interpreter(steps: Pipeline) -> None:
    trace = steps("sh '''#!/bin/sh\nfalse\necho reached'''")
    assert trace.result == "SUCCESS"
    assert "reached" in trace.console


def test_processes_get_only_the_build_s_environment(steps: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "me")
    trace = steps("sh 'env; cat'", environment={"GIVEN": "yes"})
    assert trace.result == "SUCCESS", trace.console  # cat ends: standard input is empty
    assert "GIVEN=yes\n" in trace.console
    assert "LEAK" not in trace.console
    assert trace.called("sh")[0].environment["GIVEN"] == "yes"


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_reach_the_shell_unchanged(steps: Pipeline, workspace: Path, value: str) -> None:
    lines = """script { withEnv(["V=${params.V}"]) { sh 'printf %s "$V" > got' } }"""
    trace = steps(lines, parameters={"V": value})
    assert trace.result == "SUCCESS", trace.console
    assert (workspace / "got").read_bytes() == value.encode()


def test_with_env_follows_jenkins(steps: Pipeline) -> None:
    lines = """withEnv(['A=$HOME ${B}', 'PATH+X=/x', 'B=', 'C=1=2']) {
        sh 'echo "$A|$PATH|${B-unset}|$C"'
        withEnv(['A=inner', 'PATH+Y=/y']) { sh 'echo "$A|$PATH"' }
        sh 'echo "again $A"'
    }
    script {
        env.SET = 'set'
        env.A = 'lost'
        echo "${env.SET} ${SET} ${env.NOPE}"
        withEnv(['A=block']) { echo "A is ${env.A}" }
    }"""
    trace = steps(lines, environment={"B": "b", "PATH": "/usr/bin:/bin", "HOME": "/h"})
    assert "$HOME ${B}|/x:/usr/bin:/bin|unset|1=2\n" in trace.console  # neither expanded nor kept when empty
    assert "inner|/y:/x:/usr/bin:/bin\n" in trace.console
    assert "again $HOME ${B}\n" in trace.console
    assert "set set null\n" in trace.console
    assert "A is block\n" in trace.console
    bad = steps("withEnv(['novalue']) { sh 'true' }")
    assert bad.result == "FAILURE"
