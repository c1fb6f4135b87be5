"""A verb of a release killed at each of its effects, and run again, ends as if nothing had been."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.ledger import PLATFORM, Event
from pipelinekit.plan.releaseset.record import Part, record_of
from tests import matrix
from tests.real.killing import WHEN, differences, killed, left, published, settled, shims, wire
from tests.real.releaseverbs import GATES, VERBS, Bench, Verb
from tests.real.releasing import releasing

EFFECTS = {
    "git": '*" push "*',
    "helm": '*" upgrade "*|*" install "*|*" rollback "*|*" uninstall "*',
    "kubectl": '*" apply "*|*" annotate "*|*" create "*|*" patch "*|*" delete "*|*" label "*|*" scale "*',
}
MOST = 40
"""Effects that a verb has at most."""
CASES = [(name, when) for name in VERBS for when in WHEN]


@pytest.fixture(scope="module")
def bench(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("promotion-kills")
    with releasing(testbed, folder / "made", **GATES) as made:
        made.document["ledger"]["release"] = {"keys": [made.signers.public("release").key]}
        made.publish_platform(**GATES)
        one, two = made.release("one"), made.release("two")
        programs = shims(made.application, folder / "bin", EFFECTS)
        path = f"{programs}{os.pathsep}{made.application.env['PATH']}"
        yield Bench(made, one, two, {"PATH": path, "PYTHONPATH": str(wire(folder / "wire"))}, folder)


@pytest.mark.parametrize(("name", "when"), matrix.sampled("release", CASES, keep=0))
def test_killed_at_each_effect_and_run_again_a_verb_ends_as_if_nothing_had_been(
    bench: Bench, tmp_path: Path, name: str, when: str, matrix_row: Callable[..., None]
) -> None:
    effects, wanted = _undisturbed(bench, name, tmp_path)
    died, slowest = 0, 0.0
    for effect in range(1, effects + 1):
        code, took, found = _disturbed(bench, name, tmp_path, effect, when)
        died += code == -signal.SIGKILL
        slowest = max(slowest, took)
        assert list(differences(wanted, found)) == [], f"{name}, {when} effect {effect}: {code}"
    assert died, f"of {effects} none was killed"
    figures = {"effects": effects, "killed": died, "slowest to mend": round(slowest, 1)}
    matrix_row("release", f"{name}, {when}", "the same", figures)


def test_killed_at_a_seeded_effect_a_promotion_ends_as_if_nothing_had_been(
    bench: Bench, tmp_path: Path
) -> None:
    name = "promote to staging"
    effects, wanted = _undisturbed(bench, name, tmp_path)
    assert effects >= 4
    for effect, when in ((1, "after"), (2, "amid"), (effects, "before")):
        code, _, found = _disturbed(bench, name, tmp_path, effect, when)
        assert code == -signal.SIGKILL
        assert list(differences(wanted, found)) == [], f"{when} effect {effect}"


def _undisturbed(bench: Bench, name: str, folder: Path) -> tuple[int, Any]:
    """How many effects a verb has, and what it leaves."""
    if name not in bench.undisturbed:
        verb = VERBS[name]
        verb.before(bench)
        count, start = _counter(folder, "undisturbed"), _told(bench)
        env = {**bench.env, "KILL_COUNT": str(count), "KILL_AT": "0", "KILL_WHEN": "never"}
        assert _run(bench, verb, env) == 0
        effects = len(list(count.iterdir()))
        assert 1 <= effects <= MOST
        bench.undisturbed[name] = effects, _left(bench, verb, start)
    return bench.undisturbed[name]


def _disturbed(bench: Bench, name: str, folder: Path, effect: int, when: str) -> tuple[int, float, Any]:
    """Killed at one of its effects and run again: how it ended, what the next took, and what is left."""
    verb = VERBS[name]
    verb.before(bench)
    count, start = _counter(folder, f"{when}-{effect}"), _told(bench)
    env = {**bench.env, "KILL_COUNT": str(count), "KILL_AT": str(effect), "KILL_WHEN": when}
    code = _run(bench, verb, {**env, "KILL_AMID": "0.02" if effect % 2 else "0.3"})
    began = time.monotonic()
    said = bench.releasing.by(verb.person, *verb.words(bench))
    assert said.code == 0 or (verb.told and said.code == 6), f"{when} effect {effect}: {said.err}"
    return code, time.monotonic() - began, _left(bench, verb, start)


def _run(bench: Bench, verb: Verb, env: Mapping[str, str]) -> int:
    bench.stands = "" if verb.place == "staging" else bench.stands
    key = {"PIPELINEKIT_LEDGER_KEY": str(bench.releasing.signers.private(verb.person))}
    application = bench.releasing.application
    return killed(application, verb.words(bench), {**env, **key}, cwd=application.folder.parent)


def _counter(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


def _left(bench: Bench, verb: Verb, start: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Cluster, registry and ledger, but for names and numbers that are others each time."""
    made = bench.releasing
    told = {branch: _once(each[len(start[branch]) :]) for branch, each in _told(bench).items()}
    said = made.by("ada", "ledger", "verify")
    found: dict[str, Any] = {"ledger": told, "verified": said.code or said.out.count("error")}
    if verb.place:
        found["cluster"] = settled(left(made.application, f"{made.team}-{verb.place}"))
    if verb.copies:
        chart = f"charts-{bench.times}-{made.team}/{made.team}/orders"
        tags = published(made.application, chart, f"{made.team}/orders")
        found["registry"] = {
            name.replace(f"charts-{bench.times}-", "charts-"): digest for name, digest in tags.items()
        }
    return found


def _told(bench: Bench) -> dict[str, list[Any]]:
    """What the branches of the application and of the platform say; of a set, how each member ended."""
    return {
        name: [
            (each.kind, each.environment, each.version, *map(str, _members(each)))
            for each in bench.releasing.history(branch).events
        ]
        for name, branch in (("application", ""), ("platform", PLATFORM))
    }


def _members(event: Event) -> tuple[Part, ...]:
    record = record_of(event)
    return record.parts if record else ()


def _once(events: list[Any]) -> list[Any]:
    """Events without what was only said twice; a verb that is run again may say it again."""
    return [each for number, each in enumerate(events) if number == 0 or each != events[number - 1]]
