"""Sync on the testbed: what the folder holds is what pods run, and what is said of it is true."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.developer import Developer, developer, saying
from tests.real.session import ENDED, Session, streams

MANY = "orders/many"


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    with developer(testbed, tmp_path_factory.mktemp("sync")) as found:
        yield found


@pytest.fixture(scope="class")
def session(dev: Developer) -> Iterator[Session]:
    """One session for all, as a developer has it for a day."""
    with saying(dev, "up", "--watch") as said:
        found = Session(dev, said)
        assert app.eventually(lambda: any(" runs" in each for each in said), 120), said
        yield found


def answers(dev: Developer, word: str) -> bool:
    """Whether the Service gives that answer; a program that begins again is out of it for a moment."""

    def now() -> bool:
        try:
            return f"Hello{word}" in dev.http()
        except AssertionError:
            return False

    return app.eventually(now, 60)


def sums(folder: Path) -> Mapping[str, tuple[int, str]]:
    """Each file of a folder with the time of its last change and its content; git's own and ours aside."""
    return {
        str(each): (each.lstat().st_mtime_ns, hashlib.sha256(each.read_bytes()).hexdigest())
        for each in folder.rglob("*")
        if each.is_file() and not {".git", ".pipelinekit"} & set(each.parts)
    }


class TestSession:
    """In the order in which they stand, for one session serves them all."""

    def test_an_edit_is_answered_and_status_knows(self, session: Session) -> None:
        session.after(lambda: session.greet("1"), "what the folder holds runs")
        assert answers(session.dev, "1")
        assert session.inside() == session.local()
        status = session.dev.draft("status", "--json")
        assert (status.code, status.json()["stale"]) == (0, False)

    def test_a_broken_program_is_told_and_the_next_change_mends_it(self, session: Session) -> None:
        path = session.dev.application.folder / "orders/web.py"
        good = path.read_text()
        session.after(lambda: path.write_text("no python ("), "the program ended with 1")
        session.after(lambda: path.write_text(good), "what the folder holds runs")
        assert answers(session.dev, "1")

    def test_a_checkout_of_another_branch_is_one_batch_and_the_pod_has_it(self, session: Session) -> None:
        own = session.dev.application
        own.tool("git", "add", "--all")
        own.commit("Before")
        own.tool("git", "checkout", "--quiet", "-b", "other")
        for number in range(400):
            own.write(f"{MANY}/{number % 20}/{number}.txt", f"{number}\n")
        (own.folder / MANY / "run.sh").write_text("#!/bin/sh\n")
        (own.folder / MANY / "run.sh").chmod(0o755)
        (own.folder / MANY / "inner").symlink_to("0/0.txt")
        (own.folder / MANY / "outer").symlink_to("/etc")
        session.after(lambda: own.commit("Many"), "what the folder holds runs")
        assert app.eventually(lambda: session.inside() == session.local(), 30)
        own.tool("git", "checkout", "--quiet", "-b", "third")
        for number in range(300):
            (own.folder / f"{MANY}/{number % 20}/{number}.txt").unlink()
        for number in range(300, 350):
            (own.folder / f"{MANY}/{number % 20}/{number}.txt").rename(
                own.folder / f"{MANY}/renamed-{number}.txt"
            )
        own.commit("Fewer")
        assert app.eventually(lambda: session.inside() == session.local(), 30)
        time.sleep(1)
        before = sums(own.folder)
        said = session.after(
            lambda: own.tool("git", "checkout", "--quiet", "other"), "what the folder holds runs"
        )
        assert session.inside() == session.local()
        back = session.after(
            lambda: own.tool("git", "checkout", "--quiet", "third"), "what the folder holds runs"
        )
        assert session.inside() == session.local()
        for told in (said, back):
            assert [each for each in told if each.startswith("synced ")] == [told[-1]], told
            assert int(told[-1].split()[1]) >= 400, told
        assert {path: what for path, (_, what) in sums(own.folder).items()} == {
            path: what for path, (_, what) in before.items()
        }

    def test_no_local_file_is_written_or_removed(self, session: Session) -> None:
        path = session.dev.application.folder / "orders/gone.txt"
        session.after(lambda: session.greet("2"), "what the folder holds runs")
        before = sums(session.dev.application.folder)
        path.write_text("for a moment")
        time.sleep(0.05)
        path.unlink()
        session.execute("python3", "-c", "open('/tmp/there', 'w').write('x')")
        session.after(lambda: session.greet("3"), "what the folder holds runs")
        assert session.inside() == session.local()
        after = sums(session.dev.application.folder)
        changed = {each for each in before.keys() | after.keys() if before.get(each) != after.get(each)}
        assert {Path(each).name for each in changed} == {"web.py"}

    def test_what_ends_the_stream_in_between_loses_no_edit(self, session: Session) -> None:
        session.after(lambda: session.greet("7"), "what the folder holds runs")
        assert session.execute("python3", "-c", ENDED, "end").strip() == "1"
        session.after(lambda: session.greet("8"), "what the folder holds runs")
        (stream,) = streams(session.pods()[0])
        os.kill(stream, signal.SIGKILL)
        said = session.after(lambda: session.greet("3"), "what the folder holds runs")
        assert not [each for each in said if "stale" in each]
        assert session.inside() == session.local()
        assert answers(session.dev, "3")
        # Of the one whose kubectl was killed nothing is left either.
        assert app.eventually(lambda: session.execute("python3", "-c", ENDED).strip() == "1", 20)

    def test_edits_survive_the_end_of_a_container_and_a_new_pod_gets_them(self, session: Session) -> None:
        session.execute("python3", "-c", "import os; os.kill(1, 15)")
        assert answers(session.dev, "3")
        assert session.inside() == session.local()
        pod = session.pods()[0]
        words = ("-n", session.dev.namespace, "delete", "pod", pod, "--wait=false", "--grace-period=1")
        session.after(lambda: session.dev.application.tool("kubectl", *words), "all that has changed in web")
        assert app.eventually(lambda: session.dev.draft("status").code == 0, 60)
        assert answers(session.dev, "3")

    @pytest.mark.matrix("draft")
    def test_another_up_beside_it_leaves_no_edit_behind(self, session: Session) -> None:
        told = len(session.said)
        # Its pods take no sources: what is saved from then on would get nowhere.
        assert session.dev.up()["revised"]
        assert app.eventually(lambda: any("(not built)" in each for each in session.said[told:]), 120)
        session.after(lambda: session.greet("9"), "what the folder holds runs")
        assert answers(session.dev, "9")
        assert session.inside() == session.local()

    @pytest.mark.matrix("draft")
    def test_a_file_that_packages_are_made_of_is_a_build(self, session: Session) -> None:
        session.after(lambda: session.greet("5"), "what the folder holds runs")
        more = session.dev.application.folder / "requirements-more.txt"
        session.after(lambda: more.write_text("# nothing\n"), "(built, pushed)", 120)
        assert app.eventually(lambda: session.dev.draft("status").code == 0, 60)
        assert answers(session.dev, "5")


