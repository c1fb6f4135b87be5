"""Repositories that are taken in, built as generated and run as the chart would run them, to an answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import docker
import pytest

from pipelinekit.reading.app import read_app
from tests.real.app import Application

LOCKS = Path(__file__).parent / "takein"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
"""What this machine trusts: where a proxy stands before the package registries, builds need it too."""

ANSWER = (
    "const http = require('http');\n"
    "{0}\n"
    "http.createServer((_, answer) => answer.end(String({1}))).listen(process.env.PORT || 3000);\n"
)
PNPM = {
    "package.json": (
        '{"name":"a","version":"1.0.0","packageManager":"pnpm@9.1.0","main":"index.js","engines":{"node":"22"},'
        '"dependencies":{"left-pad":"1.3.0"},"devDependencies":{"is-odd":"3.0.1"}}'
    ),
    "pnpm-lock.yaml": (LOCKS / "pnpm-lock.yaml").read_text(),
    "index.js": ANSWER.format("const pad = require('left-pad');", "pad('taken in', 10)"),
    "fly.toml": "[http_service]\n  internal_port = 4100\n",
}
BERRY = {
    "package.json": (
        '{"name":"a","packageManager":"yarn@4.1.0","main":"index.js","engines":{"node":"<23"},'
        '"dependencies":{"left-pad":"1.3.0"},"devDependencies":{"is-number":"7.0.0"}}'
    ),
    ".yarnrc.yml": "nodeLinker: node-modules\n",
    "yarn.lock": (LOCKS / "yarn.lock").read_text(),
    "index.js": PNPM["index.js"],
}
TYPESCRIPT = {
    "package.json": (
        '{"name":"api","engines":{"node":"^22"},"scripts":{"build":"tsc","start":"node dist/index.js"},'
        '"dependencies":{"left-pad":"1.3.0"},"devDependencies":{"typescript":"5.4.5"}}'
    ),
    "tsconfig.json": '{"compilerOptions":{"outDir":"dist","rootDir":"src","noEmitOnError":true}}',
    "src/index.ts": "declare const require: any, process: any;\n"
    + PNPM["index.js"].replace("_, ", "_: any, "),
}
WORKSPACE = {
    "package.json": '{"private":true,"workspaces":["packages/*"],"engines":{"node":"22.x"}}',
    "packages/api/package.json": (
        '{"name":"api","version":"1.0.0","dependencies":{"lib":"1.0.0","left-pad":"1.3.0"}}'
    ),
    "packages/api/index.js": ANSWER.format("const pad = require('lib');", "pad('taken in', 10)"),
    "packages/lib/package.json": (
        '{"name":"lib","version":"1.0.0","main":"i.js","dependencies":{"left-pad":"1.3.0"},'
        '"scripts":{"postinstall":"node setup.js"}}'
    ),
    "packages/lib/setup.js": (
        "require('fs').writeFileSync('i.js', \"module.exports = require('left-pad')\");\n"
    ),
}
UV = {
    "pyproject.toml": (
        '[project]\nname = "orders"\nversion = "0.1.0"\nrequires-python = ">=3.11,<3.12"\n'
        'dependencies = ["bottle==0.13.2"]\n\n[dependency-groups]\ndev = ["iniconfig==2.0.0"]\n'
    ),
    "uv.lock": (LOCKS / "uv.lock").read_text(),
    "a/__init__.py": "",
    "b/__init__.py": "",
    "main.py": (
        "from bottle import route, run\n\n\n@route('/')\ndef root():\n    return '  taken in'\n\n\n"
        "run(host='0.0.0.0', port=8000)\n"
    ),
    "Procfile": "web: python -m main\nworker: python -m a\n",
}
REPOSITORIES = {"pnpm": PNPM, "berry": BERRY, "typescript": TYPESCRIPT, "workspace": WORKSPACE, "uv": UV}
LEFT_OUT = {
    "pnpm": "node_modules/is-odd",
    "berry": "node_modules/is-number",
    "typescript": "node_modules/typescript",
}
"""What only development needs, and so is in no image."""


@pytest.fixture
def engine(testbed: Mapping[str, str]) -> Iterator[Any]:
    client = docker.DockerClient(base_url=testbed["DOCKER_HOST"])
    yield client
    client.close()


def taken_in(folder: Path, files: Mapping[str, str]) -> Application:
    here = Application(folder, "orders", "t", {})
    for path, text in files.items():
        here.write(path, text)
    here.must("new-app", "orders", "--from", ".", "--team", "t")
    return here


def trusting(here: Application) -> None:
    """Let the build's clients trust what this machine trusts."""
    here.write("ca.crt", AUTHORITIES.read_text())
    arguments = "{NODE_EXTRA_CA_CERTS: /app/ca.crt, PIP_CERT: /app/ca.crt}"
    here.replace("app.yaml", "\nbuild:\n", f"\nbuild:\n  args: {arguments}\n")
    here.replace("app.yaml", "dependencies: [", "dependencies: [ca.crt, ")
    here.must("generate")


