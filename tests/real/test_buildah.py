"""buildah, where there is no engine: the same verbs, images that run alike, several platforms, secrets."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.login.credentials import from_docker_config
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import Credentials, ImageRef
from tests.real import app
from tests.real.app import Application
from tests.real.registries import Front, buildah, front, platform, signing_key
from tests.testbed import registry, tools
from tests.testbed.layout import Layout
from tests.testbed.registry import Registry


@pytest.fixture
def counting(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Front]:
    with front(testbed, tmp_path / "docker") as one:
        yield one


@pytest.fixture
def agent(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    root = tmp_path / "containers"
    yield buildah(testbed, root)
    for each in (root, tmp_path / "containers-run"):
        shutil.rmtree(each, ignore_errors=True)


JUNIT = '<testsuite tests="2"><testcase name="a"/><testcase name="b"/></testsuite>'


def with_tests(application: Application, junit: str = JUNIT, code: int = 0) -> None:
    """Put a test stage before the image; a small base, for vfs copies all of it for each layer."""
    application.write("report.xml", junit)
    command = f"mkdir -p /reports && cp /report.xml /reports/ && echo tested && exit {code}"
    stage = f"FROM ${{BASE_REGISTRY}}/library/busybox:stable AS test\nCOPY report.xml /\nCMD {command}\n\n"
    application.replace("Dockerfile", "FROM ", f"{stage}FROM ")
    application.commit()


def test_without_an_engine_the_line_runs_with_buildah(
    testbed: Mapping[str, str], agent: dict[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        with_tests(application)
        alone = application.with_env(**agent)
        tested = alone.must("test", "--json").json()
        assert (tested["receipt"]["passed"], tested["receipt"]["reports"]) == (2, ["report.xml"])
        alone.until("verify")
        assert "orders" in application.http("/")
        for verb in app.LINE:
            answer = alone.must(verb, "--json").json()
            assert not any(each["acted"] for each in (answer if isinstance(answer, list) else [answer]))


def test_a_failing_test_is_told_and_its_report_taken_out(
    testbed: Mapping[str, str], agent: dict[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        broken = '<testsuite><testcase name="a"><failure message="boom"/></testcase></testsuite>'
        with_tests(application, broken, 3)
        said = application.with_env(**agent).verb("test")
        assert said.code == 1
        assert "1 of 1 test failed" in said.reason
        assert (application.folder / ".pipelinekit/reports/report.xml").exists()
        application.replace("Dockerfile", "COPY report.xml /", "COPY report.xml /\nRUN no-such-command")
        said = application.with_env(**agent).verb("test")
        assert said.code == 5
        assert "no-such-command" in said.err


def test_an_index_goes_to_production_whole(
    testbed: Mapping[str, str], agent: dict[str, str], counting: Front, tmp_path: Path
) -> None:
    """Two platforms, a bill of materials for each, a signature; copied over TLS to a registry of its own."""
    layout = Layout.from_environment()
    keys = signing_key(testbed, tmp_path)
    with (
        registry.serve(tmp_path / "production", tls=True, auth=True) as production,
        app.new({**testbed, **counting.env}, tmp_path / "apps", "dockerfile") as application,
    ):
        document = platform(tmp_path, counting.proxy.address, testbed, sbom=True, signing=True)
        language = "  language: dockerfile\n"
        application.replace("app.yaml", language, f"{language}  platforms: [linux/amd64, linux/arm64]\n")
        # Nothing runs in it: this machine has one architecture.
        application.write("Dockerfile", "FROM scratch\nCOPY index.html /index.html\nUSER 65532:65532\n")
        application.commit()
        # The platform has the last word on what builds: an index needs no engine.
        alone = application.with_env(**{**agent, **counting.env, **keys, "PIPELINEKIT_PLATFORM": document})
        alone.must("build")
        said = alone.must("push")
        assert "bill of materials" in said.err
        assert "is signed" in said.err
        pushed = alone.must("push", "--json").json()
        assert pushed["acted"] is False
        digest = pushed["receipt"]["digest"]
        image, here, site = f"{application.team}/orders:0.1.2", counting.proxy.address, production.address
        login = merged_login(counting, production, tmp_path / "both")
        there = application.with_env(**login, PIPELINEKIT_PLATFORM="")
        untrusted = there.verb("registry", "copy", f"{here}/{image}", f"{site}/{image}")
        assert untrusted.code == 5
        assert "certificate is not trusted" in untrusted.reason
        there = there.with_env(REQUESTS_CA_BUNDLE=str(production.ca))
        before = len(counting.proxy.log)
        copied = there.must("registry", "copy", f"{here}/{image}", f"{site}/{image}", "--json").json()
        assert copied["digest"] == digest
        # An index and two images; a bill for each image, and the index' signature.
        assert (copied["manifests"], copied["referrers"]) == (3, 3)
        # Six manifests and eight blobs, each asked for, read and stored, and six lists of referrers.
        assert copied["requests"] <= 66
        assert len(counting.proxy.log) - before <= 30
        again = there.must("registry", "copy", f"{here}/{image}", f"{site}/{image}", "--json").json()
        assert again["acted"] is False
        assert again["requests"] <= 20
        trusting = application.with_env(**login, SSL_CERT_FILE=str(production.ca))
        verify = [str(tools.cosign(layout)), "verify", "--insecure-ignore-tlog"]
        copy = f"{production.address}/{application.team}/orders@{digest}"
        trusting.tool(*verify, "--key", str(tmp_path / "k.pub"), copy)
        with pytest.raises(AssertionError, match="no matching"):
            trusting.tool(*verify, "--key", str(tmp_path / "other.pub"), copy)
        no_key = alone.with_env(PK_SIGNING_KEY="").verb("push")
        assert no_key.code == 6
        assert "PK_SIGNING_KEY" in no_key.reason


def merged_login(counting: Front, other: Registry, folder: Path) -> dict[str, str]:
    folder.mkdir()
    config = json.loads(Path(counting.env["DOCKER_CONFIG"], "config.json").read_text())
    auth = base64.b64encode(f"{other.user}:{other.password}".encode()).decode()
    config["auths"][other.address] = {"auth": auth}
    (folder / "config.json").write_text(json.dumps(config))
    return {"DOCKER_CONFIG": str(folder)}


def test_an_agent_that_starts_empty_takes_layers_from_the_cache(
    testbed: Mapping[str, str], agent: dict[str, str], tmp_path: Path
) -> None:
    document = platform(tmp_path, testbed["PK_TESTBED_REGISTRY"], testbed, cache="cache/{team}/{name}")
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.replace("Dockerfile", "RUN echo ok", "RUN echo slow-step && echo ok")
        application.commit()
        first = application.with_env(**agent, PIPELINEKIT_PLATFORM=document)
        first.must("build")
        shutil.rmtree(agent["PIPELINEKIT_BUILDAH_ROOT"])
        # Another page, so that there is no image of these inputs: the step before it is the same.
        application.write("late.txt", "late")
        application.replace("Dockerfile", "USER 65532", "COPY late.txt /site/\nUSER 65532")
        application.commit()
        said = first.must("build")
        assert "Cache pulled" in said.err or "Using cache" in said.err, said.err


def test_docker_and_buildah_give_images_that_run_alike(
    testbed: Mapping[str, str], agent: dict[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.write("run.sh", "#!/bin/sh\necho hello from $(id -u) in $(pwd) with $MODE; ls -l /site\n")
        (application.folder / "run.sh").chmod(0o755)
        more = "COPY run.sh /run.sh\nENV MODE=fast\nWORKDIR /site\nRUN rm healthz && touch -d @0 /site\n"
        application.replace("Dockerfile", "USER 65532", f"{more}USER 65532")
        application.commit()
        seen = {}
        for name, each in (("docker", application), ("buildah", application.with_env(**agent))):
            each.must("build")
            each.must("push")
            digest = each.must("push", "--json").json()["receipt"]["digest"]
            where = f"{testbed['PK_TESTBED_REGISTRY']}/{application.team}/orders"
            application.tool("docker", "pull", "--quiet", f"{where}@{digest}")
            said = application.tool("docker", "run", "--rm", f"{where}@{digest}", "/run.sh")
            inspected = json.loads(application.tool("docker", "inspect", f"{where}@{digest}"))[0]["Config"]
            seen[name] = (said, *(inspected[key] for key in ("User", "Env", "WorkingDir", "Cmd", "Labels")))
            _forget(application, testbed)
        docker, other = seen["docker"], seen["buildah"]
        assert docker[0] == other[0]
        assert "65532" in docker[0]
        assert "fast" in docker[0]
        assert docker[1:5] == other[1:5]
        mine = {key for key in docker[5] if key.startswith(("org.opencontainers", "dev.pipelinekit"))}
        assert mine <= other[5].keys()
        assert docker[5]["dev.pipelinekit.input"] == other[5]["dev.pipelinekit.input"]


def _forget(application: Application, testbed: Mapping[str, str]) -> None:
    """Take the image of these inputs out of the registry, so that it is built again."""
    oci = OciRegistry(_login(testbed))
    where = ImageRef(testbed["PK_TESTBED_REGISTRY"], f"{application.team}/orders")
    for tag in oci.manifests.tags(where.registry, where.repository):
        digest = oci.digest_of(ImageRef(where.registry, where.repository, tag=tag))
        if digest:
            oci.manifests.delete(ImageRef(where.registry, where.repository, digest=digest))


def _login(testbed: Mapping[str, str]) -> Callable[[str], Credentials | None]:
    return lambda host: from_docker_config(host, Path(testbed["DOCKER_CONFIG"], "config.json"))
