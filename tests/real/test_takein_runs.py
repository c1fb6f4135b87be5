"""Repositories that were taken in, built and run on the testbed, up to HTTP 200."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.real.app import Application
from tests.real.test_takein_compiled import CASES, CORPUS, truth_of

RUN = [case for case in CASES if "answers" in truth_of(case)]
LINE = ("build", "push", "package", "publish", "deploy")


@contextmanager
def taken_in(testbed: Mapping[str, str], folder: Path, case: str) -> Iterator[Application]:
    """The application of a case, taken in and committed; its namespace is removed after the block."""
    shutil.copytree(CORPUS / case / "tree", folder)
    registry = testbed["PK_TESTBED_REGISTRY"]
    env = {
        **testbed,
        "PIPELINEKIT_REGISTRY": registry,
        "PIPELINEKIT_MIRROR": registry,
        "PIPELINEKIT_CONTEXT": testbed["PK_TESTBED_CONTEXT"],
    }
    here = Application(folder, "shop", f"t{uuid4().hex[:8]}", env)
    here.must("new-app", "shop", "--from", ".", "--team", here.team)
    here.commit("First version")
    try:
        yield here
    finally:
        here.tool("kubectl", "delete", "namespace", here.namespace, "--ignore-not-found", "--wait=false")


@pytest.mark.parametrize("case", RUN)
def test_what_was_taken_in_runs(testbed: Mapping[str, str], tmp_path: Path, case: str) -> None:
    with taken_in(testbed, tmp_path / "shop", case) as here:
        for verb in LINE:
            here.must(verb)
        assert truth_of(case)["answers"] in here.http("/")


def test_at_least_these_run() -> None:
    assert {"gocmd", "goshared", "gofiles", "rustserves", "mavenmodules"} <= set(RUN)
