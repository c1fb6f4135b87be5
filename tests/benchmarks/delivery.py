"""B12: from a changed file to a pod that runs it, against the bare commands for the same.

As one `pipelinekit run`, which is what a developer calls, the same where a ledger that everybody shares has a
signed commit of each release and deployment, and as the five verbs that Jenkins calls. All with the builder
that the engine has of its own, and with BuildKit, which is what `docker build` has become.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from uuid import uuid4

from tests.benchmarks.measure import Row, least, middle, out_of_step
from tests.real import app
from tests.real.app import Application
from tests.real.registries import buildx
from tests.real.releasing import described
from tests.real.remotes import bare
from tests.real.signers import Signers
from tests.testbed import bed

RUNS = 8
"""Each begins at another eighth of a second: what two subjects wait for differs by less than that."""
LINE = ("run", "--from", "build", "--until", "deploy")
VERBS = ("build", "push", "package", "publish", "deploy")
CHANGED = {"python": "orders/changed.py", "dockerfile": "index.html"}
"""The file that is changed, by the kind of application: one that starts slowly, one ready within a second."""


def run() -> list[Row]:
    """Wall time of the line and of its verbs against that of docker build, docker push and helm upgrade."""
    with bed.session() as testbed, tempfile.TemporaryDirectory() as folder:
        kit = {**buildx(testbed, Path(folder, "docker")), "DOCKER_BUILDKIT": "1"}
        builders = {"": testbed, ", BuildKit": kit}
        return [
            row
            for builder, env in builders.items()
            for language in CHANGED
            for row in _measured(env, language, builder)
        ]


def _measured(testbed: dict[str, str], language: str, builder: str) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        app.new(testbed, Path(folder, "line"), language) as line,
        app.new(testbed, Path(folder, "told"), language) as told,
        app.new(testbed, Path(folder, "mine"), language) as mine,
        app.new(testbed, Path(folder, "bare"), language) as bare,
    ):
        numbers = count()
        file = CHANGED[language]
        recorded = _with_ledger(told, Path(folder, "ledger"), testbed)
        samples = out_of_step(
            {
                "line": lambda: _changed(line, file, next(numbers)).must(*LINE),
                "recorded": lambda: _recorded(_changed(recorded, file, next(numbers))),
                "verbs": lambda: _verbs(_changed(mine, file, next(numbers))),
                "bare": lambda: by_hand(_changed(bare, file, next(numbers)), next(numbers), testbed),
            },
            RUNS,
        )
    plain = samples["bare"]
    name = f"docker build, docker push, helm upgrade --wait ({language}{builder})"
    return [
        Row("B12", subject, name, f"wall, {figure}", of(samples[key], "wall"), of(plain, "wall"), 1.15)
        for key, subject in (
            ("line", " ".join(LINE)),
            ("recorded", f"{' '.join(LINE)}, ledger on"),
            ("verbs", ", ".join(VERBS)),
        )
        for figure, of in (("min", least), ("median", middle))
    ]


def _with_ledger(application: Application, folder: Path, testbed: dict[str, str]) -> Application:
    """On a platform whose pipelines sign in a ledger beside it."""
    signers = Signers(folder / "keys")
    signers.folder.mkdir(parents=True)
    places = [{"name": "dev", "cluster": "c", "namespace": "{team}-dev", "automatic": True}]
    found = described(testbed, bare(folder, "ledger", {}), signers, application.team, places)
    document = folder / "platform.yaml"
    document.write_text(json.dumps(found))
    private = str(signers.private("pipeline"))
    return application.with_env(PIPELINEKIT_PLATFORM=str(document), PIPELINEKIT_LEDGER_KEY=private)


def _recorded(application: Application) -> None:
    said = application.must(*LINE)
    if "not in the ledger" in said.err:
        raise AssertionError(said.err)


def _changed(application: Application, file: str, number: int) -> Application:
    """With one line changed, as a developer does; to what it never was, or an engine has built it before."""
    application.write(file, f"CHANGE = '{number}, {uuid4()}'\n")
    application.commit()
    return application


def _verbs(application: Application) -> None:
    for verb in VERBS:
        application.must(verb)


def by_hand(application: Application, number: int, testbed: dict[str, str]) -> None:
    """The image and the release as a hand makes them."""
    name = f"{testbed['PK_TESTBED_REGISTRY']}/{application.team}/orders:{number}"
    base = f"BASE_REGISTRY={testbed['PK_TESTBED_REGISTRY']}"
    chart = ["upgrade", "--install", "orders", "charts/orders", "--namespace", application.namespace]
    image = f"image.repository={application.team}/orders"
    values = ["--set", image, "--set", f"image.registry={testbed['PK_TESTBED_REGISTRY']}"]
    for argv in (
        ["docker", "build", "--quiet", "--build-arg", base, "--tag", name, "."],
        ["docker", "push", "--quiet", name],
    ):
        _run(argv, application)
    pushed = _run(["docker", "inspect", "--format", "{{index .RepoDigests 0}}", name], application)
    digest = pushed.strip().rpartition("@")[2]
    values += ["--set", f"image.digest={digest}", "--set", f"digest={digest}"]
    _run(["helm", *chart, "--create-namespace", *values, "--wait"], application)


def _run(argv: list[str], application: Application) -> str:
    return subprocess.run(
        argv,
        cwd=application.folder,
        env={**os.environ, "DOCKER_BUILDKIT": "0", **application.env},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
