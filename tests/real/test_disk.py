"""Folders that are not as they should be: exit 6 or 5, nothing half written, everything else as it was."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.folder.workspace import Workspace, pack, unpack
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.tree import File
from tests.real.app import Application

Snapshot = dict[str, tuple[bytes, int]]


def snapshot(folder: Path) -> Snapshot:
    """Every file's content and mode, of git's and our own as well."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def app(tmp_path: Path) -> Application:
    """A generated application."""
    here = Application(tmp_path, "orders", "t", {})
    here.must("new-app", "orders", "--language", "go", "--team", "t")
    return Application(tmp_path / "orders", "orders", "t", {})


def turn_port(app: Application) -> None:
    """Ask for a change in several files."""
    app.replace("app.yaml", "port: 8080", "port: 9090")


Break = Callable[[Application], None]


def _read_only(app: Application) -> None:
    (app.folder / "Dockerfile").chmod(0o444)


def _folder(app: Application) -> None:
    (app.folder / "Dockerfile").unlink()
    (app.folder / "Dockerfile").mkdir()


def _link_out(app: Application) -> None:
    outside = app.folder.parent / "outside"
    outside.write_text("outside\n")
    (app.folder / "Dockerfile").unlink()
    (app.folder / "Dockerfile").symlink_to(outside)


def _parent_link_out(app: Application) -> None:
    outside = app.folder.parent / "charts-elsewhere"
    (app.folder / "charts").rename(outside)
    (app.folder / "charts").symlink_to(outside)


def _file_for_folder(app: Application) -> None:
    (app.folder / "charts").rename(app.folder / "my-charts")
    (app.folder / "charts").write_text("not a folder\n")


def _other_case(app: Application) -> None:
    (app.folder / "Dockerfile").rename(app.folder / "dockerfile")


def _not_text(app: Application) -> None:
    (app.folder / "Dockerfile").write_bytes(b"FROM \xff\xfe\n")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (_read_only, "is read-only"),
        (_folder, "is a folder where a file should be"),
        (_link_out, "is a link that leads out of the application's folder"),
        (_parent_link_out, "charts is a link that leads out of the application's folder"),
        (_file_for_folder, "charts is a file where a folder should be"),
        (_other_case, "differs from dockerfile in upper and lower case only"),
        (_not_text, "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_a_generated_file_is_refused_before_anything_is_written(
    app: Application, broken: Break, said: str
) -> None:
    turn_port(app)
    broken(app)
    before = snapshot(app.folder.parent)
    done = app.verb("generate")
    assert done.code == 6, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert snapshot(app.folder.parent) == before


def test_once_it_is_out_of_the_way_the_same_command_goes_through(app: Application) -> None:
    turn_port(app)
    _read_only(app)
    assert app.verb("generate").code == 6
    (app.folder / "Dockerfile").chmod(0o644)
    app.must("generate")
    assert "EXPOSE 9090" in (app.folder / "Dockerfile").read_text()
    app.must("generate", "--check")


def test_what_is_in_the_way_may_stay_by_a_word(app: Application) -> None:
    turn_port(app)
    _other_case(app)
    assert "--keep" in app.verb("generate").err
    app.must("generate", "--keep", "Dockerfile")
    assert sorted(path.name for path in app.folder.iterdir() if path.name.lower() == "dockerfile") == [
        "dockerfile"
    ]
    app.must("generate", "--check")


@pytest.mark.parametrize("words", [("--take", "new"), ("--take", "theirs"), ("--restore",)])
def test_a_path_out_of_the_tree_is_no_generated_file(app: Application, words: tuple[str, ...]) -> None:
    before = snapshot(app.folder.parent)
    said = app.verb("generate", *words, "../outside")
    assert said.code == 2
    assert "no file ../outside is generated" in said.err
    assert snapshot(app.folder.parent) == before


@pytest.mark.parametrize("path", ["../outside", "charts/../../outside"])
def test_a_memory_that_names_a_file_outside_removes_nothing_there(app: Application, path: str) -> None:
    """What a pull request may bring: a lock and a base that claim a file above the folder as ours."""
    outside = app.folder.parent / "outside"
    outside.write_text("precious\n")
    file = File("precious\n")
    base, lock = (app.folder / ".pipelinekit" / name for name in ("base.tar.gz", "lock.yaml"))
    base.write_bytes(pack({**unpack(base.read_bytes()), path: file}))
    lock.write_text(lock.read_text().replace("files:\n", f'files:\n  "{path}": "{file.digest}"\n'))
    said = app.verb("generate")
    assert said.code == 0, said.err
    assert "the lock is damaged: every file counts as yours" in said.err
    assert outside.read_text() == "precious\n"
    assert path not in lock.read_text()


