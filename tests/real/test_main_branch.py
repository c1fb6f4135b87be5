"""The platform's document that counts, from repositories as teams have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.release import platforms
from pipelinekit.errors import Refused
from tests.real.remotes import Bare, bare, git

DOCUMENT = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {{name: acme}}
images: {{registry: "r:5000"}}
charts: {{repository: "oci://r:5000/charts"}}
clusters: [{{name: c, context: c}}]
environments:
  - {{name: dev, cluster: c, namespace: a}}
  - {{name: production, cluster: c, namespace: b, {gate}}}
{more}
"""


@pytest.fixture
def own(tmp_path: Path) -> Bare:
    return bare(
        tmp_path, "platform", {"acme/platform.yaml": DOCUMENT.format(gate="soak: 1d, after: dev", more="")}
    )


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A document that names a repository of somebody's own, where the soak is short."""
    text = DOCUMENT.format(gate="soak: 1s, after: dev", more="")
    other = bare(tmp_path, "other", {"platform.yaml": text})
    jenkins = f'jenkins: {{url: "https://ci.example.com", source: {{repository: "file://{other.path}"}}}}'
    return DOCUMENT.format(gate="soak: 1s, after: dev", more=jenkins)


def soak(source: Path) -> int:
    found = platforms.read(str(source))[0].environment("production")
    assert found
    return found.soak


def test_a_clone_is_told_by_its_own_remote_whatever_its_document_names(
    own: Bare, mine: str, tmp_path: Path
) -> None:
    git("clone", "--quiet", str(own.path), "clone", cwd=tmp_path)
    document = tmp_path / "clone" / "acme" / "platform.yaml"
    document.write_text(mine)
    assert soak(document) == soak(document.parent) == 86_400


def test_whoever_has_changed_it_beside_the_main_branch_is_told_which_counts(
    own: Bare, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("clone", "--quiet", str(own.path), "clone", cwd=tmp_path)
    document = tmp_path / "clone" / "acme" / "platform.yaml"
    document.write_text(f"# A word that changes nothing.\n{document.read_text()}")
    assert soak(document) == 86_400
    assert capsys.readouterr().err == ""
    document.write_text(document.read_text().replace("soak: 1d", "soak: 1h"))
    assert soak(document) == 86_400
    said = capsys.readouterr().err
    assert f"{document} says something else than the platform's main branch" in said
    document.write_text(document.read_text().replace("soak: 1h, after: dev", ""))
    assert soak(document) == 86_400
    assert "says something else than the platform's main branch" in capsys.readouterr().err


def test_a_copy_in_no_repository_is_told_by_what_it_names(mine: str, tmp_path: Path) -> None:
    (tmp_path / "apart.yaml").write_text(mine)
    assert soak(tmp_path / "apart.yaml") == 1
    (tmp_path / "apart.yaml").write_text(DOCUMENT.format(gate="soak: 1s, after: dev", more=""))
    with pytest.raises(Refused, match="is in no repository that has a remote"):
        soak(tmp_path / "apart.yaml")


def test_a_document_without_any_gate_takes_none_away(own: Bare, tmp_path: Path) -> None:
    git("clone", "--quiet", str(own.path), "clone", cwd=tmp_path)
    document = tmp_path / "clone" / "acme" / "platform.yaml"
    document.write_text(DOCUMENT.format(gate="automatic: true", more=""))
    assert soak(document) == 86_400
    git("checkout", "--quiet", "-b", "mine", cwd=document.parent)
    git("-c", "user.name=m", "-c", "user.email=m@example.com", "commit", "-qam", "none", cwd=document.parent)
    git("push", "--quiet", "origin", "mine", cwd=document.parent)
    found = platforms.read(f"git+file://{own.path}@mine#acme")[0].environment("production")
    assert found
    assert found.soak == 86_400


def test_a_document_without_a_gate_counts_where_its_main_branch_has_none_or_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DOCUMENT.format(gate="automatic: true", more="")
    remote = bare(tmp_path, "free", {"platform.yaml": text})
    git("clone", "--quiet", str(remote.path), "clone", cwd=tmp_path)
    document = tmp_path / "clone" / "platform.yaml"
    assert soak(document) == 0
    assert "was not read" not in capsys.readouterr().err
    git("remote", "set-url", "origin", str(tmp_path / "gone"), cwd=document.parent)
    assert soak(document) == 0
    assert "the platform's main branch was not read, so this document counts" in capsys.readouterr().err
