from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from pipelinekit.cli.line import meanwhile
from pipelinekit.cli.wiring import ahead
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.app import Around
from pipelinekit.model.receipts import ImageBuilt
from tests import examples
from tests.doubles import Receipts
from tests.unit.steps.release.bench import Bench

DEV = examples.target()


class Here:
    """A line whose application runs already, as another version."""

    def __init__(self, root: Path) -> None:
        self.bench = Bench(root)
        self.bench.deploy()
        self.app, self.platform, self.key = examples.app(), examples.platform(), examples.KEY
        self.receipts = Receipts()
        self.helm, self.objects = self.bench.releases, self.bench.cluster.things
        self.target = examples.target


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def looked(here: Here) -> Any:
    with ahead.opened():
        meanwhile.set_out(cast("Line", here))
        return meanwhile.found(DEV)


def test_a_target_is_looked_at_while_a_run_begins(here: Here) -> None:
    assert looked(here).state.revision == 1


def test_nothing_is_asked_early_where_commands_of_the_applications_come_in_between(here: Here) -> None:
    around = {"deploy": Around(before=("helm uninstall orders",))}
    here.app = examples.app(build=replace(here.app.build, around=around))
    assert looked(here) is None


def test_nothing_is_asked_early_of_a_revision_that_was_built(here: Here) -> None:
    here.receipts.save(next(each for each in examples.RECEIPTS if isinstance(each, ImageBuilt)))
    assert looked(here) is None


def test_what_was_found_before_a_long_build_is_asked_again(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meanwhile, "FRESH", -1.0)
    assert looked(here) is None


def test_a_verb_alone_asks_nothing_early(here: Here) -> None:
    meanwhile.set_out(cast("Line", here))
    assert meanwhile.found(DEV) is None


def begun(here: Here, monkeypatch: pytest.MonkeyPatch, *verbs: str) -> list[Any]:
    """The targets for which Helm is begun while an image is pushed."""
    seen: list[Any] = []
    monkeypatch.setattr(meanwhile, "_begin_helms", lambda _early, _here, targets: seen.extend(targets))
    with ahead.opened() as early:
        early.verbs = frozenset(verbs)
        meanwhile.set_out(cast("Line", here))
        meanwhile.begin_helm(cast("Line", here))
        early.take("helm")
    return seen


def test_helm_is_begun_for_what_was_looked_at(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun(here, monkeypatch, "push", "package", "publish", "deploy") == [DEV]
    assert begun(here, monkeypatch, "push", "package", "publish") == []
    here.receipts.save(next(each for each in examples.RECEIPTS if isinstance(each, ImageBuilt)))
    assert begun(here, monkeypatch, "push", "package", "publish", "deploy") == []
