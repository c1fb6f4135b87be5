"""`draft up` at moments that nobody chooses: a checkout while it builds, Ctrl-C, two of them at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import BIN
from tests.real.developer import Developer, developer
from tests.real.session import INSIDE

pytestmark = pytest.mark.matrix("draft")
MANY = "orders/many"


@dataclass
class Running:
    """A `draft up` of its own session, and what it has said so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def says(self, word: str, seconds: float = 180) -> bool:
        """Whether it says so in time, before it ends."""

        def told() -> bool:
            return any(word in each for each in self.said) or self.process.poll() is not None

        return app.eventually(told, seconds) and any(word in each for each in self.said)


@contextmanager
def going_up(dev: Developer) -> Iterator[Running]:
    words = [str(BIN / "pipelinekit"), "draft", "up"]
    env = {**os.environ, **dev.application.env}
    with subprocess.Popen(
        words,
        cwd=dev.application.folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        running = Running(process)
        reader = threading.Thread(target=lambda: running.said.extend(process.stderr or ()))
        reader.start()
        try:
            yield running
            process.wait(300)
        finally:
            process.kill()
            reader.join()


def sessions() -> list[str]:
    listed = subprocess.run(["ps", "-eo", "sess="], capture_output=True, text=True, check=True)
    return listed.stdout.split()


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    with developer(testbed, tmp_path_factory.mktemp("moments")) as found:
        found.up()
        yield found


def test_a_checkout_in_the_middle_of_a_build_is_what_runs(dev: Developer) -> None:
    own = dev.application
    for number in range(400):
        own.write(f"{MANY}/{number % 20}/{number}.txt", f"{number}\n")
    own.commit("Many")
    own.tool("git", "checkout", "--quiet", "-b", "fewer")
    for number in range(300):
        (own.folder / f"{MANY}/{number % 20}/{number}.txt").unlink()
    for number in range(300, 350):
        (own.folder / f"{MANY}/{number % 20}/{number}.txt").rename(own.folder / f"{MANY}/r-{number}.txt")
    # All that a copy is made of is another on a branch.
    own.replace("charts/orders/values.yaml", "tmp: 1Gi", "tmp: 2Gi")
    own.replace(
        "draft.toml", "watch-delay = 2", 'set = ["processes.web.env.BRANCH=fewer"]\n    watch-delay = 2'
    )
    own.commit("Fewer")
    own.tool("git", "checkout", "--quiet", "-")
    with going_up(dev) as running:
        assert running.says("Step 5/"), running.said
        own.tool("git", "checkout", "--quiet", "fewer")
    assert running.process.returncode == 0, running.said
    assert any("built again" in each for each in running.said), running.said
    assert any("begun again" in each for each in running.said), running.said
    set_there = json.loads(own.tool("helm", "-n", dev.namespace, "get", "values", "orders", "-o", "json"))
    assert set_there["processes"]["web"]["env"] == {"BRANCH": "fewer"}
    scope = ("-n", dev.namespace, "exec", "deployment/orders", "-c", "web", "--", "python3", "-c", INSIDE)
    inside = json.loads(own.tool("kubectl", *scope, "/app/orders"))
    assert inside == json.loads(own.tool("python3", "-c", INSIDE, str(own.folder / "orders")))
    assert dev.draft("status").code == 0


def after(seconds: float) -> Callable[[Running], None]:
    return lambda _: time.sleep(seconds)


def when(word: str) -> Callable[[Running], None]:
    def wait(running: Running) -> None:
        assert running.says(word), running.said

    return wait


MOMENTS = {
    "before the build": after(1.5),
    "in the build": when("Step 5/"),
    "in the push": when("Pushed"),
    "in the release": when("to your namespace"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_leaves_nothing_that_the_next_up_stumbles_over(dev: Developer, moment: str) -> None:
    dev.application.write("orders/changed.py", f"MOMENT = '{moment} {time.time()}'\n")
    with going_up(dev) as running:
        MOMENTS[moment](running)
        # As a terminal does it: to all that belong to it.
        os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.returncode == 130, running.said
    assert "Traceback" not in "".join(running.said)
    assert app.eventually(lambda: str(running.process.pid) not in sessions(), 10)
    assert "orders" in dev.http()
    assert dev.up()["tag"]
    (release,) = dev.releases()
    assert release["status"] == "deployed"
    assert dev.draft("status").code == 0


def test_what_an_up_has_begun_ahead_ends_with_it(dev: Developer) -> None:
    for text in ("AHEAD = 1", "AHEAD = 1", "AHEAD = 2"):
        dev.application.write("orders/changed.py", f"{text}\n")
        with going_up(dev) as running:
            pass
        assert running.process.returncode == 0, running.said
        assert app.eventually(lambda: str(running.process.pid) not in sessions(), 10)
        assert dev.draft("status").code == 0


def test_two_at_once_end_with_a_word_and_one_release(dev: Developer) -> None:
    dev.application.write("orders/changed.py", f"TWO = {time.time()}\n")
    with going_up(dev) as one, going_up(dev) as other:
        pass
    codes = {one.process.returncode, other.process.returncode}
    assert 0 in codes, (one.said, other.said)
    assert codes <= {0, 5, 6}, (one.said, other.said)
    assert "Traceback" not in "".join((*one.said, *other.said))
    assert dev.draft("status").code == 0
    assert [each["status"] for each in dev.releases()] == ["deployed"]


def test_a_cluster_that_goes_away_in_the_middle_is_told(dev: Developer, tmp_path: Path) -> None:
    config = dev.config()
    server = config["clusters"][0]["cluster"]["server"]
    away = json.loads(json.dumps(config).replace(server, "https://127.0.0.1:9"))
    (tmp_path / "away.json").write_text(json.dumps(away))
    found = dev.draft("up", env={"KUBECONFIG": str(tmp_path / "away.json")})
    assert found.code in {5, 6}
    assert "127.0.0.1:9" in found.err
    assert "Traceback" not in found.err
    assert dev.draft("status").code == 0


def test_what_failed_after_the_deployment_is_run_by_the_next_up(dev: Developer) -> None:
    dev.application.write("orders/changed.py", f"AFTER = {time.time()}\n")
    dev.application.write(".draft-tasks.toml", '[post-deploy]\n"seeds" = "python -c \'exit(3)\'"\n')
    try:
        for _ in range(2):
            found = dev.draft("up")
            assert (found.code, "post-deploy task 'seeds' failed" in found.reason) == (5, True), found.err
        dev.application.write(".draft-tasks.toml", '[post-deploy]\n"seeds" = "python -c \'print(4321)\'"\n')
        done = dev.draft("up")
        assert (done.code, "4321" in done.err) == (0, True), done.err
        assert "seeds" not in dev.draft("up").err
    finally:
        dev.application.write(".draft-tasks.toml", "")
