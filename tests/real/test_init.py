"""`platform init`: each answer is tried when it is given, and none is asked for twice."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from tests.real.app import BIN, Application, Said


@pytest.fixture
def here(testbed: Mapping[str, str], tmp_path: Path) -> Application:
    """An empty folder with the command line."""
    return Application(tmp_path, "", "", dict(testbed))


def answering(here: Application, *words: str, answers: Sequence[str]) -> Said:
    """What a terminal shows; each question gets the next answer, after the last one the program is ended."""
    ours, its = pty.openpty()
    shown, left = b"", list(answers)
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), *words],
        cwd=here.folder,
        env={**os.environ, **here.env, "TERM": "dumb"},
        stdin=its,
        stdout=its,
        stderr=its,
    ) as process:
        os.close(its)
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            shown += piece
            if shown.endswith(b": "):
                if not left:
                    process.kill()
                    break
                os.write(ours, left.pop(0).encode() + b"\n")
        code = process.wait()
    os.close(ours)
    return Said(code, shown.decode(), "")


def test_an_answer_is_tried_when_it_is_given_and_kept_when_the_run_is_killed(here: Application) -> None:
    registry = here.env["PK_TESTBED_REGISTRY"]
    answers = ["Acme Inc", "acme", "http://x", "localhost:1", "n", registry]
    shown = answering(here, "platform", "init", answers=answers).out
    assert "is no name: lower-case letters" in shown
    assert "begins with a scheme" in shown
    assert "localhost:1 does not answer: Connection refused" in shown
    kept = json.loads((here.folder / ".platform.yaml.answers").read_text())
    assert kept == {"name": "acme", "registry": registry}

    answers = ["", registry, "dev, staging;production", "", "no", "", "", ""]
    said = answering(here, "platform", "init", answers=answers)
    assert said.code == 0
    shown = said.out
    assert "going on with the answers" in shown
    assert "The platform's name" not in shown, "it is not asked for again"
    assert shown.index("Jenkins' address") < shown.index("wait for a release")
    assert "people" not in shown, "without a ledger nobody signs"
    assert "credential" not in shown, "without Jenkins there are no ids of its credentials"
    document = yaml.safe_load((here.folder / "platform.yaml").read_text())
    assert [each["name"] for each in document["environments"]] == ["dev", "staging", "production"]
    assert not any("after" in each for each in document["environments"]), "gates come when they are asked for"
    assert not (here.folder / ".platform.yaml.answers").exists()


def test_a_machine_says_it_all_at_once(here: Application) -> None:
    context = here.env["PK_TESTBED_CONTEXT"]
    where = ("--environment", f"dev={context}", "--environment", f"production={context}")
    said = here.must(
        "platform", "init", "--name", "acme", "--registry", here.env["PK_TESTBED_REGISTRY"], *where
    )
    assert said.out.startswith("platform.yaml: 2 environments on 1 cluster\n")


def test_what_failed_is_written_untested_without_typing_it_again(here: Application) -> None:
    words = ("--name", "acme", "--registry", "localhost:1", "--environment", "dev=")
    said = here.verb("platform", "init", *words)
    assert said.code == 5
    assert "error: platform.yaml is not written" in said.err
    assert here.verb("platform", "init", "--untested").code == 0
    assert "localhost:1" in (here.folder / "platform.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--registry", "user:s3cret@host"], "--registry holds a user or a password"),
        (["--registry", "host/path"], "--registry has something after the host"),
        (["--charts", "host/charts"], "--charts is not oci://host/path"),
        (["--jenkins", "jenkins.example.com"], "--jenkins is not an http or https address"),
        (["--ledger", "ledger"], "--ledger is not a git address"),
        (["--mirror", "https://m"], "--mirror begins with a scheme"),
        (["--environment", "Dev=x"], "Dev is no name"),
        (["--name", "Acme"], "--name is no name"),
    ],
)
def test_an_option_is_held_to_what_the_document_takes(here: Application, words: list[str], said: str) -> None:
    done = here.verb("platform", "init", *words)
    assert done.code == 2
    assert said in done.err
    assert "s3cret" not in done.err
    assert list(here.folder.iterdir()) == []
