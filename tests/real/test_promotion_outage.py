"""An API server that is restarted in the middle of a promotion: told, or outlived, and done once."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.plan.deploying.deployment import ANCHOR
from tests import matrix
from tests.real import app, outages
from tests.real.app import Said
from tests.real.killing import differences, left, settled
from tests.real.releasing import Releasing, releasing

STARTS = 'CMD ["sh", "-c", "sleep 6; exec httpd \\"$@\\"", "httpd"'
"""Long enough for a server to go and to come back while Helm waits."""
PATIENCE = 20
"""Seconds that a deployment may take."""
BRIEF = 5.0
"""Seconds that a server takes to be restarted."""
LONGEST = 200.0
"""Seconds until a verb that cannot reach its cluster has ended."""

BEFORE, DRY, WAITING, PROOF = "right before", "at the dry runs", "while Helm waits", "at the proof"
FOR_A_WHILE, FOR_LONG = "for 5 s", "for longer than it waits"
CASES = [(moment, length) for length in (FOR_A_WHILE, FOR_LONG) for moment in (WAITING, DRY, BEFORE, PROOF)]

SHIM = """#!/bin/sh
# A dry run after the promotion has begun, which moves the ledger, waits until the server is away.
case "$OUTAGE_MARK $* " in
    /*" --dry-run=server "*)
        if [ "$(cat "$OUTAGE_LEDGER")" != "$OUTAGE_HEAD" ]; then
            : >"$OUTAGE_MARK"
            n=0
            while [ ! -e "$OUTAGE_MARK.away" ] && [ $n -lt 3000 ]; do sleep 0.02; n=$((n + 1)); done
        fi ;;
esac
exec {program} "$@"
"""


@dataclass
class Bench:
    """Two versions, of which the second starts slowly; `env` leads through the line."""

    releasing: Releasing
    line: outages.Line
    one: str
    two: str
    env: Mapping[str, str]
    wanted: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.releasing.team}-staging"

    def start(self) -> int:
        """Staging runs the first version, and has no pod of a test; how much is said of staging by then."""
        self.releasing.must("ada", "promote", f"orders@{self.one}", "--to", "staging", "--downgrade")
        pods = self._tests()
        if pods:
            self.releasing.application.tool("kubectl", "-n", self.place, "delete", *pods)
        return len(self.releasing.kinds("staging"))

    def promote(self, **env: str) -> Said:
        """Bring the second one there."""
        words = ("promote", f"orders@{self.two}", "--to", "staging", "--timeout", str(PATIENCE))
        return self.releasing.by("ada", *words, env={**self.env, **env})

    def disturbed(self, moment: str, length: str, mark: Path) -> Said:
        """The same while the server goes away at that moment for so long."""
        with ThreadPoolExecutor(1) as pool:
            if moment == BEFORE:
                with self.line.away():
                    verb = pool.submit(self.promote)
                    _last(verb, length)
                return verb.result()
            ledger = self.releasing.ledger.path / "refs/heads/apps" / self.releasing.team / "orders"
            env = {} if moment != DRY else {"OUTAGE_MARK": str(mark), "OUTAGE_LEDGER": str(ledger)}
            verb = pool.submit(self.promote, **env, OUTAGE_HEAD=ledger.read_text().strip())
            come = self._coming(moment, mark)
            assert app.eventually(lambda: verb.done() or come(), 90)
            assert not verb.done(), f"it was over before: {verb.result().err}"
            with self.line.away():
                mark.with_name(f"{mark.name}.away").touch()
                _last(verb, length)
            return verb.result()

    def left(self, start: int) -> dict[str, Any]:
        """Cluster and ledger, without tries that have failed; each of them has told so."""
        kinds = self.releasing.kinds("staging")[start:]
        while kinds[:2] == ["requested", "failed"]:
            del kinds[:2]
        return {"ledger": kinds, "cluster": settled(left(self.releasing.application, self.place))}

    def agree(self) -> None:
        """Hold ledger, cluster and anchor against each other."""
        made = self.releasing
        arrived = [
            each
            for each in made.history().entries
            if (each.event.kind, each.event.environment) == ("promoted", "staging")
        ][-1]
        assert self._anchor() == f"acme:apps/{made.team}/orders@{arrived.commit}"
        status = json.loads(
            made.application.tool("helm", "-n", self.place, "status", "orders", "--output", "json")
        )
        runs = (status["info"]["status"], made.level(self.place)) == ("deployed", "two")
        assert runs == (arrived.event.version == self.two), status["info"]
        verified = made.by("ada", "ledger", "verify")
        assert verified.code == 0, verified.out

    def _coming(self, moment: str, mark: Path) -> Callable[[], bool]:
        if moment == DRY:
            return mark.exists
        if moment == WAITING:
            return lambda: self.releasing.level(self.place) == "two"
        return lambda: bool(self._tests())

    def _tests(self) -> list[str]:
        pods = self.releasing.application.tool("kubectl", "-n", self.place, "get", "pods", "--output", "name")
        return [each for each in pods.split() if each.endswith("-test")]

    def _anchor(self) -> str:
        words = ("get", "deployment", "orders", "--output", "json")
        found = json.loads(self.releasing.application.tool("kubectl", "-n", self.place, *words))
        return str(found["metadata"]["annotations"].get(ANCHOR, ""))


@pytest.fixture(scope="module")
def bench(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("outage")
    with (
        releasing(testbed, folder / "made") as made,
        outages.before(made.application, folder) as (line, path),
    ):
        one = made.release("one")
        made.application.replace("Dockerfile", 'CMD ["httpd"', STARTS)
        two = made.release("two")
        program = shutil.which("kubectl", path=made.application.env["PATH"])
        assert program
        shim = folder / "bin" / "kubectl"
        shim.parent.mkdir()
        shim.write_text(SHIM.replace("{program}", program))
        shim.chmod(stat.S_IRWXU)
        programs = f"{shim.parent}{os.pathsep}{made.application.env['PATH']}"
        yield Bench(made, line, one, two, {"KUBECONFIG": str(path), "PATH": programs})


@pytest.mark.parametrize(("moment", "length"), matrix.sampled("release", CASES, keep=2))
def test_a_promotion_whose_api_server_goes_away_says_so_or_goes_on_and_is_done_once(
    bench: Bench, tmp_path: Path, moment: str, length: str, matrix_row: Callable[..., None]
) -> None:
    wanted = _undisturbed(bench)
    start = bench.start()
    said = bench.disturbed(moment, length, tmp_path / "mark")
    assert said.code in (0, 5), said.err
    assert "Traceback" not in said.err
    assert said.code == 0 or bench.line.address in said.reason, said.err
    assert said.code == 0 or (moment, length) != (WAITING, FOR_A_WHILE), said.err
    bench.agree()
    began = time.monotonic()
    again = bench.promote()
    assert again.code == 0, again.err
    assert list(differences(wanted, bench.left(start))) == []
    bench.agree()
    figures = {"exit": said.code, "slowest to mend": round(time.monotonic() - began, 1)}
    matrix_row("release", f"API server away {moment}, {length}", "the same", figures)


def _last(verb: Future[Said], length: str) -> None:
    """Return when the server may be back."""
    if length == FOR_A_WHILE:
        time.sleep(BRIEF)
    else:
        wait([verb], LONGEST)


def _undisturbed(bench: Bench) -> dict[str, Any]:
    """What is left where nothing happens."""
    if not bench.wanted:
        start = bench.start()
        said = bench.promote()
        assert said.code == 0, said.err
        bench.wanted = bench.left(start)
        assert bench.wanted["ledger"] == ["requested", "promoted", "verified"]
    return bench.wanted
