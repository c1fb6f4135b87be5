"""What the harness refuses: each fault by name and place, never a silent pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .harness import Trace

Pipeline = Callable[..., Trace]

ONE = "stages { stage('a') { steps { echo 'x' } } }"


def refused(trace: Trace, kind: str, text: str, line: int | None = None) -> None:
    assert trace.result == "FAILURE", trace.console
    found = [p for p in trace.of_kind(kind) if text in p.message]
    assert found, [str(p) for p in trace.problems]
    if line is not None:
        assert found[0].line == line
        assert found[0].place == f"Jenkinsfile:{line}"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (f"pipeline {{\n{ONE}\n}}", 'Missing required section "agent"', 1),
        ("pipeline {\nagent any\n}", 'Missing required section "stages"', 1),
        ("pipeline {\nagent any\nstages {\n}\n}", "No stages specified", 3),
        (f"pipeline {{\nagent any\n{ONE}\nstepz {{ }}\n}}", 'Undefined section "stepz"', 4),
        (f"pipeline {{\nagent any\nagent none\n{ONE}\n}}", "Multiple occurrences of the agent section", 3),
        (f"pipeline {{\nagent {{ windows 'x' }}\n{ONE}\n}}", 'Invalid agent type "windows"', 2),
        (f"pipeline {{\nagent {{ kubernetes {{ image 'x' }} }}\n{ONE}\n}}", '"image"', 2),
        (f"pipeline {{\nagent any\noptions {{ speedUp() }}\n{ONE}\n}}", 'Invalid option type "speedUp"', 3),
        (f"pipeline {{\nagent any\noptions {{ timeout(tim: 1) }}\n{ONE}\n}}", 'Invalid parameter "tim"', 3),
        (f"pipeline {{\nagent any\nenvironment {{ A = 1 }}\n{ONE}\n}}", "single quoted, double quoted", 3),
        (f"pipeline {{\nagent any\nenvironment {{ }}\n{ONE}\n}}", "No variables specified", 3),
        (f"pipeline {{\nagent any\n{ONE}\npost {{ sometimes {{ echo 'x' }} }}\n}}", '"sometimes"', 4),
        (f"pipeline {{\nagent any\n{ONE}\npost {{ always {{ }} }}\n}}", "No steps specified", 4),
        (f"pipeline {{\nagent any\n{ONE}\n}}\npipeline {{\nagent any\n{ONE}\n}}", "one pipeline block", 5),
        (f"pipeline {{\nagent any\n{ONE}\nmatrix {{ }}\n}}", "not supported by the harness", 4),
    ],
)
def test_rules_of_the_pipeline(pipeline: Pipeline, text: str, message: str, line: int) -> None:
    refused(pipeline(text), "declarative", message, line)


@pytest.mark.parametrize(
    ("body", "message", "line"),
    [
        ("when { branch 'main' } steps { echo 'x' }", "'steps' must start on a new line or after a ';'", 5),
        ("when { }\nsteps { echo 'x' }", "Empty when", 5),
        ("when { moon 'full' }\nsteps { echo 'x' }", "Unknown conditional moon", 5),
        ("when { branch name: 'x' }\nsteps { echo 'x' }", 'Invalid parameter "name"', 5),
        ("when { not { branch 'a'; branch 'b' } }\nsteps { echo 'x' }", "exactly 1 child", 5),
        ("steps {\n}", "No steps specified", 5),
        ("echo 'x'", 'Undefined section "echo"', 5),
        ("environment { A = 'x' }", 'No "steps", "stages" or "parallel"', 4),
        ("steps { echo 'x' }\nparallel { stage('b') { steps { echo 'x' } } }", "Only one of", 4),
        ("steps {\ndef x = 1\n}", "Expected a step", 6),
        ("steps {\nif (true) { echo 'x' }\n}", "Expected a step", 6),
        ("steps {\nenv.toString()\n}", "Method calls on objects not allowed", 6),
        ("steps {\nstage('b') { echo 'x' }\n}", 'Invalid step "stage"', 6),
        ("steps {\nfrobnicate 'x'\n}", "unknown step 'frobnicate'", 6),
        ("steps {\ndir('x') {\nfrobnicate 'x'\n}\n}", "unknown step 'frobnicate'", 7),
        ("steps {\nsh script: 'x', retrunStdout: true\n}", 'Invalid parameter "retrunStdout"', 6),
        ("steps {\nsh returnStdout: true\n}", 'Missing required parameter: "script"', 6),
        ("steps {\nsh 'x', 'y'\n}", "use named parameters", 6),
        ("steps {\ntimeout(5)\n}", "timeout step without a block", 6),
        ("options { skipStagesAfterUnstable() }\nsteps { echo 'x' }", "Invalid stage option", 5),
        ("failFast true\nsteps { echo 'x' }", "failFast is for a stage with parallel stages", 4),
        ("input { ok 'x' }\nsteps { echo 'x' }", "No message specified", 5),
        ("agent any\nparallel { stage('b') { steps { echo 'x' } } }", '"agent" is not allowed', 5),
    ],
)
def test_rules_of_a_stage(pipeline: Pipeline, body: str, message: str, line: int) -> None:
    text = f"pipeline {{\nagent any\nstages {{\nstage('a') {{\n{body}\n}}\n}}\n}}"
    refused(pipeline(text), "declarative", message, line)


def test_one_line_with_semicolons_is_fine(pipeline: Pipeline) -> None:
    stage = "stage('a') { when { branch 'main' }; steps { echo 'x'; echo 'y' } }"
    text = f"pipeline {{ agent any; stages {{ {stage} }} }}"
    assert pipeline(text).result == "SUCCESS"


def test_stage_names(pipeline: Pipeline) -> None:
    two = "stage('a') { steps { echo 'x' } }\nstage(%s) { steps { echo 'x' } }"
    text = "pipeline {\nagent any\nstages {\n" + two + "\n}\n}"
    refused(pipeline(text % "'a'"), "declarative", 'Duplicate stage name: "a"', 5)
    refused(pipeline(text % '"${1}"'), "declarative", "Expected string literal", 5)


def test_all_faults_come_at_once(pipeline: Pipeline) -> None:
    trace = pipeline(
        "pipeline {\nstages {\nstage('a') { steps { nope() } }\n}\npost { sometimes { echo 'x' } }\n}"
    )
    assert len(trace.problems) >= 3
    assert trace.steps == ()


def test_pipeline_inside_a_block(pipeline: Pipeline) -> None:
    refused(
        pipeline(f"node {{\npipeline {{\nagent any\n{ONE}\n}}\n}}"), "declarative", "must be at the top-level"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pipeline {\n agent any\n", "expecting '}'"),
        ("def x = 1\nx?[0]", "expecting ':'"),
        ("var = do { 1 } while (true)", "unexpected token"),
    ],
)
def test_groovy_2_4_syntax(pipeline: Pipeline, text: str, message: str) -> None:
    refused(pipeline(text), "syntax", message)


def test_unknown_steps_at_run_time_are_placed_and_cannot_be_caught(steps: Pipeline) -> None:
    trace = steps("script {\ntry { frobnicate 'x' } catch (e) { echo 'hidden' }\n}")
    refused(trace, "step", "unknown step 'frobnicate' at Jenkinsfile:7", 7)


def test_arguments_are_checked_at_run_time_too(steps: Pipeline) -> None:
    refused(steps("script { sh script: 'x', retrunStatus: true }"), "step", "retrunStatus")
    refused(steps("script { echo 1 }"), "step", 'parameter "message" does not take a java.lang.Integer')
    refused(steps("script { echo null }"), "step", 'parameter "message" is null')
    refused(steps("script { retry('2') { echo 'x' } }"), "step", 'parameter "count"')
    refused(steps("script { error() }"), "step", 'Missing required parameter: "message"')
    refused(steps("script { bat 'dir' }"), "step", "sh only")


PLUGINS = "workflow-aggregator:600.vb_57cdd26fdd7\n# a comment\njunit:1\n"


def test_a_step_whose_plugin_is_not_listed(steps: Pipeline) -> None:
    assert steps("sh 'true'", plugins=PLUGINS).result == "SUCCESS"
    refused(steps("ansiColor('xterm') { sh 'true' }", plugins=PLUGINS), "plugin", "'ansicolor'", 6)
    assert steps("ansiColor('xterm') { sh 'true' }", plugins=PLUGINS + "ansicolor\n").result == "SUCCESS"


def test_an_option_whose_plugin_is_not_listed(pipeline: Pipeline) -> None:
    text = f"pipeline {{\nagent any\noptions {{ timestamps() }}\n{ONE}\n}}"
    refused(
        pipeline(text, plugins=PLUGINS), "plugin", "option 'timestamps' needs the plugin 'timestamper'", 3
    )
    assert pipeline(text, plugins=PLUGINS + "timestamper").result == "SUCCESS"


@pytest.mark.parametrize(
    "line",
    [
        "echo Jenkins.instance.toString()",
        "'id'.execute()",
        "['id'].execute()",
        "new File('/etc/passwd').text",
        "System.getenv('HOME')",
        "System.exit(1)",
        "new URL('http://localhost').text",
        "Runtime.runtime.exec('id')",
        "'x' as File",
        "String.getClassLoader()",
        "''.class.forName('java.lang.System')",
    ],
)
def test_the_sandbox(steps: Pipeline, line: str) -> None:
    refused(steps(f"script {{\n{line}\n}}"), "sandbox", "Scripts not permitted to use")


def test_the_sandbox_reads_plain_groovy_methods(steps: Pipeline) -> None:
    refused(steps("echo 'x'", before="@NonCPS\ndef bad() { 'id'.execute() }\n"), "sandbox", "execute", 2)


HOSTILE = {
    "controller": "void call() { echo Jenkins.get().toString() }",
    "controller by name": "void call() { echo jenkins.model.Jenkins.instance.toString() }",
    "import": "import jenkins.model.Jenkins\nvoid call() { echo 'x' }",
    "system": "void call() { echo System.getenv('HOME') }",
    "file": "void call() { echo new File('/etc/passwd').text }",
    "file by cast": "void call() { echo((['/etc/passwd'] as File).text) }",
    "process": "void call() { 'id'.execute() }",
    "process in plain Groovy": "@NonCPS\ndef bad() { 'id'.execute() }\nvoid call() { bad() }",
    "class by name": "void call() { Class.forName('java.lang.Runtime') }",
    "class loader": "void call() { this.class.classLoader.loadClass('java.lang.Runtime') }",
    "meta class": "void call() { String.metaClass.bad = { 1 } }",
    "field": "void call() { echo this.@binding.toString() }",
    "method pointer": "void call() { def run = 'id'.&execute\n run() }",
    "a call that our steps need not": "void call() { echo 'a'.reverse() }",
    "an index": "void call() { echo 'abc'[1] }",
}


def hostile(folder: Path, text: str) -> Path:
    (folder / "vars").mkdir(parents=True)
    (folder / "vars" / "pkHome.groovy").write_text(f"{text}\n")
    return folder


@pytest.mark.parametrize("name", HOSTILE)
def test_a_library_is_sandboxed(pipeline: Pipeline, tmp_path: Path, name: str) -> None:
    library = hostile(tmp_path / "library", HOSTILE[name])
    trace = pipeline("@Library('pipelinekit') _\nnode { pkHome() }", library=library)
    assert trace.result == "FAILURE", trace.console
    assert "Scripts not permitted to use" in trace.of_kind("sandbox")[0].message


def test_a_refusal_of_the_sandbox_cannot_be_caught(pipeline: Pipeline, tmp_path: Path) -> None:
    library = hostile(
        tmp_path / "library", "void call() { try { 'id'.execute() } catch (e) { echo 'caught' } }"
    )
    trace = pipeline("@Library('pipelinekit') _\nnode { pkHome() }", library=library)
    assert trace.result == "FAILURE"
    assert trace.kinds() == {"sandbox"}


def test_a_library_that_is_trusted_is_not(pipeline: Pipeline, tmp_path: Path) -> None:
    library = hostile(tmp_path / "library", "void call() { echo System.getProperty('java.version') }")
    text = "@Library('pipelinekit') _\nnode { pkHome() }"
    assert pipeline(text, library=library, trusted=["pipelinekit"]).result == "SUCCESS"


def test_a_library_file_that_does_not_compile(pipeline: Pipeline, tmp_path: Path) -> None:
    library = tmp_path / "library"
    (library / "vars").mkdir(parents=True)
    (library / "vars" / "pkBad.groovy").write_text("void call() {\n  def = 1\n}\n")
    trace = pipeline("@Library('pipelinekit') _\nnode { pkBad() }", library=library)
    assert trace.result == "FAILURE"
    assert trace.of_kind("syntax")[0].place == "vars/pkBad.groovy:2"


def test_ordinary_groovy_passes_the_sandbox(steps: Pipeline) -> None:
    lines = """script {
        def list = ['b', 'a'].collect { it.toUpperCase() } as Set
        def map = [x: 1, y: [2, 3]]
        def text = "${map.y.sum()} ${list.join(',')} ${'a1'.replaceAll('[0-9]', '')}"
        if (text ==~ /.*A.*/ && map?.x > 0) { echo groovy.json.JsonOutput.toJson(map) + text }
        for (e in map.entrySet()) { echo "${e.key}" }
        switch (map.x) { case 1: echo 'one'; break; default: error 'no' }
        echo Math.max(1, 2).toString() + new Date(0).time + (1..3).toList() + Integer.parseInt('7')
    }"""
    trace = steps(lines)
    assert trace.result == "SUCCESS", trace.console
