"""Secrets, bound and masked as Jenkins does."""

from pathlib import Path

import pytest

from tests.jenkins.scripted.bench import STORE, Pipeline, bind


def test_credentials_are_bound_and_masked(steps: Pipeline, workspace: Path) -> None:
    binding = "usernamePassword(credentialsId: 'nexus', usernameVariable: 'U', passwordVariable: 'P')"
    trace = steps(bind(binding, 'echo "$U $P"; printf %s "$P" > got; echo "$P" | base64'), credentials=STORE)
    assert trace.result == "SUCCESS", trace.console
    assert (workspace / "got").read_text() == STORE["nexus"].values["password"]
    assert "bob ****\n" in trace.console
    assert "s3cr" not in trace.console + repr(trace.steps)
    assert trace.leaked == ()
    assert trace.called("sh")[0].environment["P"] == "****"


def test_a_secret_that_gets_out_is_named(steps: Pipeline) -> None:
    binding = "string(credentialsId: 'token', variable: 'T')"
    trace = steps(bind(binding, 'echo "$T" > kept') + "\nsh 'cat kept'", credentials=STORE)
    assert trace.leaked == ("token",)


def test_a_secret_in_groovy_text_is_reported(steps: Pipeline) -> None:
    lines = """withCredentials([string(credentialsId: 'token', variable: 'T')]) { sh "echo ${T}" }"""
    trace = steps(lines, credentials=STORE)
    assert trace.called("sh")[0].interpolated == ("T",)
    assert trace.called("sh")[0].arguments["script"] == "echo ****"
    assert "using Groovy String interpolation, which is insecure" in trace.console


def test_files_and_keys_live_beside_the_workspace_and_go(steps: Pipeline, workspace: Path) -> None:
    lines = (
        bind("file(credentialsId: 'kube', variable: 'F')", 'cat "$F"; echo "$F" > where; stat -c %a "$F"')
        + "\n"
        + bind(
            "sshUserPrivateKey(credentialsId: 'deploy-key', keyFileVariable: 'K', usernameVariable: 'U')",
            'cat "$K"; echo "$U"',
        )
    )
    trace = steps(lines, credentials=STORE)
    assert "apiVersion: v1\n" in trace.console
    assert "400\n" in trace.console
    assert "KEY\n" in trace.console
    where = Path((workspace / "where").read_text().strip())
    assert where.name == "config"
    assert not where.is_relative_to(workspace)
    assert not where.exists()
    assert not workspace.with_name("workspace@tmp").exists()


@pytest.mark.parametrize(
    ("id_", "message"),
    [
        ("nowhere", "Could not find credentials entry with ID 'nowhere'"),
        ("elsewhere", "Could not find credentials entry with ID 'elsewhere'"),
        ("nexus", "is of type 'Username with password' where 'Secret text' was expected"),
    ],
)
def test_credentials_a_build_cannot_use(steps: Pipeline, id_: str, message: str) -> None:
    trace = steps(bind(f"string(credentialsId: '{id_}', variable: 'T')", "true"), credentials=STORE)
    assert trace.result == "FAILURE"
    assert message in trace.problems[0].message
    assert trace.problems[0].place == "Jenkinsfile:6"


def test_a_binding_needs_its_variables(steps: Pipeline) -> None:
    trace = steps(bind("string(credentialsId: 'token')", "true"), credentials=STORE)
    assert "string needs variable" in trace.problems[0].message


def test_credentials_in_the_environment_section(pipeline: Pipeline) -> None:
    text = """pipeline {
    agent any
    environment {
        N = credentials('nexus')
        T = credentials('token')
        F = credentials('kube')
    }
    stages { stage('a') { steps {
        sh 'echo "$N_USR,$N_PSW,$N,$T"; test "$T" = t0ken-value; cat "$F"'
    } } }
}"""
    trace = pipeline(text, credentials=STORE)
    assert trace.result == "SUCCESS", trace.console
    assert "bob,****,****,****\n" in trace.console
    missing = pipeline(text.replace("'token'", "'nope'"), credentials=STORE)
    assert "ID 'nope'" in missing.problems[0].message


def test_a_library_s_credentials(pipeline: Pipeline) -> None:
    text = "@Library('pipelinekit') _\nnode { pkLogin credentialsId: 'nexus' }"
    trace = pipeline(text, credentials=STORE)
    assert "login bob ****\n" in trace.console
    assert trace.called("sh")[0].stack[:2] == ("vars/pkLogin.groovy:5", "vars/pkLogin.groovy:3")