def test_a_registration_cannot_lead_out_of_its_repository(app: Application) -> None:
    app.write(
        "platform.yaml",
        "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: a}\nimages: {registry: 'r:5000'}\n"
        "charts: {repository: 'oci://r:5000/charts'}\nclusters: [{name: one}]\n"
        "environments: [{name: dev, cluster: one, namespace: dev}]\n"
        "applications: [{name: orders, team: t, repository: 'https://x.invalid/o', path: ../elsewhere}]\n",
    )
    said = app.verb("generate", "--all", "--platform", ".", "--checkouts", "..")
    assert said.code == 3
    assert "platform.yaml:8:" in said.err
    assert "path" in said.err


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A small file system of its own."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_read_only_is_said_and_nothing_changes(app: Application, tmp_path: Path) -> None:
    turn_port(app)
    with mounted(tmp_path / "disk") as disk:
        subprocess.run(["cp", "-a", str(app.folder), str(disk)], check=True)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = snapshot(disk)
        said = app.verb("generate", cwd=disk / "orders")
        assert said.code == 5
        assert "Read-only file system" in said.reason
        assert snapshot(disk) == before


@pytest.mark.parametrize("room", range(2, 36, 8), ids=lambda pages: f"{4 * pages} KiB")
def test_wherever_the_disk_gets_full_each_file_is_whole_and_the_next_run_ends_it(
    tmp_path: Path, room: int
) -> None:
    with mounted(tmp_path / "disk", "-o", "size=2m") as disk:
        here = Application(disk, "orders", "t", {})
        here.write("app.yaml", _DESCRIPTOR)
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            ballast.write(bytes(2 * 1024 * 1024 - 4096 * (room + 2)))
        said = here.verb("generate")
        assert said.code == 5, said.err
        assert "No space left on device" in said.reason
        assert "make room" in said.err
        assert not list(disk.rglob("*pipelinekit-tmp"))
        written = {name: content for name, (content, _) in snapshot(disk).items() if name != "ballast"}
        (disk / "ballast").unlink()
        here.must("generate")
        whole = snapshot(disk)
        assert len(whole) > len(written)
        for name, content in written.items():
            assert whole[name][0] == content, name
        here.must("generate", "--check")


_DESCRIPTOR = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: t}\n"
    "build: {language: go}\nrun: {port: 8080}\n"
)


def test_what_is_remembered_is_what_tarfile_would_write() -> None:
    tree = {
        "a/b.yaml": File("x" * 700),
        "run.sh": File("é\n", executable=True),
        "empty": File(""),
        "block": File("y" * 512),
        "l" * 99: File("long"),
        "l" * 100: File("longer"),
        "é": File("beyond ASCII"),
    }
    expected = io.BytesIO()
    with tarfile.open(fileobj=expected, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(tree):
            info = tarfile.TarInfo(path)
            data = tree[path].text.encode()
            info.size, info.mode = len(data), 0o755 if tree[path].executable else 0o644
            archive.addfile(info, io.BytesIO(data))
    assert gzip.decompress(pack(tree)) == expected.getvalue()
    assert unpack(pack(tree)) == tree


def test_all_that_is_in_the_way_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").write_bytes(b"\xff")
    (tmp_path / "c").symlink_to("/etc/hostname")
    (tmp_path / "fine").write_text("x\r\ny\n")
    with pytest.raises(Refused) as caught:
        files.read_texts(tmp_path, ["a", "b", "c", "../d", "fine", "absent"])
    assert len(caught.value.faults) == 4
    assert files.read_texts(tmp_path, ["fine", "absent"]) == {"fine": "x\ny\n"}


def test_any_damage_to_what_is_remembered_is_seen(tmp_path: Path) -> None:
    whole = pack({"a": File("x" * 2000), "b": File("y")})
    base = tmp_path / ".pipelinekit/base.tar.gz"
    base.parent.mkdir()
    backwards = tarfile.TarInfo("a").tobuf(tarfile.PAX_FORMAT).replace(b"00000000000\0", b"-0000001000\0", 1)
    for damaged in (
        b"",
        b"garbage",
        whole[:40],
        whole[:-9],
        whole[:20] + b"\xff" + whole[21:],
        gzip.compress(backwards),
    ):
        base.write_bytes(damaged)
        assert Workspace(tmp_path).read_base() in (None, {})
    base.write_bytes(whole)
    assert Workspace(tmp_path).read_base() == unpack(whole)


def test_a_file_of_any_size_has_a_digest_and_anything_else_has_none(tmp_path: Path) -> None:
    """A report of a scan is large, and only its digest is signed."""
    large = tmp_path / "scan.json"
    with large.open("wb") as stream:
        stream.truncate(regular.CONTENT + 1)
    assert files.digest(large) == "sha256:" + hashlib.sha256(bytes(regular.CONTENT + 1)).hexdigest()
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("pipe", "is a pipe"), ("absent", "No such file"), (".", "is a folder")):
        with pytest.raises(ToolFailed, match=words):
            files.digest(tmp_path / name)
