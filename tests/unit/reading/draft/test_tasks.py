from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.draft import Task, Tasks
from pipelinekit.reading.draft.tasks import for_shell, read_tasks


def test_tasks_come_in_the_order_in_which_they_are_written() -> None:
    text = '[pre-up]\n"z" = "one"\n"a" = "two"\n[post-up]\n"b" = "x"\n[post-deploy]\n[cleanup]\n"c" = "y"\n'
    assert read_tasks(text) == Tasks(
        pre_up=(Task("z", "one"), Task("a", "two")), post_up=(Task("b", "x"),), cleanup=(Task("c", "y"),)
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('[pre_up]\n"a" = "x"\n', "pre_up"),
        ('[pre-up]\n"a" = 1\n', "pre-up.a"),
        ('[pre-up]\n"a" = " "\n', "pre-up.a"),
        ("pre-up = 1\n", "pre-up"),
    ],
)
def test_what_is_no_task_is_a_fault(text: str, path: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_tasks(text)
    assert caught.value.faults[0].path == path


@pytest.mark.parametrize(
    ("command", "for_sh"),
    [
        ("echo $$HOME $HOME", "echo \\$HOME $HOME"),
        ("echo '$$HOME'", "echo '$HOME'"),
        ('echo "$$HOME\'s" $$X', 'echo "\\$HOME\'s" \\$X'),
    ],
)
def test_a_doubled_dollar_is_a_dollar_whatever_the_quotes(command: str, for_sh: str) -> None:
    assert for_shell(command) == for_sh
