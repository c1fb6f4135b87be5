"""Paths that strangers give: in the memory of generation, in archives, through links."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from pipelinekit.adapters.build.context import Sources, context_digest, write_context
from pipelinekit.adapters.disk import links
from pipelinekit.adapters.disk.files import read_texts
from pipelinekit.adapters.disk.folders import scan
from pipelinekit.adapters.folder.receipts import ReceiptFolder
from pipelinekit.adapters.folder.reports import ReportFolder, copy_reports, unpack_reports
from pipelinekit.adapters.folder.workspace import Workspace
from pipelinekit.adapters.source import checkouts
from pipelinekit.adapters.source.clone import tracked
from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.tree import File
from tests.hostile.zoo import Lair


@pytest.fixture
def lair(tmp_path: Path) -> Lair:
    """A repository with a chart, a stranger's folder beside it, and a file that git does not track."""
    lair = Lair(tmp_path / "orders")
    lair.root.mkdir()
    lair.git("init", "--quiet", "--initial-branch=main")
    lair.write("charts/orders/Chart.yaml", "name: orders\n")
    lair.write("shared/notes", "ours\n")
    lair.write(".gitignore", ".env\n")
    lair.commit()
    lair.write(".env", "hunter2\n")
    lair.outside.mkdir()
    (lair.outside / "secret").write_text("hunter2\n")
    return lair


ASTRAY = {
    "out": "../outside/secret",
    "whole": "/etc/hostname",
    "git": ".git/config",
    "untracked": ".env",
    "nothing": "nowhere",
}


@pytest.mark.parametrize("to", ASTRAY.values(), ids=ASTRAY)
def test_a_generated_path_is_no_link_that_leads_astray(lair: Lair, to: str) -> None:
    lair.link("Jenkinsfile", to)
    workspace = Workspace(lair.root)
    with pytest.raises(Refused) if to != "nowhere" else pytest.raises((Refused, PipelinekitError)):
        workspace.read_texts(["Jenkinsfile"])
        raise Refused  # a link to nothing is as good as no file: nothing is read


def test_a_link_to_another_file_of_the_repository_is_written_through(lair: Lair) -> None:
    lair.link("Jenkinsfile", "shared/notes")
    lair.commit()
    workspace = Workspace(lair.root)
    assert workspace.read_texts(["Jenkinsfile"]) == {"Jenkinsfile": "ours\n"}
    workspace.write({"Jenkinsfile": File("generated\n")}, [])
    assert (lair.root / "Jenkinsfile").is_symlink()
    assert (lair.root / "shared" / "notes").read_text() == "generated\n"
    workspace.write({}, ["Jenkinsfile"])
    assert not (lair.root / "Jenkinsfile").is_symlink()
    assert (lair.root / "shared" / "notes").exists()


@pytest.mark.parametrize(
    "path",
    [
        *(".git/HEAD", ".GIT/HEAD", "a/.git/x", ".git./x", "git~1/x", ".g\u200cit/x", "../outside/secret"),
        *("a\0b", ".git::$INDEX_ALLOCATION/x", "a\\.git\\x", ".git /x"),
    ],
)
def test_nothing_is_read_or_removed_where_no_generated_file_can_be(lair: Lair, path: str) -> None:
    with pytest.raises(Refused):
        read_texts(lair.root, [path])
    with pytest.raises((Refused, ValueError)):
        Workspace(lair.root).write({}, [path])
    assert (lair.root / ".git" / "HEAD").exists()
    assert (lair.outside / "secret").exists()


@pytest.mark.parametrize("part", [".pipelinekit", ".pipelinekit/reports"])
def test_a_link_in_the_place_of_our_reports_deletes_and_writes_nothing(lair: Lair, part: str) -> None:
    lair.link(part, str(lair.outside))
    reports = ReportFolder(lair.root)
    for question in (reports.clear, reports.collect):
        with pytest.raises(Refused, match="is a link"):
            question()
    assert [each.name for each in lair.outside.iterdir()] == ["secret"]


