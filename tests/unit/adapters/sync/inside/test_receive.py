"""What a receiver does to the folder in a pod, and that it does nothing outside of it."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.sync.receivers import programs


class Container:
    """The folders that the receiver sees, and what has been put beside them."""

    def __init__(self, at: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.folder, self.outside = at / "app", at / "state", at / "outside"
        for each in (self.root, self.folder, self.outside):
            each.mkdir()
        self.patch = patch

    def remember(self, *paths: str) -> None:
        (self.folder / "tree.json").write_text(json.dumps(dict.fromkeys(paths)))

    def ask(self, **head: Any) -> dict[str, Any]:
        told, said = io.BytesIO(json.dumps(head).encode() + b"\n"), io.StringIO()
        self.patch.setattr(sys, "argv", ["-c", str(self.root), str(self.folder)])
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(told))
        self.patch.setattr(sys, "stdout", said)
        # As the interpreter in a pod runs it: the text alone.
        exec(programs("python")["receive"], {"__name__": "__main__"})  # noqa: S102
        answer = json.loads(said.getvalue())
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """A container with nothing in it."""
    return Container(tmp_path, monkeypatch)


def test_a_stage_that_was_left_by_the_same_number_is_in_nobodys_way(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getpid", lambda: 17)
    (container.root / ".draft-sync-tmp-17").mkdir()
    monkeypatch.setattr("os.kill", lambda *_: None)
    put = [["a/b", "l", "-", "c"]]
    container.ask(ask=False, tree={"a/b": ["l", "-", ""]}, base="", gone=[], put=put, again=False)
    assert [each.name for each in container.root.iterdir()] == ["a"]


@pytest.mark.parametrize("runtime", ["python", "node", "sh"])
def test_no_program_in_a_pod_measures_with_a_clock_that_may_jump(runtime: str) -> None:
    texts = "\n".join(programs(runtime).values())
    assert not re.search(r"time\.time\(|Date\b|\bdate\b", texts)
