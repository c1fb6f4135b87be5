"""What pierces the trust boundary on a controller, each told where jobs are planned."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelinekit import __version__
from pipelinekit.adapters import probes
from pipelinekit.cli import main
from tests.controller import forms
from tests.controller.conftest import Platform, Ran
from tests.controller.credentialroutes import keep
from tests.controller.faults import Fault
from tests.controller.server import Controller

Kit = Callable[..., Ran]
KUBE = """\
<org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl><scope>GLOBAL</scope><id>kube-prod</id>
</org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl>"""


@pytest.fixture
def gated(jenkins: Controller, platform: Platform, kit: Kit) -> Platform:
    """The platform with a credential behind its gate, applied."""
    platform.clusters = [{"name": "nonprod"}, {"name": "prod", "credentials": "kube-prod"}]
    assert kit("jobs", "apply", "--yes").code == 0
    return platform


def _hold(jenkins: Controller, path: str) -> None:
    item = jenkins.state.find(path)
    assert item is not None, path
    item.credentials["kube-prod"] = ET.fromstring(KUBE)
    keep(item)


# --- credentials ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "apps",
        "apps/payments",
        "apps/payments/orders",
        "apps/theirs",
        "apps/payments/theirs",
        "apps/payments/project",
        "apps/payments/theirs/deep",
        "apps/payments/theirs/deep/er/and/more",
    ],
)
def test_a_gated_credential_anywhere_in_apps_is_told(
    jenkins: Controller, gated: Platform, kit: Kit, path: str
) -> None:
    if jenkins.state.find(path) is None:
        jenkins.state.make(path, "multibranch" if path.endswith("project") else "folder")
    assert "kube-prod is in" not in kit("jobs", "plan").err
    _hold(jenkins, path)
    assert f"credential kube-prod is in {path}, where" in kit("jobs", "plan").err


def test_no_more_is_asked_than_one_request_a_folder(jenkins: Controller, gated: Platform, kit: Kit) -> None:
    jenkins.seen.clear()
    kit("jobs", "plan")
    before = len(jenkins.requests("GET"))
    # The top-level folders are read by name, so that no listing of theirs is one of these requests.
    assert [each.path for each in jenkins.requests("GET", "credentials/store/folder")] == []
    for number in range(10):
        jenkins.state.make(f"apps/team{number}", "folder")
    jenkins.seen.clear()
    kit("jobs", "plan")
    assert len(jenkins.requests("GET")) == before + 10


def test_where_nothing_is_guarded_nothing_is_asked(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    jenkins.state.make("apps/payments/theirs/deep", "folder")
    jenkins.seen.clear()
    kit("jobs", "plan")
    assert jenkins.requests("GET", "theirs") == []


# --- libraries ------------------------------------------------------------------------------------

FOLDER_LIBRARY = """\
<org.jenkinsci.plugins.workflow.libs.FolderLibraries><libraries>
<org.jenkinsci.plugins.workflow.libs.LibraryConfiguration><name>{}</name><implicit>false</implicit>
</org.jenkinsci.plugins.workflow.libs.LibraryConfiguration></libraries>
</org.jenkinsci.plugins.workflow.libs.FolderLibraries>"""


@pytest.mark.parametrize("path", ["apps", "apps/payments", "apps/payments/orders"])
@pytest.mark.parametrize("name", ["pipelinekit", "other"])
def test_a_library_of_our_name_on_a_folder_or_project_is_told(
    jenkins: Controller, kit: Kit, path: str, name: str
) -> None:
    kit("jobs", "apply", "--yes")
    item = jenkins.state.find(path)
    assert item is not None
    root = forms.parsed(item.text)
    properties = root.find("properties")
    assert properties is not None
    properties.append(ET.fromstring(FOLDER_LIBRARY.format(name)))
    item.text = forms.saved(ET.tostring(root, encoding="unicode"))
    ran = kit("jobs", "plan", "--json")
    assert json.loads(ran.out)["changes"] == [], "it is theirs to keep"
    assert (f"{path} has a library named pipelinekit of its own" in ran.err) is (name == "pipelinekit")


def _trusted(name: str) -> str:
    return f"jenkins: {{}}\nunclassified:\n  globalLibraries:\n    libraries:\n    - name: {name}\n"


def test_a_trusted_library_of_our_name_is_told(jenkins: Controller, kit: Kit) -> None:
    assert "trusted library" not in kit("jobs", "plan").err
    jenkins.state.casc = _trusted("other")
    assert "trusted library" not in kit("jobs", "plan").err
    jenkins.state.casc = _trusted("pipelinekit")
    told = kit("jobs", "plan").err
    assert "has a trusted library named pipelinekit: every commit" in told
    assert "globalUntrustedLibraries" in told


@pytest.mark.parametrize("may", [True, False], ids=["no plugin", "no right"])
def test_who_cannot_look_is_told_to(jenkins: Controller, kit: Kit, may: bool) -> None:
    if may:
        jenkins.state.casc = ""
    else:
        jenkins.faults = [Fault("forbid", path="configuration-as-code", detail="Overall/SystemRead")]
    ran = kit("jobs", "plan")
    assert ran.code == 0
    assert "nobody has looked whether a trusted library named pipelinekit is there" in ran.err


@pytest.mark.parametrize("version", ["", "751.v709f84f7d768"])
def test_a_plugin_without_untrusted_libraries_is_told(jenkins: Controller, kit: Kit, version: str) -> None:
    if version:
        jenkins.state.versions["pipeline-groovy-lib"] = version
    else:
        jenkins.state.plugins.remove("pipeline-groovy-lib")
    assert "the plugin pipeline-groovy-lib is" in kit("jobs", "plan").err


# --- the library's tag ----------------------------------------------------------------------------


@pytest.fixture
def library(platform: Platform, tmp_path: Path) -> Path:
    """The library's repository, without a tag, as the platform names it."""
    folder = tmp_path / "kit"
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    for words in (("init", "--quiet"), (*who, "commit", "--quiet", "--allow-empty", "--message=One")):
        (folder).mkdir(exist_ok=True)
        subprocess.run(["git", *words], cwd=folder, check=True)
    platform.jenkins = {"library": {"repository": f"file://{folder}"}}
    return folder


