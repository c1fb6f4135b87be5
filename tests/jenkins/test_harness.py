"""Declarative's order and conditions, as the harness plays them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .harness import Answer, Cause, Trace

Pipeline = Callable[..., Trace]


def stages(body: str, *, top: str = "", post: str = "") -> str:
    return f"pipeline {{\nagent any\n{top}\nstages {{\n{body}\n}}\n{post}\n}}\n"


def stage(name: str, lines: str, when: str = "", post: str = "") -> str:
    return f"stage('{name}') {{\n{when}\nsteps {{\n{lines}\n}}\n{post}\n}}\n"


def said(trace: Trace) -> list[str]:
    return [step.arguments["message"] for step in trace.called("echo")]


WHEN_MAIN = "when { branch 'main' }"


def test_a_green_pipeline(pipeline: Pipeline) -> None:
    trace = pipeline(stages(stage("one", "sh 'echo hi'") + stage("two", "echo 'bye'")))
    assert trace.result == "SUCCESS", trace.console
    assert trace.statuses() == {"one": "run", "two": "run"}
    assert [(s.name, s.stage) for s in trace.steps] == [("sh", "one"), ("echo", "two")]
    assert trace.console.endswith("Finished: SUCCESS\n")
    assert not trace.problems


def test_a_failing_shell_skips_what_follows_and_runs_post(pipeline: Pipeline) -> None:
    post = "post {\nalways { echo 'always' }\nsuccess { echo 'success' }\nfailure { echo 'failure' }\n}"
    trace = pipeline(stages(stage("one", "sh 'exit 3'") + stage("two", "echo 'no'"), post=post))
    assert trace.result == "FAILURE"
    assert trace.statuses() == {"one": "failed", "two": "skipped"}
    assert trace.stage("two").reason == "earlier failure"
    assert said(trace) == ["always", "failure"]
    [problem] = trace.problems
    assert (problem.kind, problem.message) == ("failure", "script returned exit code 3")
    assert problem.place == "Jenkinsfile:8"
    assert trace.called("sh")[0].exit == 3


@pytest.mark.parametrize(
    ("when", "options", "runs"),
    [
        ("branch 'main'", {}, True),
        ("branch 'main'", {"branch": "feature/x"}, False),
        ("branch 'feature/*'", {"branch": "feature/x"}, True),
        ("branch 'feature/*'", {"branch": "feature/x/y"}, False),
        ("branch 'feature/**'", {"branch": "feature/x/y"}, True),
        (r"branch pattern: 'r\\d+', comparator: 'REGEXP'", {"branch": "r12"}, True),
        (r"branch pattern: 'r\\d+', comparator: 'REGEXP'", {"branch": "x12"}, False),
        ("changeRequest()", {"pull_request": 7}, True),
        ("changeRequest()", {}, False),
        ("changeRequest target: 'main'", {"pull_request": 7}, True),
        ("changeRequest target: 'release'", {"pull_request": 7}, False),
        ("not { changeRequest() }", {"pull_request": 7}, False),
        ("branch 'main'", {"pull_request": 7}, False),
        ("allOf {\nbranch 'main'\nnot { changeRequest() }\n}", {}, True),
        ("anyOf {\nbranch 'other'\nexpression { 1 + 1 == 2 }\n}", {}, True),
        ("anyOf {\nbranch 'other'\nexpression { false }\n}", {}, False),
        ("expression { params.GO }", {"parameters": {"GO": True}}, True),
        ("expression { params.GO }", {"parameters": {"GO": False}}, False),
        ("environment name: 'TIER', value: 'gold'", {"environment": {"TIER": "gold"}}, True),
        ("environment name: 'TIER', value: 'gold'", {}, False),
        ("equals expected: 2, actual: currentBuild.number", {"number": 2}, True),
        ("equals expected: 2, actual: currentBuild.number", {"number": 3}, False),
        ("buildingTag()", {"tag": "v1"}, True),
        ("buildingTag()", {}, False),
        ("tag 'v*'", {"tag": "v1"}, True),
        ("tag 'v*'", {"tag": "w1"}, False),
        ("triggeredBy 'TimerTrigger'", {"causes": [Cause("TimerTrigger")]}, True),
        ("triggeredBy 'TimerTrigger'", {}, False),
        ("triggeredBy cause: 'UserIdCause', detail: 'kim'", {"causes": [Cause("UserIdCause", "kim")]}, True),
    ],
)
def test_when(pipeline: Pipeline, when: str, options: dict[str, object], runs: bool) -> None:
    trace = pipeline(stages(stage("gated", "echo 'ran'", f"when {{\n{when}\n}}")), **options)
    assert trace.result == "SUCCESS", trace.console
    assert trace.stage("gated").status == ("run" if runs else "skipped")
    assert said(trace) == (["ran"] if runs else [])


def test_the_condition_that_skipped_is_named(pipeline: Pipeline) -> None:
    when = "when {\nexpression { true }\nallOf {\nbranch 'main'\nenvironment name: 'A', value: 'b'\n}\n}"
    trace = pipeline(stages(stage("gated", "echo 'ran'", when)))
    assert trace.stage("gated").reason == "when: allOf[branch main, environment name: A value: b]"


def test_before_agent_asks_for_no_machine(pipeline: Pipeline) -> None:
    text = """pipeline {
    agent none
    stages {
        stage('early') {
            agent { label 'big' }
            when {
                branch 'other'
                beforeAgent %s
            }
            steps { echo 'no' }
        }
    }
}"""
    assert [a.fields["label"] for a in pipeline(text % "false").agents] == ["big"]
    assert pipeline(text % "true").agents == ()


def test_post_runs_in_jenkins_order_whatever_the_file_says(pipeline: Pipeline) -> None:
    names = [
        "cleanup",
        "unsuccessful",
        "unstable",
        "failure",
        "regression",
        "changed",
        "always",
        "success",
        "fixed",
    ]
    post = "post {\n" + "\n".join(f"{name} {{ echo '{name}' }}" for name in names) + "\n}"
    failed = pipeline(stages(stage("one", "error 'no'"), post=post), previous_result="SUCCESS")
    assert said(failed) == ["always", "changed", "regression", "failure", "unsuccessful", "cleanup"]
    fixed = pipeline(stages(stage("one", "echo 'ok'"), post=post), previous_result="FAILURE")
    assert said(fixed)[1:] == ["always", "changed", "fixed", "success", "cleanup"]
    same = pipeline(stages(stage("one", "unstable 'hm'"), post=post), previous_result="UNSTABLE")
    assert said(same) == ["always", "unstable", "unsuccessful", "cleanup"]
    first = pipeline(stages(stage("one", "echo 'ok'"), post=post))
    assert said(first)[1:] == ["always", "changed", "success", "cleanup"]


def test_post_of_a_stage_knows_its_stage(pipeline: Pipeline) -> None:
    post = 'post {\nsuccess { echo "good ${STAGE_NAME}" }\nfailure { echo "bad ${STAGE_NAME}" }\n}'
    text = stages(stage("one", "echo 'x'", post=post) + stage("two", "sh 'false'", post=post))
    assert said(pipeline(text))[1:] == ["good one", "bad two"]


def test_an_error_in_post_does_not_stop_the_next_condition(pipeline: Pipeline) -> None:
    trace = pipeline(
        stages(stage("one", "echo 'x'"), post="post {\nalways { error 'oh' }\ncleanup { echo 'end' }\n}")
    )
    assert trace.result == "FAILURE"
    assert said(trace) == ["x", "end"]


def test_nested_stages(pipeline: Pipeline) -> None:
    inner = stage("a", "echo 'a'") + stage("b", "sh 'false'") + stage("c", "echo 'c'")
    trace = pipeline(
        stages(f"stage('outer') {{\nstages {{\n{inner}\n}}\npost {{ always {{ echo 'post' }} }}\n}}")
    )
    assert trace.statuses() == {
        "outer": "failed", "outer/a": "run", "outer/b": "failed", "outer/c": "skipped",
    }  # fmt: skip
    assert said(trace) == ["a", "post"]


def test_skipping_a_stage_skips_what_is_in_it(pipeline: Pipeline) -> None:
    body = f"stage('outer') {{\nwhen {{ branch 'other' }}\nparallel {{\n{stage('a', 'echo 1')}\n}}\n}}"
    trace = pipeline(stages(body))
    assert trace.statuses() == {"outer": "skipped", "outer/a": "skipped"}


def parallel(fail_fast: bool) -> str:
    flag = "failFast true\n" if fail_fast else ""
    quick = stage("quick", "sh 'sleep 0.1; false'")
    slow = stage("slow", "sh 'sleep 5'\necho 'too late'", post="post { aborted { echo 'stopped' } }")
    return stages(f"stage('both') {{\n{flag}parallel {{\n{quick}{slow}}}\n}}")


def test_parallel_fail_fast_stops_the_other_branch(pipeline: Pipeline) -> None:
    trace = pipeline(parallel(True))
    assert trace.result == "FAILURE"
    assert trace.statuses() == {"both": "failed", "both/quick": "failed", "both/slow": "aborted"}
    assert said(trace) == ["stopped"]
    assert "Failed in branch quick" in trace.console


def test_parallel_without_fail_fast_lets_it_finish(pipeline: Pipeline) -> None:
    trace = pipeline(parallel(False).replace("sleep 5", "sleep 0.1"))
    assert trace.result == "FAILURE"
    assert trace.statuses() == {"both": "failed", "both/quick": "failed", "both/slow": "run"}


def test_environment_builds_on_what_is_above(pipeline: Pipeline) -> None:
    top = 'environment {\nA = \'1\'\nB = "${A}2"\nC = "x" + "${env.B}"\n}'
    trace = pipeline(stages(stage("one", "sh 'echo $A $B $C'", 'environment { A = "in ${C}" }'), top=top))
    assert trace.result == "SUCCESS", trace.console
    assert "in x12 12 x12\n" in trace.console


def test_parameters_have_their_defaults(pipeline: Pipeline) -> None:
    top = """parameters {
        string(name: 'WHO', defaultValue: 'world')
        booleanParam(name: 'LOUD')
        choice(name: 'TIER', choices: ['dev', 'prod'])
    }"""
    text = stages(stage("one", 'echo "${params.WHO} ${params.LOUD} ${TIER}"'), top=top)
    assert said(pipeline(text)) == ["world false dev"]
    assert said(pipeline(text, parameters={"WHO": "moon", "LOUD": True, "TIER": "prod"})) == [
        "moon true prod"
    ]


def test_options_wrap_and_are_noted(pipeline: Pipeline) -> None:
    top = "options {\ntimestamps()\nretry(2)\nbuildDiscarder(logRotator(numToKeepStr: '5'))\n}"
    trace = pipeline(stages(stage("one", "sh 'test -f again || { touch again; false; }'"), top=top))
    assert [o.name for o in trace.options] == ["timestamps", "retry", "buildDiscarder"]
    assert trace.called("sh")[0].blocks == ("timestamps", "retry")


def test_skip_stages_after_unstable(pipeline: Pipeline) -> None:
    text = stages(
        stage("one", "unstable 'hm'") + stage("two", "echo 'x'"), top="options { skipStagesAfterUnstable() }"
    )
    trace = pipeline(text)
    assert trace.result == "UNSTABLE"
    assert trace.statuses() == {"one": "unstable", "two": "skipped"}


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
