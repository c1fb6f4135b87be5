"""Stages, conditions and what runs after them, in the order of Jenkins."""

import pytest

from tests.jenkins.declarative.bench import Pipeline, parallel, said, stage, stages
from tests.jenkins.harness import Cause


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