def answer(container: Any, port: int) -> str:
    """What it answers; its log when it never does."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        container.reload()
        address = next(iter(container.attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
        try:
            with urlopen(f"http://{address}:{port}/", timeout=5) as said:
                return str(said.read().decode())
        except OSError:
            if container.status == "exited":
                break
            time.sleep(0.2)
    raise AssertionError(container.logs().decode())


@pytest.mark.parametrize("kind", REPOSITORIES)
def test_it_answers_as_taken_in(testbed: Mapping[str, str], tmp_path: Path, engine: Any, kind: str) -> None:
    here = taken_in(tmp_path, REPOSITORIES[kind])
    trusting(here)
    tag = f"takein-{uuid4().hex[:8]}"
    arguments = {
        "BASE_REGISTRY": testbed["PK_TESTBED_REGISTRY"],
        "NODE_EXTRA_CA_CERTS": "/app/ca.crt",
        "PIP_CERT": "/app/ca.crt",
    }
    container = None
    try:
        engine.images.build(path=str(here.folder), tag=tag, buildargs=arguments, rm=True, forcerm=True)
        # As the chart has it: a number for a user, nothing written, the port that app.yaml names.
        port = {"uv": 8000, "pnpm": 4100}.get(kind, 3000)
        assert read_app((here.folder / "app.yaml").read_bytes()).processes["web"].port == port
        container = engine.containers.run(
            tag, detach=True, read_only=True, user="65532:65532", environment={"PORT": str(port)}
        )
        assert "taken in" in answer(container, port)
        if kind in LEFT_OUT:
            code, _ = container.exec_run(["test", "-e", f"/app/{LEFT_OUT[kind]}"])
            assert code == 1
    finally:
        if container:
            container.remove(force=True)
        engine.images.remove(tag, force=True) if engine.images.list(tag) else None


STAGED = {
    "Dockerfile": 'FROM scratch AS web\nLABEL stage=web\nCOPY app.yaml /\nEXPOSE 8080\nCMD ["/web"]\n'
    'FROM scratch AS debug\nLABEL stage=debug\nCOPY app.yaml /\nCMD ["/debug"]\n',
    "compose.yaml": "services:\n  web:\n    build: {context: ., target: web}\n    ports: ['8080:8080']\n",
}


def test_the_stage_that_is_deployed_elsewhere_is_the_image(
    testbed: Mapping[str, str], tmp_path: Path, engine: Any
) -> None:
    here = Application(tmp_path / "shop", "shop", f"t{uuid4().hex[:8]}", dict(testbed))
    for path, text in STAGED.items():
        here.write(path, text)
    here.must("new-app", "shop", "--from", ".", "--team", here.team)
    here.commit("First version")
    here.must("build")
    images = engine.images.list(f"{here.team}/shop")
    try:
        assert [each.labels["stage"] for each in images] == ["web"]
    finally:
        for each in images:
            engine.images.remove(each.id, force=True)
