"""The shared library: one convention for every step, and values that stay values on the way to the shell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.cli.verbs import CONTRACT, VERBS
from pipelinekit.model.platform.packages import ECOSYSTEMS
from pipelinekit.render.escape import groovy, groovy_arguments, groovy_text
from tests.jenkins.harness import Credential, Run, evaluate_literals, parse, run

VARS = Path(__file__).resolve().parents[2] / "vars"
STEPS = sorted(VARS.glob("*.groovy"))

HOSTILE = (
    "orders; rm -rf /",
    "$(id)",
    "`id`",
    "'",
    '"',
    "'''",
    "a'); sh('id",
    "two\nlines\r\nand more",
    "{{ x }}",
    "${x}",
    "$x",
    "\\",
    "\\u0041",
    "\t\x1b\x7f",
    "é 🚀 \u200f\u2028\u0085",
    "x" * 300,
    " leading and trailing ",
    "-rf",
    "--env=production",
    "null",
    "[1]",
)


def _code(path: Path) -> list[str]:
    """The lines that are code."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("//")]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_every_step_keeps_the_convention(path: Path) -> None:
    code = _code(path)
    text = "\n".join(code)
    assert re.fullmatch(r"pk[A-Z][A-Za-z]*", path.stem), (
        "the prefix keeps it from shadowing a step of Jenkins"
    )
    assert path.read_text().startswith("/** "), "its first line says what it does"
    assert len(code) <= 15
    assert text.count("call(") == text.count("void call(") == 1
    for forbidden in ("@NonCPS", "Jenkins.", ".execute()", "new "):
        assert forbidden not in text
    if path.stem == "pkExec":
        assert f"PK_CONTRACT={CONTRACT}'" in text
        assert re.findall(r"script: (.)", text) == ["'"], "the shell line is a constant in single quotes"
    else:
        verb = path.stem.removeprefix("pk").lower()
        assert verb in VERBS
        assert [line.strip() for line in code] == [
            "void call(Map args = [:]) {",
            f"pkExec('{verb}', args)",
            "}",
        ], "a step is one call, and decides nothing"


def test_the_library_parses_as_groovy_2_4() -> None:
    assert parse([path.read_text() for path in STEPS]) == [[] for _ in STEPS]


@pytest.fixture
def recorder(tmp_path: Path) -> Path:
    """A `pipelinekit` that writes down what reaches it: arguments and environment, NUL between them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pipelinekit"
    program.write_text(
        "#!/usr/bin/env python3\nimport json, os, sys\n"
        "print('GOT ' + json.dumps({'argv': sys.argv[1:], 'env': dict(os.environ)}))\n"
    )
    program.chmod(0o755)
    return folder


def _pipeline(step: str) -> str:
    return (
        "@Library('pipelinekit@v1') _\n"
        f"pipeline {{\nagent any\nstages {{\nstage('s') {{\nsteps {{\n{step}\n}}\n}}\n}}\n}}\n"
    )


def _arguments(value: str) -> dict[str, object]:
    return {"path": value, "list": [value, value], "flag": True}


def test_hostile_values_reach_the_command_line_unchanged(recorder: Path, tmp_path: Path) -> None:
    runs = []
    for number, value in enumerate(HOSTILE):
        workspace = tmp_path / f"ws{number}"
        workspace.mkdir()
        runs.append(
            Run(
                jenkinsfile=_pipeline(f"pkBuild({groovy_arguments(_arguments(value))})"),
                workspace=workspace,
                library=VARS.parent,
                environment={"PATH": f"{recorder}:/usr/bin:/bin"},
            )
        )
    for value, trace in zip(HOSTILE, run(runs), strict=True):
        assert trace.result == "SUCCESS", trace.console
        (shell,) = trace.called("sh")
        got = json.loads(
            next(line for line in (shell.output or "").splitlines() if line.startswith("GOT "))[4:]
        )
        assert got["argv"] == ["build", "--args-env", "PK_ARGS"]
        assert json.loads(got["env"]["PK_ARGS"]) == _arguments(value)
        assert shell.arguments["script"] == 'pipelinekit "$PK_VERB" --args-env PK_ARGS'


def test_credentials_are_bound_by_id_and_masked(recorder: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    workspace.mkdir()
    (trace,) = run(
        [
            Run(
                jenkinsfile=_pipeline(
                    "pkDeploy(automatic: true, registryCredentialsId: 'r', chartsCredentialsId: 'c', "
                    "kubeCredentialsIds: ['k1', 'k2'])"
                ),
                workspace=workspace,
                library=VARS.parent,
                environment={"PATH": f"{recorder}:/usr/bin:/bin"},
                credentials={
                    "r": Credential("usernamePassword", {"username": "ru", "password": "r-secret"}),
                    "c": Credential("usernamePassword", {"username": "cu", "password": "c-secret"}),
                    "k1": Credential("file", {"name": "config", "content": "one"}),
                    "k2": Credential("file", {"name": "config", "content": "two"}),
                },
            )
        ]
    )
    assert trace.result == "SUCCESS", trace.console
    (shell,) = trace.called("sh")
    names = {name for name in shell.environment if name.startswith("PK_")}
    assert {"PK_REGISTRY_USER", "PK_REGISTRY_PASSWORD", "PK_CHARTS_USER", "PK_CHARTS_PASSWORD"} <= names
    assert sum(name.startswith("PK_KUBECONFIG_") for name in names) == 2
    assert "r-secret" not in trace.console
    assert "c-secret" not in trace.console
    assert trace.leaked == ()


def test_a_build_gets_logins_and_secrets_under_the_names_that_the_command_line_asks_for(
    recorder: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "ws"
    workspace.mkdir()
    ids = ("npm-token", "licence.key", "a_b")
    arguments: dict[str, object] = {f"{each}CredentialsId": f"{each}-reader" for each in ECOSYSTEMS}
    arguments["secretCredentialsIds"] = list(ids)
    logins = {
        f"{each}-reader": Credential(
            "usernamePassword", {"username": f"{each}-u", "password": f"{each}-4711"}
        )
        for each in ECOSYSTEMS
    }
    texts = {each: Credential("string", {"secret": f"{each}-4711"}) for each in ids}
    (trace,) = run(
        [
            Run(
                jenkinsfile=_pipeline(f"pkBuild({groovy_arguments(arguments)})"),
                workspace=workspace,
                library=VARS.parent,
                environment={"PATH": f"{recorder}:/usr/bin:/bin"},
                credentials={**logins, **texts},
            )
        ]
    )
    assert trace.result == "SUCCESS", trace.console
    (shell,) = trace.called("sh")
    expected = {"PK_CONTRACT", "PK_VERB", "PK_ARGS", *map(names.secret_variable, ids)}
    expected |= {name for each in ECOSYSTEMS for name in names.login_variables(each)}
    assert {name for name in shell.environment if name.startswith("PK_")} == expected
    assert "4711" not in trace.console
    assert trace.leaked == ()


# All that a document may hold; U+FFFF is none of it, and no Groovy literal either.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\uffff"), max_size=200)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(TEXT, min_size=50, max_size=150))
def test_any_text_is_itself_as_a_groovy_literal(texts: list[str]) -> None:
    assert evaluate_literals([groovy(each) for each in texts]) == texts
    assert evaluate_literals([groovy_text(each) for each in texts]) == texts


def test_hostile_texts_are_themselves_as_groovy_literals() -> None:
    texts = [each for each in HOSTILE if "\uffff" not in each]
    assert evaluate_literals([groovy(each) for each in texts]) == texts
    assert evaluate_literals([groovy_text(each) for each in texts]) == texts
