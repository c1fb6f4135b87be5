"""`draft up` while what it needs goes and comes: the engine, the API server, the namespace, the clock."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.freeports import free
from tests.real import app, outages
from tests.real.developer import Developer, ask, developer, saying
from tests.real.session import Session

pytestmark = pytest.mark.matrix("draft")
ENGINE = "the engine that builds"
BACK = 60.0
"""Seconds until a watch has gone on: it looks at least every 30, and an `up` takes a few."""
HOUR = 3600
CLOCK = """import os
import time

right, nanoseconds = time.time, time.time_ns
ahead = int(os.environ.get("CLOCK_AHEAD", "0"))
time.time = lambda: right() + ahead
time.time_ns = lambda: nanoseconds() + ahead * 1_000_000_000
"""


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    with developer(testbed, tmp_path_factory.mktemp("away")) as found:
        found.up()
        yield found


def greet(dev: Developer, word: str) -> None:
    path = dev.application.folder / "orders/web.py"
    before, _, after = path.read_text().partition("Hello")
    path.write_text(f"{before}Hello{word} from{after.partition(' from')[2]}")


def says(said: list[str], words: str, since: int = 0, seconds: float = BACK) -> bool:
    return app.eventually(lambda: any(words in each for each in said[since:]), seconds)


def answers(dev: Developer, word: str) -> bool:
    def now() -> bool:
        try:
            return f"Hello{word} from" in dev.http()
        except AssertionError:
            return False

    return app.eventually(now, 60)


def test_an_engine_that_goes_is_waited_for_and_what_was_saved_meanwhile_is_built(dev: Developer) -> None:
    with outages.before_engine(dev.application.env.get("DOCKER_HOST", "")) as line:
        mine = dev.with_env(DOCKER_HOST=f"tcp://{line.address}")
        with saying(mine, "up", "--watch", "--no-sync") as said:
            assert says(said, " runs ", seconds=180), said
            told = len(said)
            with line.away():
                greet(dev, "1")
                assert says(said, "stale: orders", told), said
                greet(dev, "2")
                assert says(said, f"waiting for {ENGINE}", told), said
                # It looks now and then, and says nothing more of it.
                quiet = len(said)
                time.sleep(8)
                assert said[quiet:] == []
                assert not [each for each in said[told:] if " runs " in each], said
            assert says(said, "(built, pushed)", told, BACK + 60), said
            assert answers(dev, "2")
    assert dev.draft("status").code == 0


def test_an_engine_that_is_started_again_amid_a_build_is_built_in_once_more(dev: Developer) -> None:
    before = (dev.application.folder / "Dockerfile").read_text()
    with outages.before_engine(dev.application.env.get("DOCKER_HOST", "")) as line:
        mine = dev.with_env(DOCKER_HOST=f"tcp://{line.address}")
        try:
            with saying(mine, "up", "--watch", "--no-sync") as said:
                assert says(said, " runs ", seconds=180), said
                told = len(said)
                # Long enough to be in it, whatever the machine does beside.
                dev.application.write("Dockerfile", before.rstrip() + f"\nRUN sleep 12 && : {time.time()}\n")
                time.sleep(7)
                with line.away():
                    assert says(said, "stale: orders", told), said
                assert says(said, "(built, pushed)", told, BACK + 60), said
        finally:
            dev.application.write("Dockerfile", before)
    dev.up()


def test_an_api_server_that_goes_is_waited_for_by_a_session_and_by_connect(
    dev: Developer, tmp_path: Path
) -> None:
    context = str(dev.config()["current-context"])
    port = free()
    with outages.before(dev.application, tmp_path) as (line, config):
        mine = dev.with_env(KUBECONFIG=str(config))
        words = ("--context", context)
        with saying(mine, "up", "--watch", *words) as said:
            assert says(said, " runs", seconds=180), said
            session = Session(mine, said)
            session.after(lambda: greet(dev, "3"), "what the folder holds runs")
            with saying(mine, "connect", *words, "-p", f"{port}:8080", "--tail", "0") as heard:
                assert says(heard, "is port 8080"), heard
                assert "orders" in ask(port, "/")
                told, lines = len(said), len(heard)
                with line.away():
                    greet(dev, "4")
                    assert says(said, "stale: orders", told), said
                    greet(dev, "5")
                    assert says(said, "waiting for the API server", told), said
                    current = ("runs", "is what the folder holds again")
                    assert not [each for each in said[told:] if each.endswith(current)], said
                assert says(said, "what the folder holds runs", told), said
                assert session.inside() == session.local()
                assert answers(dev, "5")
                # The port as well, and the log of what is asked through it.
                assert app.eventually(lambda: "Hello5 from" in ask(port, "/"), BACK)
                assert app.eventually(lambda: len(heard) > lines, BACK), heard
    assert dev.draft("status").code == 0


def test_an_idle_session_hears_again_after_an_api_server_was_away(dev: Developer, tmp_path: Path) -> None:
    context = str(dev.config()["current-context"])
    with outages.before(dev.application, tmp_path) as (line, config):
        mine = dev.with_env(KUBECONFIG=str(config))
        with saying(mine, "up", "--watch", "--context", context) as said:
            assert says(said, " runs", seconds=180), said
            session = Session(mine, said)
            session.after(lambda: greet(dev, "6"), "what the folder holds runs")
            told = len(said)
            with line.away():
                assert says(said, "not known whether orders", told), said
                pods = dev.application.tool(
                    "kubectl", "-n", dev.namespace, "get", "pods", "-l", "draft=orders", "-o", "name"
                ).split()
                gone = ("--grace-period=1", "--wait=false")
                dev.application.tool("kubectl", "-n", dev.namespace, "delete", *pods, *gone)
            # The new pod has none of the edits of before, until the session is back.
            assert says(said, "all that has changed in web", told, BACK + 60), said
            assert answers(dev, "6")


def test_a_namespace_that_is_deleted_amid_an_up_ends_it_within_seconds(dev: Developer) -> None:
    # It never gets ready, so that Helm waits.
    path = dev.application.folder / "orders/web.py"
    before = path.read_text()
    path.write_text("import time\n\ntime.sleep(600)\n")
    said: list[str] = []
    try:
        with subprocess.Popen(
            [str(app.BIN / "pipelinekit"), "draft", "up", "--timeout", "300"],
            cwd=dev.application.folder,
            env={**os.environ, **dev.application.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            reader = threading.Thread(target=lambda: said.extend(process.stderr or ()))
            reader.start()
            try:
                assert says(said, "to your namespace", seconds=180), said
                time.sleep(3)
                dev.application.tool("kubectl", "delete", "namespace", dev.namespace, "--wait=false")
                began = time.monotonic()
                process.wait(120)
                took = time.monotonic() - began
            finally:
                process.send_signal(signal.SIGKILL)
                reader.join()
    finally:
        path.write_text(before)
    assert process.returncode == 5, said
    assert took < 40, (took, said)
    told = "".join(said)
    assert "Traceback" not in told
    assert dev.namespace in told
    assert "run it again" in told, told
    wait = ("wait", "--for=delete", f"namespace/{dev.namespace}", "--timeout=120s")
    dev.application.tool("kubectl", *wait)
    assert dev.up()["revised"]


@pytest.mark.parametrize("ahead", [24 * HOUR, -HOUR], ids=["a day ahead", "an hour behind"])
def test_a_machine_whose_clock_is_wrong_brings_up_by_the_clusters(
    dev: Developer, tmp_path: Path, ahead: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(CLOCK)
    greet(dev, f" at {ahead}")
    done = dev.with_env(PYTHONPATH=str(tmp_path), CLOCK_AHEAD=str(ahead)).draft("up")
    assert done.code == 0, done.err
    (line,) = [each for each in done.err.splitlines() if "this machine's clock is" in each]
    assert ("ahead of" if ahead > 0 else "behind") in line
    assert answers(dev, f" at {ahead}")
    # Whoever has the right clock sees it as it is: it ends in a week, and nothing of it is idle or over.
    found = dev.draft("status", "--json")
    assert (found.code, found.json()["stale"]) == (0, False), found.err
    week = time.time() + 7 * 24 * HOUR
    days = {time.strftime("%Y-%m-%d", time.gmtime(each)) for each in (week - 600, week)}
    assert found.json()["ends"][:10] in days
    assert not dev.up()["revised"]
