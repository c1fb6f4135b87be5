from __future__ import annotations

import pytest

from pipelinekit.errors import ToolFailed
from pipelinekit.model.draft import Task
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target
from pipelinekit.steps.innerloop.tasks import run_here, run_in_pods, words_of
from tests.developers import DraftPods, pod
from tests.doubles import Shell

TARGET = Target(
    name="orders",
    environment=Environment(name="dev", cluster="c", namespace="n"),
    namespace="n",
    context="c",
)


def silent(_: str) -> None:
    pass


def test_tasks_run_in_order_and_the_first_that_fails_ends_it() -> None:
    shell = Shell()
    run_here("pre-up", (Task("one", "a $$X"), Task("two", "b")), shell, silent)
    assert shell.ran == [r"a \$X", "b"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        ("echo $NAME ${NAME}x", ["echo", "orders", "ordersx"]),
        (r"echo $$NAME \$NAME", ["echo", "$NAME", "$NAME"]),
        ("echo '$NAME' \"$NAME\"", ["echo", "$NAME", "orders"]),
        ("echo $NONE", ["echo", ""]),
    ],
)
def test_words_in_a_pod_are_split_as_a_shell_does(command: str, words: list[str]) -> None:
    assert words_of(Task("x", command), {"NAME": "orders"}) == words


def test_quotes_that_do_not_close_are_told() -> None:
    with pytest.raises(ToolFailed):
        words_of(Task("x", "echo 'a"), {})


def test_only_pods_of_this_build_are_entered() -> None:
    pods = DraftPods((pod("new"), pod("old", "b0"), pod("leaving", going=True)))
    assert run_in_pods((Task("x", "a b"), Task("y", "c")), TARGET, "b1", pods, {}, silent) == 1
    assert pods.done == [("new", ("a", "b")), ("new", ("c",))]
    assert run_in_pods((), TARGET, "b1", pods, {}, silent) == 0


def test_a_task_that_fails_in_a_pod_fails() -> None:
    pods = DraftPods((pod("new"),), broken=frozenset(("c",)))
    with pytest.raises(ToolFailed) as caught:
        run_in_pods((Task("it", "c"),), TARGET, "b1", pods, {}, silent)
    assert caught.value.faults[0].problem.startswith("post-deploy task 'it' failed")


def test_no_pod_with_the_marks_is_a_failure() -> None:
    with pytest.raises(ToolFailed):
        run_in_pods((Task("it", "c"),), TARGET, "b1", DraftPods(), {}, silent)
