"""One workspace a test, one call to run a pipeline in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .harness import Run, Trace, run_one

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def pipeline(workspace: Path) -> Callable[..., Trace]:
    """Runs a Jenkinsfile's text; keyword arguments are `Run`'s. The samples are its library."""

    def call(text: str, **options: Any) -> Trace:
        return run_one(Run(jenkinsfile=text, **{"workspace": workspace, "library": SAMPLES, **options}))

    return call


@pytest.fixture
def steps(pipeline: Callable[..., Trace]) -> Callable[..., Trace]:
    """Runs a pipeline of one stage with these lines as its steps."""

    def call(lines: str, **options: Any) -> Trace:
        text = f"pipeline {{\n agent any\n stages {{\n stage('only') {{\n steps {{\n{lines}\n}}\n}}\n}}\n}}\n"
        return pipeline(options.pop("before", "") + text, **options)

    return call
