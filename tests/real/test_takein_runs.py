"""Repositories that were taken in, built and run on the testbed, up to HTTP 200."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from pipelinekit.generators import languages
from pipelinekit.reading.app import read_app
from tests.documents import dump
from tests.pages import adopting
from tests.real.app import Application
from tests.real.test_takein import AUTHORITIES
from tests.real.test_takein_compiled import CASES, CORPUS, truth_of

RUN = [case for case in CASES if "answers" in truth_of(case)]
SAMPLE = frozenset(
    ("gocmd", "goshared", "gofiles", "rustserves", "mavenmodules", "phpextended", "rubysinatra")
)
"""What `make test` runs of them; the others are for `make corpus`."""
LINE = ("build", "push", "package", "publish", "deploy")
TRUST = {"python": "PIP_CERT", "node": "NODE_EXTRA_CA_CERTS"}
"""What tells an installer which authorities this machine trusts; the others fetch nothing here."""


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
    _placed(here, truth_of(case))
    here.commit("First version")
    try:
        yield here
    finally:
        here.tool("kubectl", "delete", "namespace", here.namespace, "--ignore-not-found", "--wait=false")


def _placed(here: Application, truth: Mapping[str, Any]) -> None:
    """What belongs to this machine: the authorities that it trusts, and variables that a mark asks for."""
    document = yaml.safe_load((here.folder / "app.yaml").read_text())
    build = document["build"]
    variable = TRUST.get(build["language"])
    if variable:
        here.write("authorities.crt", AUTHORITIES.read_text())
        named = languages.resolved(read_app((here.folder / "app.yaml").read_bytes())).dependencies or ()
        build |= {"args": {variable: "/app/authorities.crt"}, "dependencies": ["authorities.crt", *named]}
    if "variables" in truth:
        document["run"]["env"] = {**document["run"].get("env", {}), **truth["variables"]}
    if variable or "variables" in truth:
        here.write("app.yaml", dump(document))
        here.must("generate")


@pytest.mark.parametrize(
    "case", [pytest.param(each, marks=pytest.mark.matrix("corpus", sample=each in SAMPLE)) for each in RUN]
)
def test_what_was_taken_in_runs(
    testbed: Mapping[str, str], tmp_path: Path, case: str, matrix_row: Callable[..., None]
) -> None:
    begun = time.monotonic()
    with taken_in(testbed, tmp_path / "shop", case) as here:
        for verb in LINE:
            here.must(verb)
        assert truth_of(case)["answers"] in here.http("/")
    judged = next(each for each in adopting.judged() if each.case == case)
    figures = {"language": judged.language, "ran": "yes", "seconds": round(time.monotonic() - begun, 1)}
    matrix_row("corpus", case, judged.verdict, figures)


UNRUN = [each for each in adopting.judged() if each.case not in RUN]


@pytest.mark.matrix("corpus")
@pytest.mark.parametrize("shape", UNRUN, ids=lambda shape: shape.case)
def test_what_does_not_run_here_is_said(shape: adopting.Judged, matrix_row: Callable[..., None]) -> None:
    matrix_row("corpus", shape.case, shape.verdict, {"language": shape.language, "ran": f"no: {shape.unrun}"})
    assert shape.unrun


def test_what_can_run_here_does() -> None:
    assert set(RUN) >= SAMPLE
    languages_of = [truth_of(case)["language"] for case in RUN]
    able = ("python", "node", "go", "java-maven", "rust", "php", "ruby", "static")
    assert {each: languages_of.count(each) for each in able if languages_of.count(each) < 3} == {}