def test_links_among_our_reports_are_removed_and_not_read(lair: Lair) -> None:
    lair.write(".pipelinekit/reports/.gitignore", "*\n")
    lair.link(".pipelinekit/reports/a.xml", "../../../outside/secret")
    lair.link(".pipelinekit/reports/go-test.json", "../../.git/config")
    lair.link(".pipelinekit/reports/gone", "nowhere")
    reports = ReportFolder(lair.root)
    assert reports.collect()[1] == ()
    folder = reports.clear()
    assert [each.name for each in folder.iterdir()] == [".gitignore"]
    assert (lair.outside / "secret").exists()


def test_a_report_is_never_gits(lair: Lair) -> None:
    reports = ReportFolder(lair.root).clear()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("reports/.git", "reports/.GIT", "reports/../../a.xml", "reports/b.xml"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    unpack_reports(packed.getvalue(), reports)
    lair.write("from/.git", "gitdir: x")
    copy_reports(lair.root / "from", reports)
    assert sorted(each.name for each in reports.iterdir()) == [".gitignore", "a.xml", "b.xml"]


@pytest.mark.parametrize("part", [".pipelinekit", ".pipelinekit/receipts", ".pipelinekit/receipts/push.json"])
def test_receipts_are_ours_and_no_links(lair: Lair, part: str) -> None:
    lair.link(part, str(lair.outside))
    with pytest.raises(Refused, match="is a link"):
        ReceiptFolder(lair.root).load(ImagePushed)


@pytest.mark.parametrize("name", ["lock.yaml", "base.tar.gz"])
def test_the_memory_of_generation_is_no_link(lair: Lair, name: str) -> None:
    lair.link(f".pipelinekit/{name}", "../../outside/secret")
    workspace = Workspace(lair.root)
    for question in (
        workspace.read_lock if name == "lock.yaml" else workspace.read_base,
        (lambda: workspace.write_lock("x")) if name == "lock.yaml" else (lambda: workspace.write_base({})),
    ):
        with pytest.raises(Refused, match="is a link"):
            question()
    assert (lair.outside / "secret").read_text() == "hunter2\n"


# --- charts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("../../../outside/secret", "leads out of the repository"),
        ("../../../outside", "leads out of the repository"),
        ("/", "leads out of the repository"),
        ("../../.git/config", "leads to what is git's own"),
        ("../../.git", "leads to what is git's own"),
        ("../../.env", "leads to what git does not track"),
        ("../..", "is a link, or behind one"),
        (".", "leads in a circle"),
    ],
)
def test_a_link_in_a_chart_takes_nothing_along_that_the_repository_has_not(
    lair: Lair, tmp_path: Path, to: str, reason: str
) -> None:
    lair.link("charts/orders/extra", to)
    with pytest.raises(Refused, match=reason):
        tracked.copy(lair.root / "charts" / "orders", tmp_path / "copy", lair.root)
    copied = [each.read_text() for each in (tmp_path / "copy").rglob("*") if each.is_file()]
    assert "hunter2\n" not in copied


def test_a_chart_that_is_a_link_itself_is_looked_at_alike(lair: Lair, tmp_path: Path) -> None:
    lair.link("charts", "../outside")
    (lair.outside / "orders").mkdir()
    (lair.outside / "orders" / "Chart.yaml").write_text("name: orders\n")
    with pytest.raises(Refused, match="leads out of the repository"):
        tracked.copy(lair.root / "charts" / "orders", tmp_path / "copy", lair.root)


def test_a_link_in_a_chart_to_a_file_of_the_repository_is_followed(lair: Lair, tmp_path: Path) -> None:
    lair.link("charts/orders/notes", "../../shared/notes")
    lair.link("charts/orders/files", "../../shared")
    lair.commit()
    tracked.copy(lair.root / "charts" / "orders", tmp_path / "copy", lair.root)
    assert sorted(
        each.relative_to(tmp_path / "copy").as_posix() for each in (tmp_path / "copy").rglob("*")
    ) == [*("Chart.yaml", "files", "files/notes", "notes")]
    assert (tmp_path / "copy" / "notes").read_text() == "ours\n"
    assert not (tmp_path / "copy" / "notes").is_symlink()


# --- the build's context, and single files --------------------------------------------------------


