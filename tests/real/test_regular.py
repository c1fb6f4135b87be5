"""Files by their kind and size, folders by theirs, programs by what they write."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.disk.files import read_bytes, read_texts
from pipelinekit.adapters.disk.folders import scan
from pipelinekit.adapters.running import process
from pipelinekit.adapters.source.clone import tracked
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert regular.read(path, 10) == b"x" * 10
    with pytest.raises(OSError, match="larger than"):
        regular.read(path, 9)
    # Files of /proc say that they have no bytes.
    with pytest.raises(OSError, match="larger than"):
        regular.read("/proc/self/status", 20)


def test_what_is_no_file_is_named_and_nothing_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "circle").symlink_to("circle")
    kinds = {"pipe": "pipe", "link": "pipe", "zero": "device", ".": "folder", "circle": "symbolic"}
    for name, said in kinds.items():
        with pytest.raises(OSError, match=said):
            regular.read(tmp_path / name)
        with pytest.raises(ToolFailed, match=said):
            read_bytes(tmp_path / name)
    with pytest.raises(OSError, match="no path"):
        regular.read(f"{tmp_path}/a\0b")
    (tmp_path / "file").write_text("x")
    (tmp_path / "to-file").symlink_to("file")
    assert regular.read(tmp_path / "to-file") == b"x"
    with pytest.raises(OSError, match="symbolic links"):
        regular.read(tmp_path / "to-file", follow=False)


@pytest.mark.parametrize("name", ["pipe", "a\0b", "x/" * 600 + "y", "two", "../out"])
def test_no_generated_file_is_there(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(Refused):
        read_texts(tmp_path, [name])


def test_a_scan_passes_over_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    (tmp_path / "b.py").symlink_to("/dev/zero")
    (tmp_path / "c.py").write_text("text")
    found = scan(tmp_path, wanted=lambda _: True, skipped=(), deepest=3)
    assert found == {"a.py": "", "b.py": "", "c.py": "text"}


def test_a_copy_ends(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "run").write_text("x")
    (source / "run").chmod(0o755)
    tracked.copy(source, tmp_path / "copy", tmp_path)
    assert (tmp_path / "copy" / "run").stat().st_mode & 0o777 == 0o755
    for name, to in (("one", "."), ("two", "."), ("zero", "/dev/zero")):
        (source / name).symlink_to(to)
        with pytest.raises(PipelinekitError):
            tracked.copy(source, tmp_path / f"copy-{name}", tmp_path)
        (source / name).unlink()
    for number in range(tracked.MOST):
        (source / str(number)).touch()
    with pytest.raises(ToolFailed, match="more than"):
        tracked.copy(source, tmp_path / "many", tmp_path)


def test_a_program_that_writes_without_end_is_ended() -> None:
    endless = "import sys\nwhile True: sys.stdout.write('x' * 100000)"
    with pytest.raises(ToolFailed, match="wrote more than"):
        process.run([sys.executable, "-c", endless], most=1 << 20)
    with pytest.raises(ToolFailed, match="within 1 s"):
        process.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=1)


def test_a_program_gets_its_input_and_both_outputs_are_kept() -> None:
    echo = "import sys\ntext = sys.stdin.read()\nsys.stderr.write(text)\nsys.stdout.write(text)\nsys.exit(3)"
    text = "x" * 1_000_000
    done = process.run([sys.executable, "-c", echo], stdin=text)
    assert (done.code, done.out, done.err) == (3, text, text)
    # One that wants none of it, and one that has closed both before it ends.
    assert process.run([sys.executable, "-c", "print(1)"], stdin=text).out == "1\n"
    quiet = "import os, sys, time\nos.close(1); os.close(2); time.sleep(0.2)\nos._exit(4)"
    assert process.run([sys.executable, "-c", quiet]).code == 4


def test_a_program_has_no_more_memory_than_it_may() -> None:
    greedy = "import time; time.sleep(0.3); x = bytearray(200 << 20); print(len(x))"
    assert process.run([sys.executable, "-c", greedy], memory=400 << 20).code == 0
    assert process.run([sys.executable, "-c", greedy], memory=100 << 20).code != 0


def test_watching_keeps_the_last_words_of_a_program_that_never_ends_a_line() -> None:
    long = f"import sys\nfor _ in range(40): sys.stdout.write('x' * {1 << 20})\nprint('last')"
    done = process.watch([sys.executable, "-c", long])
    assert done.out.endswith("xlast\n")
    assert len(done.out) <= process.MOST // 4
