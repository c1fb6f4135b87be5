"""Machines, libraries, sources and options, as the harness plays them."""

from pathlib import Path

from tests.jenkins.declarative.bench import Pipeline, parallel, said, stage, stages
from tests.jenkins.harness import Answer


def test_agent_none_has_no_machine(pipeline: Pipeline) -> None:
    trace = pipeline(stages(stage("one", "sh 'true'")).replace("agent any", "agent none"))
    assert trace.result == "FAILURE"
    assert "'agent none' was specified" in trace.problems[0].message


def test_each_machine_has_its_own_workspace(pipeline: Pipeline, workspace: Path) -> None:
    (workspace / "checked-in.txt").write_text("x")
    text = """pipeline {
    agent none
    stages {
        stage('make') {
            agent any
            steps {
                sh 'echo made > made.txt'
                stash name: 'made', includes: 'made.txt'
            }
        }
        stage('use') {
            agent any
            steps {
                sh 'test -f checked-in.txt && ! test -e made.txt'
                unstash 'made'
                sh 'cat made.txt'
            }
        }
    }
}"""
    trace = pipeline(text)
    assert trace.result == "SUCCESS", trace.console
    assert trace.stashes == {"made": ("made.txt",)}
    assert len({a.workspace for a in trace.agents}) == 2


def test_a_pod_is_recorded_and_its_containers_checked(pipeline: Pipeline) -> None:
    text = """pipeline {
    agent { kubernetes {
        yaml '''
            spec:
              containers:
                - name: build
                  image: tool:1
        '''
        defaultContainer 'build'
    } }
    stages { stage('one') { steps {
        sh 'true'
        container('%s') { sh 'true' }
    } } }
}"""
    good = pipeline(text % "build")
    assert good.result == "SUCCESS", good.console
    assert good.agents[0].kind == "kubernetes"
    assert good.called("sh")[0].blocks == ("container",)
    bad = pipeline(text % "other")
    assert "container [other]" in bad.problems[0].message


def test_input_takes_its_answer_from_the_run(pipeline: Pipeline) -> None:
    text = stages("""stage('ask') {
        input {
            message 'Go?'
            parameters { string(name: 'WHY') }
        }
        steps { sh 'echo because $WHY' }
    }""")
    yes = pipeline(text, inputs={"Go?": Answer({"WHY": "friday"})})
    assert "because friday" in yes.console
    no = pipeline(text, inputs={"Go?": Answer(abort=True)})
    assert (no.result, no.stage("ask").status) == ("ABORTED", "aborted")
    unanswered = pipeline(text)
    assert (unanswered.result, unanswered.kinds()) == ("FAILURE", {"harness"})


def test_a_library_is_loaded_at_the_version_asked_for(pipeline: Pipeline) -> None:
    text = "@Library('pipelinekit@v1.2.3') _\n" + stages(
        stage("one", "pkSay text: 'hi', times: 2\npkSay text: 'ho'")
    )
    trace = pipeline(text)
    assert trace.result == "SUCCESS", trace.console
    assert [(lib.name, lib.version) for lib in trace.libraries] == [("pipelinekit", "v1.2.3")]

    assert "hi #1\n" in trace.console
    assert "ho #2\n" in trace.console  # one instance for the whole build
    assert trace.called("sh")[0].place == "vars/pkSay.groovy:10"
    assert "Jenkinsfile:9" in trace.called("sh")[0].stack


def test_a_library_that_is_not_there(pipeline: Pipeline) -> None:
    trace = pipeline("@Library('other@1') _\n" + stages(stage("one", "echo 'x'")))
    assert (trace.result, trace.kinds()) == ("FAILURE", {"library"})
    without = pipeline(stages(stage("one", "pkSay text: 'x'")))
    assert "unknown step 'pkSay'" in without.problems[0].message


def test_a_library_step_takes_a_block_and_resources_are_read(pipeline: Pipeline) -> None:
    lines = "pkAround { echo 'inside' }\nscript { echo libraryResource('note.txt').trim() }"
    trace = pipeline("@Library('pipelinekit') _\n" + stages(stage("one", lines)))
    assert said(trace) == ["before", "inside", "after", "from the library"]


def test_a_scripted_pipeline(pipeline: Pipeline) -> None:
    text = """node('linux') {
    stage('one') { sh 'echo one' }
    try {
        stage('two') { error 'broken' }
    } catch (e) {
        currentBuild.result = 'UNSTABLE'
        echo "caught ${e.message}"
    }
    parallel a: { echo 'a' }, b: { echo 'b' }
}"""
    trace = pipeline(text)
    assert trace.result == "UNSTABLE", trace.console
    assert trace.statuses() == {"one": "run", "two": "failed"}
    assert said(trace) == ["caught broken", "a", "b"]


