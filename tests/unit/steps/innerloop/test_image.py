from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused, ToolFailed, failed
from pipelinekit.model.draft import Built
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef
from pipelinekit.ports import Say
from pipelinekit.steps.innerloop.image import TRIES, Workshop, image_of
from tests import examples
from tests.developers import ClusterEngine
from tests.doubles import Engine, Registry, Secrets, Sources

PLAN = examples.plan()


class Noisy(Engine):
    """Says many lines, and then fails where it is `broken`; `during` happens in each build."""

    broken = False
    during: Callable[[], Any] = staticmethod(lambda: None)

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        for number in range(30):
            say(f"line {number}")
        if self.broken:
            raise failed("build-failed", "exit code 1")
        made = super().build(plan, context, say)
        self.during()
        return made


class Bench:
    def __init__(self) -> None:
        self.registry = Registry()
        self.engine = Noisy(self.registry)
        self.sources = Sources()
        self.shared: ClusterEngine | None = None
        self.said: list[str] = []

    def image(self, *tags: str) -> Built:
        shop = Workshop(
            folder=Path("unused"),
            dockerfile="Dockerfile",
            sources=self.sources,
            engine=self.engine,
            registry=self.registry,
            secrets=Secrets(),
            login=lambda _: Credentials("me", "word"),
            shared=self.shared,
        )
        return image_of(PLAN, shop, tags, self.said.append)


def test_what_is_there_is_neither_built_nor_pushed_again() -> None:
    bench = Bench()
    first = bench.image()
    assert (first.built, first.pushed, len(first.tag)) == (True, True, 40)
    assert bench.image() == replace(first, built=False, pushed=False)


def test_other_contents_have_another_tag() -> None:
    bench = Bench()
    first = bench.image()
    bench.sources.content = "sha256:other"
    second = bench.image()
    assert (second.built, second.tag != first.tag) == (True, True)


def test_custom_tags_name_the_same_image() -> None:
    bench = Bench()
    made = bench.image("latest", "mine")
    for tag in ("latest", "mine"):
        assert bench.registry.digest_of(replace(PLAN.image, tag=tag)) == made.digest


def test_a_file_that_changes_during_the_build_is_built_again() -> None:
    bench = Bench()
    contents = iter(["sha256:second"])
    bench.engine.during = lambda: setattr(bench.sources, "content", next(contents, bench.sources.content))
    made = bench.image()
    bench.engine.during = lambda: None
    assert bench.image() == replace(made, built=False, pushed=False)


def test_files_that_never_stand_still_are_told() -> None:
    bench = Bench()
    numbers = iter(range(TRIES + 1))
    bench.engine.during = lambda: setattr(bench.sources, "content", f"sha256:{next(numbers)}")
    with pytest.raises(ToolFailed) as caught:
        bench.image()
    assert caught.value.faults[0].code == "sources-moving"


def test_a_build_that_fails_has_said_its_log_once() -> None:
    bench = Bench()
    bench.engine.broken = True
    with pytest.raises(ToolFailed) as caught:
        bench.image()
    assert bench.said.count("line 29") == 1
    assert "line" not in caught.value.faults[0].hint


def test_without_a_registry_nothing_is_built() -> None:
    bench = Bench()
    plan = replace(PLAN, image=ImageRef("", "orders"))
    shop = Workshop(
        folder=Path("unused"),
        dockerfile="Dockerfile",
        sources=bench.sources,
        engine=bench.engine,
        registry=bench.registry,
        secrets=Secrets(),
        login=lambda _: None,
    )
    with pytest.raises(Refused):
        image_of(plan, shop, (), lambda _: None)


def test_where_pods_run_in_the_engine_nothing_is_pushed() -> None:
    bench = Bench()
    bench.shared = ClusterEngine()
    made = bench.image()
    assert (made.built, made.pushed, made.digest) == (True, False, "")
    assert list(bench.shared.kept) == [str(replace(PLAN.image, tag=made.tag))]
    assert bench.registry.digest_of(replace(PLAN.image, tag=made.tag)) is None


def test_where_they_do_not_and_where_a_registry_is_to_have_more_tags_it_is_pushed() -> None:
    bench = Bench()
    bench.shared = ClusterEngine(runs=False)
    assert bench.image().pushed
    bench.sources.content = "sha256:other"
    bench.shared = ClusterEngine()
    assert bench.image("mine").pushed
