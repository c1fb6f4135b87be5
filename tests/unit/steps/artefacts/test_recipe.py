from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid, Fault, Refused, ToolFailed
from pipelinekit.model.app import Build
from pipelinekit.model.platform.document import Images
from pipelinekit.model.platform.packages import CLIENTS, Proxy
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, ReleasePlan
from pipelinekit.ports import DENIED
from pipelinekit.reading.schema import PLATFORM
from pipelinekit.steps.artefacts.recipe import Recipe, build_plan, has_stage, resolve
from tests import examples
from tests.doubles import Engine, Registry, Secrets, Sources

PLAN = examples.plan()


class Kitchen:
    """A Dockerfile, an engine, a registry."""

    def __init__(self, text: str) -> None:
        self.registry = Registry()
        self.engine = Engine(self.registry)
        self.sources = Sources(text=text)
        self.secrets = Secrets()
        self.said: list[str] = []

    def recipe(self, plan: ReleasePlan = PLAN, target: str = "") -> Recipe:
        return resolve(plan, target, self.sources, self.engine, self.registry, self.secrets, self.said.append)


def test_a_build_gets_the_platforms_arguments_where_the_dockerfile_wants_them() -> None:
    kitchen = Kitchen("ARG BASE_REGISTRY\nFROM scratch\nARG GOPROXY\nARG NPM_CONFIG_REGISTRY\n")
    app = examples.app(build=Build(language="go", args={"MODE": "fast", "NPM_CONFIG_REGISTRY": "own"}))
    on = examples.platform(
        images=Images(registry="r", mirror="mirror:5001"),
        packages={
            "go": Proxy(url="https://proxy/go", credentials="reader"),
            "npm": Proxy(url="https://proxy/npm"),
            "pypi": Proxy(url="https://proxy/pypi"),
        },
    )
    plan = examples.plan(of=app, on=on)
    assert build_plan(plan, kitchen.recipe(plan), "").args == {
        "BASE_REGISTRY": "mirror:5001",
        "GOPROXY": "https://proxy/go",
        "NPM_CONFIG_REGISTRY": "own",
        "MODE": "fast",
    }


def test_every_package_proxy_has_its_argument() -> None:
    assert CLIENTS.keys() == PLATFORM["properties"]["packages"]["properties"].keys()


def test_bases_are_pinned_to_what_was_resolved() -> None:
    kitchen = Kitchen("FROM base:1 AS build\nFROM build AS test\nFROM r:5000/other\n")
    first = kitchen.registry.store(ImageRef("registry-1.docker.io", "library/base", "1"), {"image": "1"})
    second = kitchen.registry.store(ImageRef("r:5000", "other", "latest"), {"image": "2"})
    recipe = kitchen.recipe()
    built = build_plan(PLAN, recipe, "")
    assert built.pinned == {
        "base:1": f"docker.io/library/base@{first}",
        "r:5000/other": f"r:5000/other@{second}",
    }
    assert built.labels["org.opencontainers.image.base.name"] == "r:5000/other"
    assert built.labels["org.opencontainers.image.base.digest"] == second
    assert built.labels["dev.pipelinekit.input"] == recipe.inputs.digest
    assert kitchen.said == []


def test_the_base_of_the_last_stage_is_found_through_the_stages_before_it() -> None:
    kitchen = Kitchen("FROM base:1 AS server\nFROM server AS test\nFROM server\n")
    digest = kitchen.registry.store(ImageRef("registry-1.docker.io", "library/base", "1"), {"image": "1"})
    labels = build_plan(PLAN, kitchen.recipe(), "").labels
    assert labels["org.opencontainers.image.base.name"] == "base:1"
    assert labels["org.opencontainers.image.base.digest"] == digest


def test_a_base_that_only_the_engine_has_counts_by_its_id() -> None:
    kitchen = Kitchen("FROM mine:1\n")
    kitchen.engine.images["mine:1"] = BuildPlan(ref=PLAN.image)
    recipe = kitchen.recipe()
    assert recipe.pinned == {}
    assert recipe.inputs.bases["mine:1"].startswith("local:")
    assert kitchen.said == []


def test_a_base_that_nobody_has_is_told_and_salts_the_inputs() -> None:
    kitchen = Kitchen("FROM gone:1\n")
    assert kitchen.recipe().inputs.salt == PLAN.key.commit
    missing, alone = kitchen.said
    assert "registry-1.docker.io" not in missing
    assert "gone:1: docker.io has no such image" in missing
    for key in ("images.mirror", "build.version"):
        assert key in missing
    assert "counts for this commit alone" in alone


def test_a_base_that_could_not_be_asked_for_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    kitchen = Kitchen("FROM gone:1\n")
    monkeypatch.setattr(kitchen.registry, "digest_of", fails)
    kitchen.recipe()
    assert kitchen.said[0] == "gone:1: nobody answers"
    assert "counts for this commit alone" in kitchen.said[1]


def fails(_: ImageRef) -> str:
    raise ToolFailed(Fault("registry-down", "nobody answers"))


