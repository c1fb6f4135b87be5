from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.app import Build
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.receipts import ImageBuilt
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.plan.moment import seconds_of
from tests import examples
from tests.imaging import PLAN, Bench, another_revision, code_of


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_image_is_built_under_the_releases_name_with_its_origin_on_it(bench: Bench) -> None:
    receipt, did = bench.build()
    built = bench.engine.images[receipt.image_id]
    assert (built.ref, built.target, built.platforms) == (PLAN.image, "", ("linux/amd64",))
    assert built.labels["org.opencontainers.image.revision"] == PLAN.revision.commit
    assert did.acted
    assert bench.receipts.load(ImageBuilt) == receipt


def test_an_image_is_built_once_a_revision_as_long_as_the_engine_has_it(bench: Bench) -> None:
    first, _ = bench.build()
    again, did = bench.build()
    assert (again, did.acted, bench.engine.builds) == (first, False, 1)
    bench.engine.images.clear()
    third, did = bench.build()
    assert did.acted
    assert third.image_id in bench.engine.images


@pytest.mark.parametrize("key", [{"commit": "f" * 40}, {"descriptor": "sha256:1"}, {"platform": "other"}])
def test_another_revision_descriptor_or_platform_is_built_anew(bench: Bench, key: dict[str, str]) -> None:
    bench.build()
    _, did = bench.build(another_revision(**key))
    assert did.acted


def test_several_platforms_are_the_engines_business(bench: Bench) -> None:
    app = examples.app(build=Build(language="go", platforms=("linux/amd64", "linux/arm64")))
    receipt, _ = bench.build(examples.plan(of=app))
    assert bench.engine.images[receipt.image_id].platforms == ("linux/amd64", "linux/arm64")


def test_an_image_of_the_same_inputs_in_the_registry_is_not_built_again(bench: Bench) -> None:
    bench.build()
    pushed, _ = bench.push()
    elsewhere = bench.elsewhere()
    later = examples.plan(commit="f" * 40, since=9)
    later = replace(later, key=replace(later.key, commit="f" * 40))
    receipt, did = elsewhere.build(later)
    assert (receipt.digest, did.acted, elsewhere.engine.images) == (pushed.digest, False, {})
    assert pushed.digest[:19] in did.sentence
    again, did = elsewhere.push(later)
    assert (again.digest, again.version) == (pushed.digest, "1.2.9")
    assert elsewhere.registry.digest_of(later.image) == pushed.digest
    assert elsewhere.registry.uploads == 1


@pytest.mark.parametrize("what", ["sources", "dockerfile", "args", "platforms", "base"])
def test_any_other_input_is_built(bench: Bench, what: str) -> None:
    bench.sources.text = "FROM base:1 AS test\nFROM base:1\n"
    base = ImageRef("registry-1.docker.io", "library/base", "1")
    bench.registry.store(base, {"image": "first"})
    bench.build()
    bench.push()
    elsewhere = bench.elsewhere()
    build = Build(language="go")
    if what == "sources":
        elsewhere.sources.content = "changed"
    elif what == "dockerfile":
        elsewhere.sources.text += "RUN true\n"
    elif what == "args":
        build = Build(language="go", args={"MODE": "fast"})
    elif what == "platforms":
        build = Build(language="go", platforms=("linux/arm64",))
    else:
        elsewhere.registry.store(base, {"image": "second"})
    _, did = elsewhere.build(examples.plan(of=examples.app(build=build)))
    assert did.acted


def test_a_base_that_nobody_can_resolve_ties_the_image_to_its_revision(bench: Bench) -> None:
    bench.sources.text = "FROM gone:1\n"
    bench.build()
    bench.push()
    elsewhere = bench.elsewhere()
    other = another_revision(commit="f" * 40)
    assert elsewhere.build(other)[1].acted
    assert elsewhere.build(PLAN)[1].acted is False
    assert any("counts for this commit alone" in line for line in bench.said)


def test_a_registry_that_does_not_answer_costs_only_the_saving(bench: Bench) -> None:
    bench.registry.silent = True
    _, did = bench.build()
    assert did.acted
    assert any("does not answer" in line for line in bench.said)


def test_an_image_that_is_too_old_is_followed_by_another(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    elsewhere = bench.elsewhere()
    january = seconds_of("2026-01-01T00:00:00Z") or 0
    assert elsewhere.build(oldest=january)[1].acted is False
    second, did = elsewhere.build(oldest=january + 1)
    assert did.acted
    assert second.inputs != bench.receipts_inputs()
    later = examples.plan(commit="f" * 40, since=9)
    later = replace(later, key=replace(later.key, commit="f" * 40))
    elsewhere.build(later, oldest=january + 1)
    pushed, _ = elsewhere.push(later)
    assert pushed.digest != first.digest
    assert bench.registry.digest_of(PLAN.image) == first.digest


WITH_SECRET = examples.plan(of=examples.app(build=Build(language="go", secrets=("npm-token",))))


def test_a_build_and_a_test_get_what_they_may_know(bench: Bench) -> None:
    bench.secrets.texts["npm-token"] = "s3cret"
    bench.test(WITH_SECRET)
    bench.build(WITH_SECRET)
    held = [[(each.id, each.text) for each in built.secrets] for built in bench.engine.images.values()]
    assert held == [[("npm-token", "s3cret")]] * 2


def test_without_its_secret_nothing_is_built_but_what_is_there_is_found(bench: Bench) -> None:
    for verb in (bench.test, bench.build):
        with pytest.raises(Refused) as caught:
            verb(WITH_SECRET)
        assert code_of(caught.value) == "secret-missing"
    assert bench.engine.builds == 0
    bench.secrets.texts["npm-token"] = "s3cret"
    bench.build(WITH_SECRET)
    bench.push(WITH_SECRET)
    other = bench.elsewhere()
    _, did = other.build(WITH_SECRET)
    assert not did.acted


def test_a_secret_is_no_input(bench: Bench) -> None:
    bench.secrets.texts["npm-token"] = "one"
    first, _ = bench.build(WITH_SECRET)
    other = Bench()
    other.secrets.texts["npm-token"] = "another"
    second, _ = other.build(WITH_SECRET)
    assert first.inputs == second.inputs


def test_a_failed_build_that_held_a_login_says_how_to_ask_whether_it_is_taken(bench: Bench) -> None:
    on = examples.platform(packages={"go": Proxy(url="https://n/go", credentials="reader")})
    bench.sources.text = "FROM scratch\nRUN --mount=type=secret,id=platform-go make\n"
    bench.secrets.logins["go"] = Credentials("u", "p")
    bench.engine.broken = True
    with pytest.raises(ToolFailed):
        bench.build(examples.plan(on=on))
    assert [line for line in bench.said if "`pipelinekit doctor` asks" in line]
    bench.said.clear()
    with pytest.raises(ToolFailed):
        bench.build(PLAN)
    assert not [line for line in bench.said if "doctor" in line]