def _tag(folder: Path, name: str, *more: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *who, "tag", *more, name], cwd=folder, check=True)


@pytest.mark.parametrize("kind", [(), ("--annotate", "--message=x")], ids=["light", "annotated"])
def test_a_library_without_the_tag_that_pipelines_name_is_told(
    library: Path, platform: Platform, kit: Kit, kind: tuple[str, ...]
) -> None:
    _tag(library, "v0")
    told = kit("jobs", "plan").err
    assert f"has no tag v{__version__}, by which every pipeline loads the library" in told
    assert "git push --mirror" in told
    _tag(library, f"v{__version__}", *kind)
    assert "has no tag" not in kit("jobs", "plan").err
    platform.jenkins["library"]["version"] = "v77"
    assert "has no tag v77" in kit("jobs", "plan").err


def test_a_library_that_cannot_be_asked_is_a_word_and_no_fault(
    library: Path, platform: Platform, kit: Kit
) -> None:
    platform.jenkins["library"]["repository"] += "-gone"
    ran = kit("jobs", "plan")
    assert ran.code == 0
    assert "nobody has looked whether the library's repository has the tag" in ran.err


def test_doctor_asks_the_same(
    jenkins: Controller,
    library: Path,
    platform: Platform,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What else it asks for is not there.
    monkeypatch.setattr(probes, "tools", lambda *_: [])
    monkeypatch.setattr(probes, "addresses", lambda *_: [])

    def findings() -> dict[str, dict[str, str]]:
        with pytest.raises(SystemExit):
            main.run(["doctor", "--json", f"--platform={platform.write()}"])
        return {each["subject"]: each for each in json.loads(capsys.readouterr().out)}

    trusted, tag = f"trusted libraries of {jenkins.url}", f"library file://{library} v{__version__}"
    jenkins.state.casc = _trusted("pipelinekit")
    found = findings()
    assert (found[trusted]["state"], found[tag]["state"]) == ("failed", "failed")
    assert "git push --mirror" in found[tag]["hint"]
    assert "credentials" not in found, "nothing here is anybody's"
    jenkins.state.casc = _trusted("other")
    _tag(library, f"v{__version__}")
    platform.clusters = [{"name": "nonprod", "credentials": "kube"}, {"name": "prod"}]
    found = findings()
    assert (found[trusted]["state"], found[tag]["state"]) == ("ok", "ok")
    assert found["credentials"]["state"] == "notice"
    assert "credential kube is the same for 2 teams" in found["credentials"]["detail"]