@pytest.mark.parametrize("to", [".git/config", ".env", "../outside/secret"])
def test_dockerfile_and_dockerignore_are_what_the_repository_has(lair: Lair, to: str) -> None:
    lair.link("Dockerfile", to)
    with pytest.raises(Refused, match="is a link"):
        Sources(lair.root).dockerfile()
    (lair.root / "Dockerfile").unlink()
    lair.write("Dockerfile", "FROM scratch\n")
    lair.link(".dockerignore", to)
    with pytest.raises(Refused, match="is a link"):
        context_digest(lair.root, "Dockerfile")


def test_links_in_a_context_stay_links_and_bring_nothing_along(lair: Lair) -> None:
    lair.write("Dockerfile", "FROM scratch\n")
    lair.write(".dockerignore", ".env\n.git\n")
    for number, to in enumerate((".git/config", ".env", "../outside/secret", "../outside", "/")):
        lair.link(f"link{number}", to)
    with io.BytesIO() as packed:
        write_context(lair.root, "Dockerfile", packed)
        assert b"hunter2" not in packed.getvalue()
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            made = {each.name: each.issym() for each in archive if each.name.startswith("link")}
    assert made == {f"link{number}": True for number in range(5)}


@pytest.mark.parametrize("to", [".git/config", ".env", "../outside/secret"])
def test_a_descriptor_is_what_the_repository_has(lair: Lair, to: str) -> None:
    lair.link("app.yaml", to)
    with pytest.raises(Refused, match="is a link"):
        tracked.followed(lair.root, "app.yaml")
    lair.link("app.yaml", "shared/notes")
    assert tracked.followed(lair.root, "app.yaml").read_text() == "ours\n"


def test_outside_of_a_repository_a_link_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "real").write_text("ours")
    (folder / "app.yaml").symlink_to("real")
    assert tracked.followed(folder, "app.yaml").read_text() == "ours"
    (tmp_path / "secret").write_text("hunter2")
    (folder / "app.yaml").unlink()
    (folder / "app.yaml").symlink_to("../secret")
    with pytest.raises(Refused, match="leads out"):
        tracked.followed(folder, "app.yaml")


def test_a_scan_reads_nothing_through_a_link_that_leads_out(lair: Lair) -> None:
    lair.link("package.json", "../outside/secret")
    lair.link("go.mod", ".git/config")
    lair.link("pom.xml", "shared/notes")
    found = scan(lair.root, wanted=lambda _: True, skipped=(".git",), deepest=1)
    assert (found["package.json"], found["go.mod"], found["pom.xml"]) == ("", "", "ours\n")


@pytest.mark.parametrize("to", ["../outside", ".git", "/etc"])
def test_a_registered_folder_is_one_of_the_repository(lair: Lair, to: str, tmp_path: Path) -> None:
    lair.link("svc", to)
    registration = Registration(name="orders", team="pay", repository="/x", path="svc")
    with pytest.raises(Refused, match="leads out of"):
        checkouts.local(tmp_path, registration)


def test_what_is_inside_is_found_inside(lair: Lair) -> None:
    assert links.inside(lair.root, ".") == lair.root
    assert links.inside(lair.root, "shared") == lair.root / "shared"
    with pytest.raises(Refused):
        links.inside(lair.root, "..")


def test_no_git_is_asked_where_there_is_no_link(lair: Lair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    lair.write("app.yaml", "x")
    assert tracked.followed(lair.root, "app.yaml")
    tracked.copy(lair.root / "charts" / "orders", lair.root.parent / "copy", lair.root)


def test_a_scan_passes_over_what_no_message_could_show(lair: Lair) -> None:
    before = sorted(scan(lair.root, wanted=lambda _: True, skipped=(".git",), deepest=2))
    for name in ("new\nline", "escape\x1b[31m", os.fsdecode(b"no\xfftext")):
        (lair.root / name).mkdir()
        (lair.root / name / "go.mod").write_text("module x\n")
        (lair.root / "shared" / name).write_text("x")
    found = scan(lair.root, wanted=lambda _: True, skipped=(".git",), deepest=2)
    assert sorted(found) == before