def test_a_stage_is_built_for_this_machine_under_a_local_name_and_without_labels() -> None:
    kitchen = Kitchen("FROM scratch AS Test\n")
    app = examples.app(build=Build(language="go", platforms=("linux/amd64", "linux/arm64")))
    plan = examples.plan(of=app)
    assert has_stage(plan, kitchen.sources, "test")
    assert not has_stage(plan, kitchen.sources, "build")
    stage = build_plan(plan, kitchen.recipe(plan, "test"), "test")
    assert (stage.target, stage.platforms, stage.labels) == ("test", (), {})
    assert stage.ref.registry == "localhost"
    whole = build_plan(plan, kitchen.recipe(plan), "")
    assert (whole.ref, whole.platforms) == (plan.image, ("linux/amd64", "linux/arm64"))


MIRRORED = examples.platform(images=Images(registry="r:5000", mirror="mirror:5001/hub"))
PULL_REQUEST = examples.plan(on=MIRRORED, branch="PR-7", pull_request="7")
BASES = ("mirror:5001/hub/library/base:1", f"mirror:5001/hub/library/base@sha256:{'1' * 64}")


class Closed(Registry):
    """Lets nobody in."""

    def digest_of(self, ref: ImageRef) -> str | None:
        raise ToolFailed(Fault(DENIED, f"{ref.registry} refuses anonymous access (401)"))


def closed(text: str, **given: Any) -> Kitchen:
    kitchen = Kitchen(text)
    kitchen.registry = Closed()
    kitchen.secrets = Secrets(**given)
    return kitchen


@pytest.mark.parametrize("base", BASES)
def test_a_pull_request_hears_in_one_sentence_that_the_mirror_wants_a_login(base: str) -> None:
    kitchen = closed(f"FROM {base}\n", pipeline=True)
    with pytest.raises(Refused) as caught:
        kitchen.recipe(PULL_REQUEST)
    (fault,) = caught.value.faults
    assert fault.code == "mirror-login"
    assert "the mirror mirror:5001 asks for a login, which only builds of main get" in fault.problem
    assert "pullRequests: true" in fault.hint
    assert kitchen.said == []


@pytest.mark.parametrize(
    ("plan", "given"),
    [
        (examples.plan(on=MIRRORED), {"pipeline": True}),
        (examples.plan(on=MIRRORED, branch="feature/x"), {}),
        (PULL_REQUEST, {"pipeline": True, "logins": {"mirror": Credentials("u", "p")}}),
    ],
    ids=["main", "terminal", "with a login"],
)
def test_others_hear_what_the_registry_says(plan: ReleasePlan, given: dict[str, Any]) -> None:
    kitchen = closed(f"FROM {BASES[0]}\n", **given)
    assert kitchen.recipe(plan).inputs.salt == plan.key.commit
    assert "refuses anonymous access" in kitchen.said[0]


def test_a_pull_request_takes_a_pinned_base_from_a_mirror_that_lets_it_in() -> None:
    kitchen = Kitchen(f"FROM {BASES[1]}\n")
    kitchen.secrets = Secrets(pipeline=True)
    digest = "sha256:" + "1" * 64
    kitchen.registry.manifests["mirror:5001", "hub/library/base", digest] = {}
    assert list(kitchen.recipe(PULL_REQUEST).inputs.bases.values()) == [digest]


def test_what_a_pull_request_builds_does_not_go_to_the_cache() -> None:
    kitchen = Kitchen("FROM scratch\n")
    on = examples.platform(images=Images(registry="r:5000", cache="layers/{name}"))
    kept = {
        number: build_plan(plan, kitchen.recipe(plan), "")
        for number in ("", "7")
        for plan in [examples.plan(on=on, pull_request=number)]
    }
    assert {each.cache for each in kept.values()} == {"r:5000/layers/orders"}
    assert {number: each.keeps for number, each in kept.items()} == {"": True, "7": False}


def test_the_stage_that_is_the_image_is_built_and_counted() -> None:
    kitchen = Kitchen("FROM scratch AS web\nFROM alpine AS test\n")
    plan = examples.plan(of=examples.app(build=Build(language="dockerfile", target="Web")))
    recipe = kitchen.recipe(plan)
    built = build_plan(plan, recipe, "")
    assert (built.target, built.ref, recipe.base) == ("Web", plan.image, "scratch")
    assert built.labels
    assert built.platforms
    assert recipe.inputs.digest != kitchen.recipe().inputs.digest
    assert build_plan(plan, kitchen.recipe(plan, "test"), "test").target == "test"


def test_a_stage_that_the_dockerfile_does_not_have_is_refused_with_those_that_it_has() -> None:
    plan = examples.plan(of=examples.app(build=Build(language="dockerfile", target="wbe")))
    with pytest.raises(DocumentInvalid) as caught:
        Kitchen("FROM scratch AS web\n").recipe(plan)
    (fault,) = caught.value.faults
    assert (fault.code, fault.path, fault.hint) == ("target-missing", "build.target", "did you mean 'web'?")
    with pytest.raises(DocumentInvalid, match="no stage named wbe"):
        Kitchen("FROM scratch\n").recipe(plan)


def test_what_makes_the_context_large_is_said_while_it_is_read() -> None:
    kitchen = Kitchen("FROM scratch\n")
    kitchen.sources.large = ("1.5 GB",)
    kitchen.recipe()
    assert kitchen.said == ["1.5 GB"]
