"""Through Jenkins: triggered, followed live, its result passed on, across a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelinekit.steps import follow as steps
from tests.controller.builds import Build
from tests.controller.conftest import Platform, Ran
from tests.controller.server import Controller

APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: dockerfile}
run: {port: 8080}
"""


@pytest.fixture
def deploy(
    kit: Callable[..., Ran], jenkins: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """`pipelinekit deploy --via jenkins` in an application whose main branch has a job."""
    application = tmp_path / "orders"
    application.mkdir()
    (application / "app.yaml").write_text(APP)
    jenkins.state.make("apps/payments/orders", "multibranch")
    jenkins.state.make("apps/payments/orders/main", "pipeline")
    monkeypatch.setattr(steps, "EVERY", 0.02)
    monkeypatch.setattr(steps, "PATIENCE", 20.0)
    return lambda *more: kit("deploy", f"--path={application}", "--via=jenkins", *more)


def _says(*lines: str, result: str = "SUCCESS", pause: float = 0.0) -> Callable[[Build], Iterator[float]]:
    def script(build: Build) -> Iterator[float]:
        for line in lines:
            build.write(line + "\r\n")
            yield pause
        build.write(f"Finished: {result}\r\n")
        build.finish(result)

    return script


@pytest.mark.parametrize(
    ("result", "code"), [("SUCCESS", 0), ("UNSTABLE", 1), ("FAILURE", 5), ("ABORTED", 5), ("NOT_BUILT", 5)]
)
def test_a_build_s_result_is_the_exit_code(
    jenkins: Controller, deploy: Callable[..., Ran], result: str, code: int
) -> None:
    jenkins.state.script = _says("héllo 🚀", "two", result=result)
    ran = deploy()
    assert ran.code == code
    assert ran.out.splitlines()[:3] == ["héllo 🚀", "two", f"Finished: {result}"]
    assert "apps/payments/orders/main is queued" in ran.err
    if code:
        assert "apps/payments/orders/main #1" in ran.err


def test_the_console_is_shown_once_and_whole_however_it_comes(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    def script(build: Build) -> Iterator[float]:
        for number in range(30):
            build.write("li", build.raw + 7)
            yield 0.01
            build.write(f"ne {number}\r\n", build.raw + 300)
        build.finish("SUCCESS")

    jenkins.state.script = script
    ran = deploy()
    assert ran.out.splitlines()[:-1] == [f"line {number}" for number in range(30)]


def test_a_slow_queue_says_what_it_waits_for(jenkins: Controller, deploy: Callable[..., Ran]) -> None:
    jenkins.state.queue_polls = 8
    ran = deploy()
    assert ran.code == 0
    assert ran.err.count("waiting: Finished waiting") == 1


def test_a_job_with_parameters_gets_them_and_one_without_none(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    assert deploy().code == 0
    assert jenkins.requests("POST", r"main/build$")
    parameters = (
        "<flow-definition><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>"
        "<hudson.model.BooleanParameterDefinition><name>DEPLOY</name></hudson.model.BooleanParameterDefinition>"
        "</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></flow-definition>"
    )
    item = jenkins.state.make("apps/payments/orders/main", "pipeline", parameters)
    assert deploy().code == 0
    assert item.builds[1].parameters == {"DEPLOY": "true"}
    assert "true" not in jenkins.requests("POST", "buildWithParameters")[0].path


def test_a_restart_in_the_middle_is_survived(jenkins: Controller, deploy: Callable[..., Ran]) -> None:
    going, ready = threading.Event(), threading.Event()

    def script(build: Build) -> Iterator[float]:
        build.write("before\r\n")
        going.set()
        while not ready.is_set():
            yield 0.01
        build.write("Resuming build after Jenkins restart\r\nafter\r\n")
        yield 0.01
        build.finish("SUCCESS")

    jenkins.state.script = script

    def restart() -> None:
        going.wait(10)
        time.sleep(0.1)
        jenkins.down()
        time.sleep(0.2)
        jenkins.up(starting=True)
        time.sleep(0.2)
        jenkins.starting = False
        ready.set()

    other = threading.Thread(target=restart)
    other.start()
    ran = deploy()
    other.join()
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[:3] == ["before", "Resuming build after Jenkins restart", "after"]
    assert "waiting for it to come back" in ran.err


def test_a_restart_while_it_waits_in_the_queue_is_survived(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    jenkins.state.queue_polls = 10_000
    jenkins.state.make("other", "pipeline")

    def restart() -> None:
        while not jenkins.requests("GET", "queue/item"):
            time.sleep(0.01)
        jenkins.down()
        jenkins.up()
        with jenkins.lock:
            item = jenkins.state.find("apps/payments/orders/main")
            other = jenkins.state.find("other")
            assert item is not None
            assert other is not None
            jenkins.state.enqueue(other, {})  # another job now has the number that ours had
            waiting = jenkins.state.enqueue(item, {})
            jenkins.run(item, jenkins.state.begin(waiting))

    other = threading.Thread(target=restart)
    other.start()
    ran = deploy()
    other.join()
    assert ran.code == 0, ran.err
    assert "#1 runs" in ran.err


def test_a_controller_that_does_not_come_back_is_an_error(
    jenkins: Controller, deploy: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PATIENCE", 0.05)

    def script(build: Build) -> Iterator[float]:
        build.write("x\r\n")
        yield 0.05
        threading.Thread(target=jenkins.down, daemon=True).start()
        yield 60

    jenkins.state.script = script
    ran = deploy()
    assert ran.code == 5
    assert "cannot be reached" in ran.err


def test_somebody_takes_it_out_of_the_queue(jenkins: Controller, deploy: Callable[..., Ran]) -> None:
    jenkins.state.queue_polls = 10_000

    def cancel() -> None:
        while not jenkins.state.queue:
            time.sleep(0.01)
        with jenkins.lock:
            waiting = next(iter(jenkins.state.queue.values()))
            waiting.left = waiting.cancelled = True

    other = threading.Thread(target=cancel)
    other.start()
    ran = deploy()
    other.join()
    assert ran.code == 6
    assert "was taken out of the queue" in ran.err


@pytest.mark.parametrize("abort", [True, False])
def test_ctrl_c_asks_whether_to_abort(
    jenkins: Controller, deploy: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, abort: bool
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: abort)
    jenkins.state.script = _says(*map(str, range(10_000)), pause=0.02)
    interrupt = threading.Thread(target=_interrupt, args=(jenkins,))
    interrupt.start()
    ran = deploy()
    interrupt.join()
    build = jenkins.state.find("apps/payments/orders/main").builds[1]  # type: ignore[union-attr]
    assert ran.code == 130
    assert (build.result == "ABORTED") is abort
    assert ("is aborted" if abort else "goes on at") in ran.err


def _interrupt(jenkins: Controller) -> None:
    """Ctrl-C as soon as the build runs and is followed."""
    import os
    import signal

    while not jenkins.requests("GET", "progressiveText"):
        time.sleep(0.01)

    os.kill(os.getpid(), signal.SIGINT)


def test_a_repository_that_cannot_be_scanned_is_no_missing_job(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    project = jenkins.state.find("apps/payments/orders")
    assert project is not None
    project.children.clear()
    project.indexing = "Starting branch indexing...\nFinished: FAILURE\n"
    ran = deploy()
    assert ran.code == 6
    assert "could not scan the repository of apps/payments/orders" in ran.err
    assert f"why: {jenkins.url}/job/apps/job/payments/job/orders/indexing/console" in ran.err


def test_a_project_that_nobody_sees_is_missing_or_not_for_this_account(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    jenkins.state.root.children.clear()
    ran = deploy()
    assert ran.code == 6
    assert "no job apps/payments/orders/main that anonymous access may see" in ran.err
    assert "` makes the project" in ran.err
    assert "needs Job/Read" in ran.err


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        ("missing", 6, "apps/payments/orders has no job of branch main"),
        ("disabled", 6, "apps/payments/orders/main is disabled"),
    ],
)
def test_a_job_that_cannot_be_built(
    jenkins: Controller, deploy: Callable[..., Ran], problem: str, code: int, words: str
) -> None:
    item = jenkins.state.find("apps/payments/orders/main")
    assert item is not None
    assert item.parent is not None
    if problem == "missing":
        del item.parent.children["main"]
    else:
        item.save(disabled="true")
    ran = deploy()
    assert ran.code == code
    assert words in ran.err


def test_an_environment_with_a_gate_is_not_reached_this_way(
    jenkins: Controller, deploy: Callable[..., Ran]
) -> None:
    ran = deploy("--env=production")
    assert ran.code == 6
    assert "production is not automatic: a pipeline deploys to dev" in ran.err
    assert jenkins.requests("POST") == []


def test_a_plan_starts_nothing(jenkins: Controller, deploy: Callable[..., Ran]) -> None:
    ran = deploy("--plan")
    assert "would build apps/payments/orders/main" in ran.out
    assert jenkins.requests("POST") == []


def test_a_branch_s_slash_is_encoded_in_its_job(
    jenkins: Controller, platform: Platform, deploy: Callable[..., Ran]
) -> None:
    platform.applications[0]["branch"] = "release/1.x"
    jenkins.state.make("apps/payments/orders/release%2F1.x", "pipeline")
    assert deploy().code == 0
    assert jenkins.requests("POST", "release%252F1.x/build")
