"""BuildKit through `docker buildx`: what the engine's own builder cannot do, and else the same image."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.registries import buildah, buildx, platform

SAYS = {"docker": "Step 1/", "buildx": "using docker driver", "buildah": "STEP 1/"}
"""How one sees who builds."""


@pytest.fixture
def kit(testbed: Mapping[str, str], tmp_path: Path) -> dict[str, str]:
    return buildx(testbed, tmp_path / "docker-config")


@pytest.fixture
def application(testbed: Mapping[str, str], kit: Mapping[str, str], tmp_path: Path) -> Iterator[Application]:
    """An application whose image nobody has built before, at an engine with buildx."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as made:
        made.write("index.html", f"<p>orders {uuid4().hex}</p>")
        made.commit()
        yield made.with_env(**kit)


def image_of(application: Application, built: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine says of the image that a receipt names."""
    found: list[dict[str, Any]] = json.loads(application.tool("docker", "inspect", built["image_id"]))
    return found[0]


def test_the_line_runs_on_images_of_buildkit(
    testbed: Mapping[str, str], kit: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "python") as made:
        application = made.with_env(**kit)
        assert application.must("test", "--json").json()["receipt"]["passed"] == 3
        said = application.must("build", "--json")
        assert SAYS["buildx"] in said.err
        application.until("verify")
        assert "orders" in application.http("/")
        for verb in app.LINE:
            answer = application.must(verb, "--json").json()
            assert not any(each["acted"] for each in (answer if isinstance(answer, list) else [answer]))


def test_all_three_builders_count_the_same_inputs_and_make_the_same_image(
    testbed: Mapping[str, str], application: Application, tmp_path: Path
) -> None:
    agents = {
        "docker": testbed,
        "buildx": application.env,
        "buildah": buildah(testbed, tmp_path / "containers"),
    }
    receipts, images = {}, {}
    for name, env in agents.items():
        each = application.with_env(**env)
        said = each.must("build", "--json")
        assert SAYS[name] in said.err, said.err
        receipts[name] = said.json()["receipt"]
        if name != "buildah":
            images[name] = image_of(each, receipts[name])
        shutil.rmtree(application.folder / ".pipelinekit" / "receipts")
    shutil.rmtree(tmp_path / "containers")
    assert len({each["inputs"] for each in receipts.values()}) == 1
    theirs, ours = (images[name]["Config"] for name in ("docker", "buildx"))
    for key in ("User", "Env", "WorkingDir", "Cmd", "Entrypoint", "Labels"):
        assert (theirs[key] or None) == (ours[key] or None), key
    assert images["docker"]["Architecture"] == images["buildx"]["Architecture"]


def test_labels_and_the_bases_digest_arrive(testbed: Mapping[str, str], application: Application) -> None:
    said = application.must("build", "--json")
    built = said.json()["receipt"]
    labels = image_of(application, built)["Config"]["Labels"]
    assert labels["dev.pipelinekit.input"] == built["inputs"]
    assert labels["org.opencontainers.image.revision"] == application.tool("git", "rev-parse", "HEAD").strip()
    assert labels["org.opencontainers.image.version"] == built["version"]
    base = f"{testbed['PK_TESTBED_REGISTRY']}/library/busybox"
    digest = labels["org.opencontainers.image.base.digest"]
    assert digest.startswith("sha256:")
    # What was counted is what was built from: the Dockerfile that the builder got names the digest.
    assert f"FROM {base}@{digest}" in said.err
    application.must("push")
    pushed = application.must("push", "--json").json()["receipt"]
    ref = f"{pushed['registry']}/{pushed['repository']}@{pushed['digest']}"
    application.tool("docker", "pull", "--quiet", ref)
    assert json.loads(application.tool("docker", "inspect", ref))[0]["Config"]["Labels"] == labels


def test_a_build_secret_is_mounted_and_in_no_layer(application: Application) -> None:
    secret = f"npm-{uuid4().hex}"
    application.replace(
        "app.yaml", "  language: dockerfile\n", "  language: dockerfile\n  secrets: [npm-token]\n"
    )
    mounted = "RUN --mount=type=secret,id=npm-token sha256sum < /run/secrets/npm-token > /proof\nUSER 65532"
    application.replace("Dockerfile", "USER 65532", mounted)
    application.commit()
    said = application.verb("build")
    assert said.code == 6
    assert "PK_SECRET_NPM_TOKEN" in said.reason
    given = application.with_env(PK_SECRET_NPM_TOKEN=secret)
    image = given.must("build", "--json").json()["receipt"]["image_id"]
    proof = application.tool("docker", "run", "--rm", image, "cat", "/proof")
    assert proof.split()[0] == hashlib.sha256(secret.encode()).hexdigest()
    saved = application.folder.parent / "image.tar"
    application.tool("docker", "save", "--output", str(saved), image)
    contents = list(everything(saved))
    assert any(proof.encode() in each for each in contents), "the layer would be found"
    assert not any(secret.encode() in each for each in contents)
    assert secret not in application.tool("docker", "history", "--no-trunc", image)
    # Without BuildKit there is nothing that could mount it.
    alone = application.with_env(DOCKER_CONFIG=str(application.folder / "none"), PK_SECRET_NPM_TOKEN=secret)
    shutil.rmtree(application.folder / ".pipelinekit" / "receipts")
    refused = alone.verb("build")
    assert refused.code == 6
    assert "install docker-buildx" in refused.err


def everything(archive: Path) -> Iterator[bytes]:
    """Each file of a saved image, and of its layers."""
    with tarfile.open(archive) as image:
        for member in image:
            stream = image.extractfile(member) if member.isfile() else None
            if stream is None:
                continue
            yield stream.read()
            if member.name.endswith(".tar"):
                stream.seek(0)
                with tarfile.open(fileobj=stream) as layer:
                    for each in layer:
                        inside = layer.extractfile(each) if each.isfile() else None
                        if inside:
                            yield inside.read()


def test_an_engine_that_starts_empty_takes_layers_from_the_cache(
    testbed: Mapping[str, str], application: Application, tmp_path: Path
) -> None:
    mark = uuid4().hex
    document = platform(tmp_path, testbed["PK_TESTBED_REGISTRY"], testbed, cache="cache/{team}/{name}")
    cached = application.with_env(PIPELINEKIT_PLATFORM=document)
    application.replace("Dockerfile", "RUN echo ok", f"RUN echo {mark} && echo ok")
    application.commit()
    assert not from_cache(cached.must("build").err, mark)
    forget(cached, mark)
    # One step more, so that there is no image of these inputs: the step before it is the same.
    application.replace("Dockerfile", "USER 65532", f"RUN true later {mark}\nUSER 65532")
    application.commit()
    assert from_cache(cached.must("build").err, mark)
    # Would it be built again, without that cache?
    forget(cached, mark)
    application.replace("Dockerfile", "RUN true later", "RUN true again")
    application.commit()
    assert not from_cache(application.must("build").err, mark)


def from_cache(said: str, mark: str) -> bool:
    """Whether the step with the mark was taken from somewhere, by what BuildKit said of it."""
    number = next(line.split()[0] for line in said.splitlines() if "RUN echo" in line and mark in line)
    return any(line.split() == [number, "CACHED"] for line in said.splitlines())


def forget(application: Application, mark: str) -> None:
    """Leave nothing of the application in the engine: the engine is not ours alone."""
    for image in application.tool("docker", "images", "--quiet", f"*/{application.team}/*").split():
        application.tool("docker", "rmi", "--force", image)
    marked = ("docker", "buildx", "du", "--verbose", "--filter", f"description~={mark}")
    for _ in range(9):
        ids = [line.split()[1] for line in application.tool(*marked).splitlines() if line.startswith("ID:")]
        if not ids:
            return
        # What another one stands on goes after that one.
        for each in ids:
            application.tool("docker", "buildx", "prune", "--force", "--all", "--filter", f"id={each}")
    raise AssertionError("the builder keeps what it has built")


def test_a_failing_steps_reason_is_in_the_error(application: Application) -> None:
    application.replace("Dockerfile", "RUN echo ok", "RUN echo because-of-this >&2 && exit 7 # echo ok")
    application.commit()
    said = application.verb("build")
    assert said.code == 5
    assert "ended with exit code 7" in said.reason
    assert "because-of-this" in said.err
    application.write("Dockerfile", "FROM scratch\nCOPY nothing-like-this /\n")
    application.commit()
    said = application.verb("build")
    assert said.code == 5
    assert "nothing-like-this" in said.reason


def test_several_platforms_are_refused_with_a_way_out(application: Application) -> None:
    several = "  language: dockerfile\n  platforms: [linux/amd64, linux/arm64]\n"
    application.replace("app.yaml", "  language: dockerfile\n", several)
    application.commit()
    said = application.verb("build")
    assert said.code == 6
    assert "one platform" in said.reason
    assert "PIPELINEKIT_ENGINE=buildah" in said.err


def files_of(application: Application, image: str) -> dict[str, tuple[int, int, int, bytes]]:
    """What an image has in /new: mode, owner, time and content (or where a link leads), by the path."""
    made = application.tool("docker", "create", image, "none").strip()
    words = ("docker", "export", made)
    raw = subprocess.run(words, env={**os.environ, **application.env}, capture_output=True, check=True).stdout
    application.tool("docker", "rm", made)
    found = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        for each in archive:
            if each.name.startswith("new/") and not each.isdir():
                stream = archive.extractfile(each) if each.isfile() else None
                content = stream.read() if stream else os.fsencode(each.linkname)
                found[each.name] = each.mode & 0o777, each.uid, int(each.mtime), content
    return found


def test_the_context_arrives_as_it_is_digested(application: Application) -> None:
    application.write("Dockerfile", 'FROM scratch\nCOPY . /new/\nCMD ["none"]\n')
    application.write(".dockerignore", "*\n!in/*\n")
    # It is heard in place of the other one, and is no part of the context itself.
    application.write("Dockerfile.dockerignore", "*\n!in\n!other\nin/*.log\n")
    application.write("in/run.sh", "#!/bin/sh\n")
    (application.folder / "in/run.sh").chmod(0o700)
    (application.folder / "in/link").symlink_to("/nowhere")
    application.write("in/left.log", "left out")
    application.write("other/one", "AAAA")
    application.commit()
    first = files_of(application, application.must("build", "--json").json()["receipt"]["image_id"])
    assert first["new/in/run.sh"] == (0o755, 0, 0, b"#!/bin/sh\n")
    assert first["new/in/link"] == (0o777, 0, 0, b"/nowhere")
    assert first["new/other/one"] == (0o644, 0, 0, b"AAAA")
    assert "new/in/left.log" not in first
    assert "new/Dockerfile.dockerignore" not in first

    # As large as before, and made at the same moment as far as a build can see.
    application.write("other/one", "BBBB")
    (application.folder / "other" / os.fsdecode(b"\xff")).write_bytes(b"a name that is no text")
    application.commit()
    second = files_of(application, application.must("build", "--json").json()["receipt"]["image_id"])
    assert second["new/other/one"] == (0o644, 0, 0, b"BBBB")
    assert any(each[3] == b"a name that is no text" for each in second.values())
