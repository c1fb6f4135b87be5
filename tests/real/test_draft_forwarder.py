"""`draft connect` beside a client that asks ten times a second: through redeploys, and pods that are lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import pytest

from tests.freeports import free
from tests.real import app
from tests.real.developer import Developer, ask, developer, saying

pytestmark = pytest.mark.matrix("draft")
PROMISED = 2.0
"""Seconds that requests may fail, once there is a pod that answers."""
TICK = 0.1
REDEPLOYS, LOSSES = 5, 3


@dataclass(frozen=True, order=True)
class Answer:
    """`asked` and `at`, when it came, are seconds since the epoch; `text` what was said, or why nothing."""

    asked: float
    at: float
    text: str

    @property
    def good(self) -> bool:
        return self.text.endswith(" orders\n")


@dataclass
class Client:
    """Asks at every tick, whether or not what it asked before has been answered."""

    port: int
    answers: list[Answer] = field(default_factory=list)

    def ask(self) -> None:
        asked = time.time()
        text = ask(self.port, "/")
        self.answers.append(Answer(asked, time.time(), text))

    def hears(self, words: str, since: float, seconds: float = 90) -> bool:
        """Whether a request that was asked after that moment is answered with these words in time."""
        return app.eventually(
            lambda: any(each.asked > since and words in each.text for each in self.answers), seconds
        )


@contextmanager
def asking(port: int) -> Iterator[Client]:
    client, over = Client(port), threading.Event()
    asked: list[threading.Thread] = []

    def go_on() -> None:
        while not over.wait(TICK):
            asked.append(threading.Thread(target=client.ask))
            asked[-1].start()

    clock = threading.Thread(target=go_on)
    clock.start()
    try:
        yield client
    finally:
        over.set()
        for each in (clock, *asked):
            each.join()


def spans(answers: list[Answer]) -> Iterator[tuple[float, float]]:
    """In which times requests fail: from when the first bad one was asked to when the next good one was.

    One that waits until there is a pod, and is answered then, does not fail.
    """
    begun = 0.0
    for each in sorted(answers):
        if each.good and begun:
            yield begun, each.asked
            begun = 0.0
        elif not each.good:
            begun = begun or each.asked
    if begun:
        yield begun, float("inf")


def silence(answers: list[Answer]) -> float:
    """The longest time without a good answer, in seconds."""
    good = sorted(each.at for each in answers if each.good)
    return max(after - before for before, after in pairwise(good))


def ready(dev: Developer) -> dict[str, float]:
    """Since when each pod is ready, by its uid; as the API has it, to the second."""
    words = ("-n", dev.namespace, "get", "pods", "-l", "draft=orders", "-o", "json")
    found = {}
    for pod in json.loads(dev.application.tool("kubectl", *words))["items"]:
        for each in pod["status"].get("conditions") or ():
            if each["type"] == "Ready" and each["status"] == "True":
                at = datetime.fromisoformat(each["lastTransitionTime"])
                found[pod["metadata"]["uid"]] = at.timestamp()
    return found


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer whose application runs."""
    with developer(testbed, tmp_path_factory.mktemp("forwarder")) as found:
        found.up()
        yield found


def test_requests_fail_no_longer_than_two_seconds_after_a_pod_is_ready(
    dev: Developer, matrix_row: Callable[..., None]
) -> None:
    port, since, quiet, words = free(), dict[str, float](), dict[str, float](), "Hello from"
    redeploys: list[tuple[float, float]] = []
    with saying(dev, "connect", "-p", f"{port}:8080", "--tail", "0") as said:
        assert app.eventually(lambda: any("is port 8080" in each for each in said), 60)
        with asking(port) as client:
            assert client.hears(" orders", 0)
            for number in range(REDEPLOYS + LOSSES):
                begun, before = time.time(), len(client.answers)
                if number < REDEPLOYS:
                    kind, word = "redeploy", f"redeploy {number} from"
                    dev.application.replace("orders/web.py", words, word)
                    dev.up()
                    assert client.hears(word, begun)
                    words = word
                else:
                    kind, pods = "loss", ("pods", "-l", "draft=orders", "--grace-period=0", "--force")
                    dev.application.tool("kubectl", "-n", dev.namespace, "delete", *pods)
                    assert client.hears(" orders", time.time())
                time.sleep(1)
                if number < REDEPLOYS:
                    redeploys.append((begun, time.time()))
                since |= ready(dev)
                quiet[kind] = max(quiet.get(kind, 0.0), silence(client.answers[max(before - 5, 0) :]))
    failing = list(spans(client.answers))
    figures = {f"{kind}: without an answer": round(seconds, 2) for kind, seconds in quiet.items()}
    longest = max((good - first for first, good in failing), default=0.0)
    result = f"{REDEPLOYS} redeploys, {LOSSES} losses"
    matrix_row("draft", "a client beside connect", result, {**figures, "failing": round(longest, 2)})
    for first, good in failing:
        # A pod's moment is told to the second.
        able = max([first, *(each + 1 for each in since.values() if each <= good)])
        assert good <= able + PROMISED, (first, good, since)
        # The pod before answers until the next one does: there nobody has a reason to wait for one.
        if any(begun <= first <= end for begun, end in redeploys):
            assert good - first <= PROMISED, (first, good)
    # A client that does not ask sees nothing fail.
    asked = sorted(each.asked for each in client.answers)
    assert len(redeploys) == REDEPLOYS
    assert max(after - before for before, after in pairwise(asked)) < PROMISED / 2
    assert not [each for each in client.answers if "refused" in each.text]
