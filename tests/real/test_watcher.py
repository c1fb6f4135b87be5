"""What tells of changes, at the system's limit: in a user namespace, whose limit is its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelinekit.adapters.disk import watcher

PROGRAM = """
import sys
from pathlib import Path
from pipelinekit.adapters.disk import watcher

root, late = Path(sys.argv[1]), sys.argv[2]
changed = root / ("more/39/late.txt" if late else "39/late.txt")
for count in watcher.changes(root, lambda path: True, 0.1, print):
    if changed.exists():
        print("heard", flush=True)
        break
    if late and not (root / "more").exists():
        for number in range(40):
            (root / "more" / str(number)).mkdir(parents=True)
        continue
    changed.write_text("x")
"""


@pytest.mark.parametrize(("folders", "late"), [(40, ""), (40, "late")])
def test_the_limit_is_told_with_the_setting_and_nothing_is_missed(
    tmp_path: Path, folders: int, late: str
) -> None:
    for number in range(folders):
        (tmp_path / str(number)).mkdir()
    limit = folders + 10 if late else 10
    inside = f'echo {limit} > /proc/sys/user/max_inotify_watches && exec "$@"'
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", inside, "sh"]
    done = subprocess.run(
        [*words, sys.executable, "-c", PROGRAM, str(tmp_path), late],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "fs.inotify.max_user_watches=524288" in lines[0]
    assert "every second" in lines[0]
    assert lines[-1] == "heard"


OVERFLOWN = """
import sys
from pathlib import Path
from pipelinekit.adapters.disk import watcher

root, mark = Path(sys.argv[1]), Path(sys.argv[1]) / "last"
for count in watcher.changes(root, lambda path: True, 0.1, print):
    print(f"told {mark.exists()}", flush=True)
"""


def test_an_overflow_of_events_still_leads_to_a_look_after_the_last_change(tmp_path: Path) -> None:
    """The system drops events that are too many; whoever is told of one compares the whole folder."""
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with subprocess.Popen(
        [sys.executable, "-c", OVERFLOWN, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "told False\n"
            os.kill(process.pid, signal.SIGSTOP)
            # Two events each: made, and written.
            for number in range(most // 2 + 1000):
                (tmp_path / str(number)).write_text("x")
            (tmp_path / "last").write_text("x")
            os.kill(process.pid, signal.SIGCONT)
            assert "told True\n" in iter(process.stdout.readline, "")
        finally:
            process.kill()


def test_a_name_that_is_no_text_ends_no_watch(tmp_path: Path) -> None:
    told = watcher.changes(tmp_path, lambda _: True, 0.1, print)
    assert next(told) == 0
    for name in (b"a\xff", b"b\xff", b"text"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
        assert next(told) >= 1


@pytest.mark.parametrize("how", ["moved", "removed", "swapped"])
def test_another_folder_in_the_place_of_the_watched_one_is_watched(tmp_path: Path, how: str) -> None:
    """As a checkout of a branch without it makes it, or a clone anew."""
    root, said = tmp_path / "app", list[str]()
    root.mkdir()
    told = watcher.changes(root, lambda _: True, 0.1, said.append)
    assert next(told) == 0
    heard = threading.Event()

    def change() -> None:
        if how == "removed":
            root.rmdir()
        else:
            root.rename(tmp_path / "old")
        if how != "swapped":
            heard.wait(1.5)
        root.mkdir()

    changing = threading.Thread(target=change)
    changing.start()
    assert next(told) >= 1
    changing.join()
    assert bool(said) == (how != "swapped")
    # What was told of the change may have been told before the watch was on the new one.
    threading.Timer(2, (root / "later").write_text, ["x"]).start()
    while not (root / "later").exists():
        assert next(told) >= 1
