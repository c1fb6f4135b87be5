"""No secret is anywhere: not in what is said, run, written, built or published."""

from __future__ import annotations

import base64
import gzip
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.registries import buildah, buildx, platform, signing_key
from tests.testbed import registry
from tests.testbed.registry import Registry

TOOLS = ("buildah", "cosign", "docker", "git", "helm", "kubectl", "syft")
RECORD = '#!/bin/sh\necho "$0" "$@" >> "$PK_RECORD"\nexec "{program}" "$@"\n'
"""In the place of a tool: keeps its words, then is that tool."""
DOCKERFILE = """\
FROM {mirror}/library/busybox:stable
ARG GOPROXY
RUN --mount=type=secret,id=npm-token test -s /run/secrets/npm-token && echo "$GOPROXY" > /proxy
COPY index.html /index.html
{broken}USER 65532:65532
"""


class Ears:
    """Everything that verbs say and run."""

    def __init__(self, application: Application, folder: Path, env: Mapping[str, str]) -> None:
        self.said = ""
        self.record = folder / "argv"
        self.record.touch()
        tools = folder / "bin"
        tools.mkdir()
        path = f"{app.BIN}:{env.get('PATH', os.environ['PATH'])}"
        for name in TOOLS:
            program = shutil.which(name, path=path)
            assert program, name
            (tools / name).write_text(RECORD.format(program=program))
            (tools / name).chmod(0o755)
        self.application = application.with_env(
            **{**env, "PATH": f"{tools}:{path}", "PK_RECORD": str(self.record)}
        )

    def run(self, *arguments: str, code: int = 0, **env: str) -> None:
        done = self.application.verb(*arguments, env=env)
        assert done.code == code, f"{arguments}: {done.code}\n{done.out}\n{done.err}"
        self.said += done.out + done.err


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Registry]:
    with registry.serve(tmp_path / "guarded", auth=True) as served:
        yield served


ENGINES: Mapping[str, Callable[[Mapping[str, str], Path], dict[str, str]]] = {
    "buildah": lambda testbed, folder: buildah(testbed, folder) | {"PIPELINEKIT_ENGINE": "buildah"},
    "docker": lambda testbed, folder: buildx(testbed, folder) | {"PIPELINEKIT_ENGINE": "docker"},
}
"""What builds, and keeps what it knows in a folder."""


@pytest.mark.parametrize("engine", ENGINES)
def test_no_secret_shows_anywhere(
    testbed: Mapping[str, str], guarded: Registry, tmp_path: Path, engine: str
) -> None:
    token, wrong = f"npm-{secrets.token_hex(12)}", f"wrong-{secrets.token_hex(12)}"
    # Another name of this machine, so that the pipeline's password is not for the testbed's registry.
    address = guarded.address.replace("127.0.0.1", "localhost")
    keys = signing_key(testbed, tmp_path)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {
        **ENGINES[engine](testbed, tmp_path / "engine"),
        **keys,
        "PIPELINEKIT_PLATFORM": platform(
            tmp_path,
            address,
            testbed,
            sbom=True,
            signing=True,
            mirror=address,
            packages={"go": "https://proxy.example/go"},
        ),
        "PIPELINEKIT_MIRROR": "",
        "PK_REGISTRY_USER": guarded.user,
        "PK_REGISTRY_PASSWORD": guarded.password,
        "PK_SECRET_NPM_TOKEN": token,
        "TMPDIR": str(temporary),
    }
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        mirror = testbed["PK_TESTBED_REGISTRY"]
        text = DOCKERFILE.format(mirror=mirror, broken="")
        language = "  language: dockerfile\n"
        application.replace("app.yaml", language, f"{language}  secrets: [npm-token]\n")
        application.write("Dockerfile", text)
        application.commit()
        ears = Ears(application, tmp_path, env)
        ears.run("build", code=6, PK_SECRET_NPM_TOKEN="")
        for verb in ("build", "push", "package", "publish", "doctor"):
            ears.run(verb)
        ears.run("push", "--json")
        ears.run("doctor", "--json")
        ears.run("registry", "usage")
        ears.run("push", code=5, PK_REGISTRY_PASSWORD=wrong)
        ears.run("registry", "usage", code=5, PK_REGISTRY_PASSWORD=wrong)
        application.write("Dockerfile", DOCKERFILE.format(mirror=mirror, broken="RUN false\n"))
        application.commit()
        ears.run("build", code=5)
        application.write("Dockerfile", text + "LABEL again=yes\n")
        application.commit()
        ears.run("build")
        ears.run("push", code=5, PK_SIGNING_PASSWORD=wrong)
        found = {
            "said": ears.said.encode(),
            "argv": ears.record.read_bytes(),
            **_files(application.folder),
            **_files(temporary),
            **_files(tmp_path / "guarded" / "storage"),
            **_files(tmp_path / "engine"),
            **(_built(application.with_env(**env), tmp_path) if engine == "docker" else {}),
        }
    shutil.rmtree(tmp_path / "engine")
    # Would it be found? What is no secret is.
    assert b"proxy.example/go" in b"".join(found.values())
    assert b"build" in found["argv"]
    assert any("spdx" in name or b"SPDXID" in text for name, text in found.items())
    assert any(where.startswith(str(tmp_path / "engine")) for where in found)
    forbidden = {
        "the build secret": token,
        "the registry's password": guarded.password,
        "a wrong password": wrong,
        "the key's password": keys["PK_SIGNING_PASSWORD"],
        "the key": Path(keys["PK_SIGNING_KEY"]).read_text().splitlines()[1],
    }
    pair = f"{guarded.user}:{guarded.password}".encode()
    forbidden["the registry's password, encoded"] = base64.b64encode(pair).decode()
    shown = [
        (what, where)
        for what, secret in forbidden.items()
        for where, text in found.items()
        if secret.encode() in text
    ]
    assert shown == []


def _built(application: Application, folder: Path) -> dict[str, bytes]:
    """What the engine has of the application's images: layers, configuration, history."""
    ids = application.tool("docker", "images", "--quiet", f"*/{application.team}/*").split()
    assert ids, "the engine has none of the images that it built"
    found: dict[str, bytes] = {}
    for each in dict.fromkeys(ids):
        application.tool("docker", "save", "--output", str(folder / "saved.tar"), each)
        (folder / each).mkdir()
        application.tool("tar", "-xf", str(folder / "saved.tar"), "-C", str(folder / each))
        found |= _files(folder / each)
        history = application.tool("docker", "history", "--no-trunc", each)
        found[f"engine's history of {each}"] = history.encode()
    return found


def _files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; what is packed, unpacked as well."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found[str(path)] = data
            if data[:2] == b"\x1f\x8b":
                try:
                    found[f"{path} unpacked"] = gzip.decompress(data)
                except (OSError, EOFError, zlib.error):
                    continue
    return found
