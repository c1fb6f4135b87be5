"""Single steps: a real shell, real files, and Jenkins' way with secrets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .harness import Credential, Trace

Pipeline = Callable[..., Trace]

STORE = {
    "nexus": Credential("usernamePassword", {"username": "bob", "password": "s3cr'et\"$x"}),
    "token": Credential("string", {"secret": "t0ken-value"}),
    "kube": Credential("file", {"name": "config", "content": "apiVersion: v1\n"}),
    "deploy-key": Credential("sshUserPrivateKey", {"username": "git", "key": "KEY\n", "passphrase": "pa55"}),
    "elsewhere": Credential("string", {"secret": "hidden"}, visible=False),
}

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


def bind(binding: str, script: str) -> str:
    return f"withCredentials([{binding}]) {{ sh '{script}' }}"


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


def test_retry(steps: Pipeline) -> None:
    again = "sh 'echo x >> tries; test $(wc -l < tries) -ge 3'"
    assert steps(f"retry(3) {{ {again} }}").result == "SUCCESS"
    trace = steps("retry(2) { error 'no' }")
    assert (trace.result, len(trace.called("error"))) == ("FAILURE", 2)


def test_timeout_stops_the_shell_and_its_children(steps: Pipeline) -> None:
    trace = steps("timeout(time: 300, unit: 'MILLISECONDS') { sh 'sleep 20 & sleep 20' }\necho 'after'")
    assert trace.result == "ABORTED"
    assert trace.problems[0].message == "Timeout has been exceeded"
    assert "after" not in trace.console
    quick = steps("timeout(5) { sh 'true' }")
    assert quick.result == "SUCCESS"


def test_timeout_inside_retry_is_tried_again(steps: Pipeline) -> None:
    script = "sh 'test -f again || { touch again; sleep 9; }'"
    lines = f"retry(2) {{ timeout(time: 1500, unit: 'MILLISECONDS') {{ {script} }} }}"
    assert steps(lines).result == "SUCCESS"


def test_endless_groovy_is_stopped(steps: Pipeline) -> None:
    trace = steps("script { while (true) { } }", timeout=1)
    assert trace.result == "ABORTED"
    assert "longer than the harness allows" in trace.problems[0].message


def test_a_shell_that_takes_too_long_is_ended(steps: Pipeline) -> None:
    trace = steps("sh 'sleep 20'", sh_timeout=0.3)
    assert trace.result == "ABORTED"


def test_catch_error_and_unstable(steps: Pipeline) -> None:
    trace = steps("catchError(buildResult: 'UNSTABLE', stageResult: 'FAILURE') { sh 'false' }\necho 'on'")
    assert (trace.result, trace.stage("only").status) == ("UNSTABLE", "failed")
    assert "on\n" in trace.console
    assert steps("warnError('hm') { error 'x' }").result == "UNSTABLE"
    assert steps("catchError { error 'x' }").result == "FAILURE"


def test_waiting(steps: Pipeline) -> None:
    script = "sh(script: 'echo x >> n; test $(wc -l < n) -ge 3', returnStatus: true) == 0"
    lines = f"waitUntil(initialRecurrencePeriod: 10) {{ script {{ {script} }} }}"
    assert len(steps(lines).called("sh")) == 3
    assert steps("sleep time: 20, unit: 'MILLISECONDS'").result == "SUCCESS"
    assert steps("sleep 3600", skip_sleep=True).result == "SUCCESS"


def test_more_ways_to_bind(steps: Pipeline) -> None:
    colon = bind("usernameColonPassword(credentialsId: 'nexus', variable: 'UP')", 'test "${UP%%:*}" = bob')
    assert steps(colon, credentials=STORE).result == "SUCCESS"
    longer = bind("[$class: 'StringBinding', credentialsId: 'token', variable: 'T']", "test $T = t0ken-value")
    assert steps(longer, credentials=STORE).result == "SUCCESS"
    assert "unknown step" in steps(bind("certificate(credentialsId: 'x')", "true")).problems[0].message


JUNIT = """<testsuite>
<testcase name="a"/><testcase name="b">{}</testcase><testcase name="c"><skipped/></testcase>
</testsuite>"""


def test_junit(steps: Pipeline, workspace: Path) -> None:
    (workspace / "ok.xml").write_text(JUNIT.format(""))
    good = steps("junit 'ok.xml'")
    assert (good.result, good.reports[0].total, good.reports[0].skipped) == ("SUCCESS", 3, 1)
    (workspace / "bad.xml").write_text(JUNIT.format("<failure/>"))
    bad = steps("junit testResults: '*.xml'\necho 'on'")
    assert (bad.result, bad.stage("only").status, bad.reports[0].failed) == ("UNSTABLE", "unstable", 1)
    assert bad.reports[0].files == ("bad.xml", "ok.xml")
    none = steps("junit 'none/*.xml'")
    assert (none.result, none.problems[0].message) == (
        "FAILURE", "No test report files were found. Configuration error?",
    )  # fmt: skip
    assert steps("junit testResults: 'none/*.xml', allowEmptyResults: true").result == "SUCCESS"


def test_archive_artifacts(steps: Pipeline, workspace: Path) -> None:
    (workspace / "dist" / "deep").mkdir(parents=True)
    (workspace / "dist" / "deep" / "a.whl").write_text("x")
    assert steps("archiveArtifacts artifacts: 'dist/**/*.whl', fingerprint: true").archived == (
        "dist/deep/a.whl",
    )
    none = steps("archiveArtifacts '*.tgz'")
    assert "No artifacts found that match the file pattern" in none.problems[0].message
    assert steps("archiveArtifacts artifacts: '*.tgz', allowEmptyArchive: true").result == "SUCCESS"


def test_stash(steps: Pipeline, workspace: Path) -> None:
    (workspace / ".gitignore").write_text("x")
    lines = """sh 'mkdir -p a/b; echo 1 > a/b/c; chmod 755 a/b/c'
        stash name: 's', includes: 'a/**,.gitignore'
        sh 'rm -r a'
        dir('there') { unstash 's' }
        sh 'test -x there/a/b/c && cat there/a/b/c'"""
    trace = steps(lines)
    assert trace.result == "SUCCESS", trace.console
    assert trace.stashes["s"] == ("a/b/c",)  # Ant leaves .gitignore out unless told otherwise
    assert "No files included in stash" in steps("stash name: 's', includes: 'nothing'").problems[0].message
    assert "No such saved stash" in steps("unstash 'other'").problems[0].message


def test_files_and_folders(steps: Pipeline, workspace: Path) -> None:
    lines = """writeFile file: 'd/é.txt', text: 'grün 💥'
        dir('d') {
            script {
                echo "${readFile('é.txt')} ${fileExists('x')} ${pwd().endsWith('/d')} ${isUnix()}"
                deleteDir()
            }
        }
        cleanWs()"""
    trace = steps(lines)
    assert "grün 💥 false true true\n" in trace.console
    assert list(workspace.iterdir()) == []
    assert steps("script { readFile 'missing' }").result == "FAILURE"


def test_json(steps: Pipeline) -> None:
    lines = """script {
        def text = writeJSON(returnText: true, json: [a: [1, 'x']])
        echo "${text} ${readJSON(text: text).a[1]}"
    }"""
    assert '{"a":[1,"x"]} x\n' in steps(lines).console
    assert (
        "would not keep the text" in steps("script { writeJSON returnText: true, json: [a: '[1]'] }").console
    )


def test_current_build(steps: Pipeline) -> None:
    lines = """script {
        currentBuild.description = 'v1'
        currentBuild.displayName = "#${currentBuild.number} v1"
        echo "${currentBuild.currentResult} ${currentBuild.result} ${currentBuild.previousBuild?.result}"
        currentBuild.result = 'FAILURE'
        currentBuild.result = 'SUCCESS'
        echo currentBuild.currentResult
    }"""
    trace = steps(lines, previous_result="UNSTABLE", number=9)
    assert "SUCCESS null UNSTABLE\n" in trace.console
    assert trace.result == "FAILURE"  # a result only gets worse
    assert (trace.description, trace.display_name) == ("v1", "#9 v1")


def test_build_records_and_propagates(steps: Pipeline) -> None:
    good = steps("build job: 'release/promote', parameters: [string(name: 'APP', value: 'x')]")
    assert good.called("build")[0].details["result"] == "SUCCESS"
    assert steps("build 'release/promote'", downstream={"release/promote": "FAILURE"}).result == "FAILURE"


def test_background_processes_end_with_the_build(steps: Pipeline, workspace: Path) -> None:
    trace = steps("sh 'sleep 30 >/dev/null 2>&1 & echo $! > pid'")
    assert trace.result == "SUCCESS"
    status = Path(f"/proc/{(workspace / 'pid').read_text().strip()}/status")
    # Gone, or dead and waiting for a first process that never collects its orphans.
    assert not status.exists() or "zombie" in status.read_text()