def test_a_killed_session_leaves_nothing_here_and_nothing_in_the_pod(dev: Developer) -> None:
    said: list[str] = []
    with subprocess.Popen(
        [str(app.BIN / "pipelinekit"), "draft", "up", "--watch"],
        cwd=dev.application.folder,
        env={**os.environ, **dev.application.env},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        reader = threading.Thread(target=lambda: said.extend(process.stdout or ()))
        reader.start()
        session = Session(dev, said)
        try:
            assert app.eventually(lambda: any(" runs" in each for each in said), 120), said
            session.after(lambda: session.greet("6"), "what the folder holds runs")
            (pod,) = session.pods()
            (stream,) = streams(pod)
        finally:
            process.kill()
            reader.join()
    assert app.eventually(lambda: not streams(pod) and not Path(f"/proc/{stream}").exists(), 20)
    assert app.eventually(lambda: session.execute("python3", "-c", ENDED).strip() == "0", 20)


@pytest.mark.matrix("draft")
def test_what_a_pod_has_after_the_session_is_known_too(dev: Developer) -> None:
    with saying(dev, "up", "--watch") as said:
        session = Session(dev, said)
        assert app.eventually(lambda: any(" runs" in each for each in said), 120), said
        session.after(lambda: session.greet("4"), "what the folder holds runs")
        (pod,) = session.pods()
    assert not streams(pod)
    assert app.eventually(lambda: session.execute("python3", "-c", ENDED).strip() == "0", 20)
    assert dev.draft("status").code == 0
    session.greet("3")
    stale = dev.draft("status")
    assert stale.code == 1
    assert "stale" in stale.err + stale.out
    session.greet("4")
    assert dev.draft("status").code == 0
    words = ("-n", dev.namespace, "delete", "pod", *session.pods(), "--grace-period=1")
    dev.application.tool("kubectl", *words)
    assert app.eventually(lambda: '"ready": true' in dev.draft("status", "--json").out, 60)
    assert dev.draft("status", "--json").json()["stale"]
    done = dev.up()
    assert done["built"]
    assert dev.draft("status").code == 0
    assert answers(dev, "4")


@pytest.mark.matrix("draft")
def test_a_site_is_synced_by_a_shell(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """Its image has no runtime that could receive: what is served is what the folder holds all the same."""
    with developer(testbed, tmp_path, "static") as site, saying(site, "up", "--watch") as said:
        assert app.eventually(lambda: any(" runs" in each for each in said), 180), said
        session, page = Session(site, said), site.application.folder / "public" / "index.html"
        pods = session.pods()
        session.after(lambda: page.write_text("<h1>changed</h1>\n"), "what the folder holds runs")
        assert "changed" in site.http()
        assert (session.pods(), site.draft("status").code) == (pods, 0)
        more = page.parent / "a b" / "-rf"

        def made() -> None:
            more.parent.mkdir()
            more.write_text("a word like an option")
            page.unlink()

        session.after(made, "what the folder holds runs")
        listed = session.execute("find", "/usr/share/nginx/html", "-mindepth", "1", "-printf", "%P\n")
        inside = {each.relative_to(page.parent).as_posix() for each in page.parent.rglob("*")}
        assert set(listed.splitlines()) == inside
        readme = site.application.folder / "nginx.conf"
        session.after(lambda: readme.write_text(readme.read_text() + "# more\n"), "(built, pushed)", 180)
        assert app.eventually(lambda: site.draft("status").code == 0, 60)


def test_no_pipelines_copy_can_be_written_into(dev: Developer, tmp_path: Path) -> None:
    sync = {"path": "/app", "fill": ["fill"], "run": ["run"], "command": ["program"]}
    values = tmp_path / "values.json"

    def rendered(**more: object) -> str:
        values.write_text(json.dumps(more))
        digest = ("--set", "image.digest=sha256:" + "0" * 64)
        return dev.application.tool("helm", "template", "charts/orders", *digest, "--values", str(values))

    plain = rendered()
    assert rendered(develop={"sync": sync}) == plain
    assert "draft-sources" in rendered(develop={"sync": sync}, draft="orders", buildID="1")
