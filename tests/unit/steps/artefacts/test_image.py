from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import CheckFailed, PipelinekitError, Refused, ToolFailed
from pipelinekit.model import receipts
from pipelinekit.model.app import Build
from pipelinekit.model.platform.packages import Proxy
from pipelinekit.model.receipts import ImageBuilt, ImagePushed
from pipelinekit.model.release import Credentials, ImageRef, ReleasePlan, TestRun
from pipelinekit.model.testing import Failure, Totals
from pipelinekit.plan.inputs import LABEL
from pipelinekit.plan.moment import seconds_of
from pipelinekit.ports import Say
from pipelinekit.steps.artefacts import image
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.artefacts.trust import REVISION
from tests import examples
from tests.doubles import Engine, Receipts, Registry, Reports, Secrets, Signer, Sources

PLAN = examples.plan()
CONTEXT = Path("unused")


def quiet(_: str) -> None:
    """Nobody listens."""


class Bench:
    """An engine, a registry, receipts and reports of one application."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.engine = Engine(self.registry)
        self.receipts = Receipts()
        self.reports = Reports(left=Totals(passed=3))
        self.sources = Sources()
        self.secrets = Secrets()
        self.said: list[str] = []
        self.signer: Signer | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        """What others do while the version settles."""

    def test(self, plan: ReleasePlan = PLAN) -> tuple[receipts.Tested, Did]:
        return image.test(
            plan,
            CONTEXT,
            self.sources,
            self.engine,
            self.registry,
            self.reports,
            self.receipts,
            self.secrets,
            self.said.append,
        )

    def build(self, plan: ReleasePlan = PLAN, *, oldest: int = 0) -> tuple[ImageBuilt, Did]:
        return image.build(
            plan,
            CONTEXT,
            self.sources,
            self.engine,
            self.registry,
            self.receipts,
            self.secrets,
            self.said.append,
            oldest=oldest,
            verifier=self.signer,
        )

    def wait(self, _: float) -> None:
        self.meanwhile()

    def push(self, plan: ReleasePlan = PLAN) -> tuple[ImagePushed, Did]:
        return image.push(
            plan,
            self.engine,
            self.registry,
            self.receipts,
            None,
            self.said.append,
            sleep=self.wait,
            signer=self.signer,
        )

    def elsewhere(self) -> Bench:
        """A second agent, which starts empty, with the same sources and registry."""
        other = Bench()
        other.registry = other.engine.registry = self.registry
        other.engine.builds = 100
        other.sources = replace(self.sources)
        other.signer = self.signer
        return other

    def receipts_inputs(self) -> str:
        built = self.receipts.load(ImageBuilt)
        assert built
        return built.inputs


@pytest.fixture
def bench() -> Bench:
    return Bench()


def another_revision(**key: str) -> ReleasePlan:
    """The plan of a key that differs."""
    return replace(PLAN, key=replace(PLAN.key, **key))


def code_of(error: PipelinekitError) -> str:
    return error.faults[0].code


# --- test -----------------------------------------------------------------------------------------


def test_tests_run_in_the_images_test_stage_and_leave_a_receipt(bench: Bench) -> None:
    receipt, did = bench.test()
    assert (receipt.passed, receipt.reports, did) == (3, ("tests.xml",), Did("3 tests passed", acted=True))
    (built,) = bench.engine.images.values()
    assert built.target == "test"
    assert bench.receipts.load(receipts.Tested) == receipt


def test_tests_run_once_a_revision(bench: Bench) -> None:
    first, _ = bench.test()
    again, did = bench.test()
    assert again == first
    assert did == Did("3 tests passed at this revision already", acted=False)
    assert bench.engine.builds == 1


def test_tests_run_again_at_another_revision(bench: Bench) -> None:
    bench.test()
    receipt, did = bench.test(another_revision(commit="f" * 40))
    assert did.acted
    assert receipt.key.commit == "f" * 40


def test_without_a_test_stage_nothing_is_tested_and_it_says_so_every_time(bench: Bench) -> None:
    bench.sources.text = "FROM scratch\n"
    nothing = Did("the Dockerfile has no stage named 'test': nothing is tested", acted=False)
    assert bench.test()[1] == nothing
    assert bench.test()[1] == nothing
    assert bench.engine.builds == 0


def test_tests_that_leave_no_report_are_not_counted_as_none(bench: Bench) -> None:
    bench.reports.left, bench.reports.names = Totals(), ()
    receipt, did = bench.test()
    assert (receipt.passed, receipt.reports) == (0, ())
    assert did == Did("the test command ended with 0, without a report", acted=True)
    assert any("left no JUnit report in /reports" in line for line in bench.said)
    assert bench.test()[1].sentence == f"{did.sentence} at this revision already"
    bench.engine.next_run = TestRun(exit_code=1, output="")
    with pytest.raises(CheckFailed) as caught:
        bench.test(another_revision(commit="f" * 40))
    assert caught.value.faults[0].problem == "the test command ended with 1"
    assert "left no JUnit report" in caught.value.faults[0].hint


@pytest.mark.parametrize("code", [0, 5])
def test_a_report_without_a_test_is_told_as_that(bench: Bench, code: int) -> None:
    bench.reports.left = Totals()
    bench.engine.next_run = TestRun(exit_code=code, output="")
    receipt, did = bench.test()
    assert (receipt.passed, did.sentence) == (0, "no test ran, as its report says: nothing is tested")
    bench.reports.names = ()
    bench.engine.next_run = TestRun(exit_code=5, output="")
    with pytest.raises(CheckFailed):
        bench.test(another_revision(commit="e" * 40))


def test_a_failed_test_is_told_and_leaves_no_receipt(bench: Bench) -> None:
    bench.reports.left = Totals(passed=1, failures=(Failure("m.a", "got 3"), Failure("m.b", "boom")))
    bench.engine.next_run = TestRun(exit_code=1, output="")
    with pytest.raises(CheckFailed) as caught:
        bench.test()
    assert [each.problem for each in caught.value.faults] == [
        "2 of 3 tests failed",
        "m.a: got 3",
        "m.b: boom",
    ]
    assert bench.receipts.load(receipts.Tested) is None


@pytest.mark.parametrize(
    ("left", "exit_code", "summary"),
    [
        (Totals(passed=3), 2, "the test command ended with 2"),
        (Totals(), 1, "the test command ended with 1"),
        (Totals(passed=1, failures=(Failure("a", "b"),)), 0, "1 of 2 tests failed"),
    ],
)
def test_reports_and_exit_code_must_both_be_good(
    bench: Bench, left: Totals, exit_code: int, summary: str
) -> None:
    bench.reports.left = left
    bench.engine.next_run = TestRun(exit_code=exit_code, output="")
    with pytest.raises(CheckFailed, match=summary):
        bench.test()


def test_of_many_failures_twenty_are_told(bench: Bench) -> None:
    bench.reports.left = Totals(failures=tuple(Failure(f"t{n}", "x") for n in range(50)))
    with pytest.raises(CheckFailed, match="50 of 50") as caught:
        bench.test()
    assert len(caught.value.faults) == 21


# --- build ----------------------------------------------------------------------------------------


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
    assert any("could not be resolved" in line for line in bench.said)


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


# --- push -----------------------------------------------------------------------------------------


def test_a_built_image_is_pushed_and_the_registrys_digest_is_the_receipt(bench: Bench) -> None:
    bench.build()
    receipt, did = bench.push()
    assert did.acted
    assert receipt.digest == bench.registry.digest_of(PLAN.image)
    assert (receipt.registry, receipt.repository) == (PLAN.image.registry, PLAN.image.repository)
    assert bench.receipts.load(ImagePushed) == receipt


def test_pushing_again_uploads_nothing(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    again, did = bench.push()
    assert (again, did.acted, bench.registry.uploads) == (first, False, 1)
    assert did.sentence.startswith(f"{PLAN.image} is in the registry already")


def test_the_same_revision_built_elsewhere_too_uses_the_image_that_came_first(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    elsewhere = bench.elsewhere()
    elsewhere.registry.silent = True
    elsewhere.build()
    elsewhere.registry.silent = False
    second, did = elsewhere.push()
    assert (second.digest, did.acted, bench.registry.uploads) == (first.digest, False, 1)


def test_a_version_of_another_revision_is_never_replaced(bench: Bench) -> None:
    bench.build()
    first, _ = bench.push()
    other = examples.plan(commit="f" * 40)
    other = replace(other, key=replace(other.key, commit="f" * 40))
    assert other.image == PLAN.image
    bench.sources.content = "of another revision"
    bench.build(other)
    with pytest.raises(Refused) as caught:
        bench.push(other)
    assert code_of(caught.value) == "version-taken"
    assert examples.KEY.commit[:12] in caught.value.faults[0].problem
    assert "ffffffffffff" in caught.value.faults[0].hint
    assert bench.registry.digest_of(PLAN.image) == first.digest


def test_a_version_of_this_revision_with_other_bases_is_the_one_that_came_first(bench: Bench) -> None:
    """A base image that was renewed between two builds of a revision is no reason to fail the second."""
    labels = {LABEL: "sha256:of-other-bases", REVISION: PLAN.revision.commit}
    first = bench.registry.store(PLAN.image, {"image": "first", "labels": labels})
    bench.build()
    receipt, did = bench.push()
    assert (receipt.digest, did.acted, bench.registry.uploads) == (first, False, 1)


def test_an_image_that_says_nothing_of_its_revision_is_not_replaced_either(bench: Bench) -> None:
    bench.registry.store(PLAN.image, {"image": "by hand"})
    bench.build()
    with pytest.raises(Refused, match="unknown"):
        bench.push()


def test_nothing_is_pushed_that_was_not_built(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.push()
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)
    assert caught.value.faults[0].hint == "run `pipelinekit build` first"


@pytest.mark.parametrize("key", [{"commit": "f" * 40}, {"descriptor": "sha256:1"}, {"platform": "other"}])
def test_nothing_is_pushed_that_was_built_from_something_else(bench: Bench, key: dict[str, str]) -> None:
    bench.build()
    with pytest.raises(Refused) as caught:
        bench.push(another_revision(**key))
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)
    assert bench.registry.uploads == 0


def test_an_image_that_the_engine_has_lost_must_be_built_again(bench: Bench) -> None:
    bench.build()
    bench.engine.images.clear()
    with pytest.raises(Refused) as caught:
        bench.push()
    assert code_of(caught.value) == "image-gone"
    assert "pipelinekit build" in caught.value.faults[0].hint


def test_a_registry_that_has_not_what_it_took_is_not_believed(bench: Bench) -> None:
    bench.build()
    bench.registry.forgetful = True
    with pytest.raises(Refused) as caught:
        bench.push()
    assert code_of(caught.value) == "push-lost"
    assert bench.receipts.load(ImagePushed) is None


# --- two who push at once -------------------------------------------------------------------------


def test_who_is_overtaken_with_the_same_inputs_uses_what_is_there(bench: Bench) -> None:
    bench.build()
    inputs = bench.receipts_inputs()
    bench.registry.allow_once = True

    def quicker(registry: Registry) -> None:
        registry.meddler = None
        registry.store(PLAN.image, {"image": "theirs", "labels": {LABEL: inputs}})

    bench.registry.meddler = quicker
    receipt, _ = bench.push()
    assert receipt.digest == bench.registry.digest_of(PLAN.image)
    assert bench.registry.manifests[PLAN.image.registry, PLAN.image.repository, receipt.digest]["image"] == (
        "theirs"
    )


@pytest.mark.parametrize("allow_once", [True, False])
def test_who_is_overtaken_with_other_inputs_is_refused_or_seen(bench: Bench, allow_once: bool) -> None:
    bench.build()
    bench.registry.allow_once = allow_once

    def quicker(registry: Registry) -> None:
        registry.meddler = None
        registry.store(PLAN.image, {"image": "theirs", "labels": {}})

    bench.registry.meddler = quicker
    if allow_once:
        with pytest.raises(Refused, match="from another revision"):
            bench.push()
        assert bench.receipts.load(ImagePushed) is None
    else:
        # A registry that replaces tags lets the last one win; the receipt says what is there.
        receipt, _ = bench.push()
        assert receipt.digest == bench.registry.digest_of(PLAN.image)


def test_a_tag_that_moved_after_the_push_is_seen(bench: Bench) -> None:
    bench.build()
    original = bench.registry.tag

    def moved(ref: ImageRef, tag: str) -> str:
        made = original(ref, tag)
        bench.registry.store(PLAN.image, {"image": "theirs", "labels": {}})
        return made

    bench.registry.tag = moved  # type: ignore[method-assign]
    with pytest.raises(Refused, match="from another revision"):
        bench.push()
    assert bench.receipts.load(ImagePushed) is None


def test_who_found_the_version_free_at_the_same_moment_and_came_later_is_seen(bench: Bench) -> None:
    built, _ = bench.build()
    theirs = {"image": "theirs", "labels": {LABEL: built.inputs}}
    bench.meanwhile = lambda: bench.registry.store(PLAN.image, theirs)
    receipt, did = bench.push()
    assert did.acted
    assert receipt.digest == bench.registry.digest_of(PLAN.image)


def test_a_version_that_came_while_the_image_was_pushed_is_left_alone(bench: Bench) -> None:
    built, _ = bench.build()
    pushed = bench.engine.push
    theirs: list[str] = []

    def slow(image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        made = pushed(image_id, ref, credentials, say)
        theirs.append(bench.registry.store(PLAN.image, {"image": "theirs", "labels": {LABEL: built.inputs}}))
        return made

    bench.engine.push = slow  # type: ignore[method-assign]
    receipt, _ = bench.push()
    assert [receipt.digest] == theirs


# --- secrets --------------------------------------------------------------------------------------


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