def test_checkout_answers_what_the_run_says(pipeline: Pipeline) -> None:
    top = "options { skipDefaultCheckout() }"
    lines = 'script {\ndef seen = checkout scm\necho "at ${seen.GIT_COMMIT}"\n}'
    assert "at abc" in pipeline(stages(stage("one", lines), top=top), scm={"GIT_COMMIT": "abc"}).console
    implicit = pipeline(stages(stage("one", "sh 'echo at $GIT_COMMIT'")), scm={"GIT_COMMIT": "abc"})
    assert "at abc" in implicit.console


def test_a_libraries_section_and_a_library_step(pipeline: Pipeline) -> None:
    section = stages(stage("one", "pkSay text: 'hi'"), top="libraries { lib('pipelinekit@v2') }")
    for text in (section, "library 'pipelinekit@v2'\n" + stages(stage("one", "pkSay text: 'hi'"))):
        trace = pipeline(text)
        assert "hi #1\n" in trace.console
        assert [(lib.name, lib.version) for lib in trace.libraries] == [("pipelinekit", "v2")]


def test_options_of_a_stage(pipeline: Pipeline) -> None:
    options = "options {\ntimeout(time: 300, unit: 'MILLISECONDS')\n}"
    post = "post { aborted { echo 'stopped' } }"
    trace = pipeline(stages(stage("slow", "sh 'sleep 9'", options, post) + stage("next", "echo 'no'")))
    assert (trace.result, said(trace)) == ("ABORTED", ["stopped"])
    assert trace.statuses() == {"slow": "aborted", "next": "skipped"}


def test_a_timeout_stops_every_branch(pipeline: Pipeline) -> None:
    branches = stage("a", "sh 'sleep 9'") + stage("b", "sh 'sleep 9'")
    options = "options { timeout(time: 300, unit: 'MILLISECONDS') }"
    text = stages(f"stage('both') {{\n{options}\nparallel {{\n{branches}\n}}\n}}")
    assert pipeline(text).statuses() == {"both": "aborted", "both/a": "aborted", "both/b": "aborted"}


def test_every_parallel_can_be_made_to_fail_fast(pipeline: Pipeline) -> None:
    text = parallel(False).replace("agent any", "agent any\noptions { parallelsAlwaysFailFast() }")
    assert pipeline(text).stage("slow").status == "aborted"


def test_tools_come_from_the_run(pipeline: Pipeline) -> None:
    text = stages(stage("one", "sh 'echo $MAVEN_HOME'"), top="tools { maven 'm3' }")
    assert "/opt/m3\n" in pipeline(text, tools={"maven:m3": {"MAVEN_HOME": "/opt/m3"}}).console
    missing = pipeline(text)
    assert (missing.result, missing.kinds()) == ("FAILURE", {"declarative"})


def test_triggers_are_noted(pipeline: Pipeline) -> None:
    top = "triggers {\ncron('H 3 * * *')\npollSCM('')\n}"
    assert [o.name for o in pipeline(stages(stage("one", "echo 'x'"), top=top)).options] == [
        "cron",
        "pollSCM",
    ]
    bad = pipeline(stages(stage("one", "echo 'x'"), top="triggers { fullMoon() }"))
    assert "Invalid trigger type" in bad.problems[0].message


def test_without_the_default_checkout_a_fresh_machine_is_empty(pipeline: Pipeline, workspace: Path) -> None:
    (workspace / "source").write_text("x")
    body = """stage('far') {
        agent any
        steps {
            sh '! test -e source'
            checkout scm
            sh 'test -e source'
        }
    }"""
    trace = pipeline(
        stages(stage("near", "sh 'test -e source'") + body, top="options { skipDefaultCheckout() }")
    )
    assert trace.result == "SUCCESS", trace.console
    assert [a.fields["checkout"] for a in trace.agents] == [False, False]


def test_checkout_takes_a_map(pipeline: Pipeline) -> None:
    lines = "checkout([$class: 'GitSCM', branches: [[name: 'main']]])"
    trace = pipeline(stages(stage("one", lines)))
    assert trace.result == "SUCCESS", trace.console
    assert trace.called("checkout")[0].details["scm"]["$class"] == "GitSCM"


def test_what_the_file_defines_is_seen_in_its_stages(pipeline: Pipeline) -> None:
    before = """import groovy.transform.Field
@Field String kept = 'kept'
def local = 'local'
def hello() { echo "m ${kept}" }
"""
    text = before + stages(
        stage("one", 'hello()\necho "${local} ${kept}"'), top='environment { E = "${local}" }'
    )
    assert said(pipeline(text)) == ["m kept", "local kept"]


def test_a_question_asked_only_when_the_stage_will_run(pipeline: Pipeline) -> None:
    text = stages("""stage('ask') {
        input { message 'Go?' }
        when {
            branch 'other'
            beforeInput true
        }
        steps { echo 'x' }
    }""")
    assert pipeline(text).stage("ask").status == "skipped"
    assert pipeline(text.replace("beforeInput true", "")).kinds() == {"harness"}
