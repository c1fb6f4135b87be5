"""Steps that wait, try again and mark a build."""

from tests.jenkins.scripted.bench import STORE, Pipeline, bind


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
