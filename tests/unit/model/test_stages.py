from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.cli.verbs import STEPS, VERBS
from pipelinekit.model.app import Build, Language
from pipelinekit.model.platform.packages import ECOSYSTEMS, Ecosystem
from pipelinekit.model.platform.site import Site
from pipelinekit.model.stages import STAGES, Stage, arguments_of, arguments_on_main, credentials_of
from tests import examples

BARE = Site(library="0.1.0")


def test_every_stage_is_a_verb_with_a_step_in_the_library() -> None:
    verbs = [each.verb for each in STAGES]
    assert set(verbs) <= VERBS.keys() & STEPS.keys()
    assert len(set(verbs)) == len(verbs) == len({each.name for each in STAGES})


def test_whatever_holds_a_credential_runs_on_main_alone() -> None:
    assert [each.verb for each in STAGES if each.needs and not each.main] == []


def test_a_site_without_credentials_gives_none() -> None:
    arguments = {each.verb: arguments_of(each, BARE) for each in STAGES}
    assert arguments["push"] == {}
    assert arguments["deploy"] == {"automatic": True}
    assert all(credentials_of(each, examples.app(), BARE, on_main=True) == () for each in STAGES)


def test_a_stage_gets_the_credentials_that_it_uses_and_no_others() -> None:
    held = {each.verb: credentials_of(each, examples.app(), examples.site(), on_main=True) for each in STAGES}
    assert held == {
        "generate": (),
        "test": (),
        "build": (),
        "push": ("nexus",),
        "package": ("nexus",),
        "publish": ("nexus-charts",),
        "deploy": ("nexus-charts", "kube-nonprod"),
        "verify": ("kube-nonprod",),
    }


def test_the_key_is_held_by_what_signs() -> None:
    site = examples.site(signing_credentials="key", signing_password="word")
    both = {"signingCredentialsId": "key", "signingPasswordCredentialsId": "word"}
    for given, verbs in ((site, {"push"}), (replace(site, signs_charts=True), {"push", "publish"})):
        assert {each.verb for each in STAGES if both.items() <= arguments_of(each, given).items()} == verbs
        held = {each.verb: credentials_of(each, examples.app(), given, on_main=True) for each in STAGES}
        assert {verb for verb, ids in held.items() if {"key", "word"} <= set(ids)} == verbs
    bare = arguments_of(
        next(each for each in STAGES if each.verb == "push"), replace(site, signing_password="")
    )
    assert "signingPasswordCredentialsId" not in bare


def test_no_stage_names_an_environment() -> None:
    assert all("environment" not in arguments_of(each, examples.site()) for each in STAGES)


def test_in_a_monorepo_every_stage_has_its_folder() -> None:
    site = examples.site(path="apps/orders")
    assert {arguments_of(each, site)["path"] for each in STAGES} == {"apps/orders"}


GUARDED = examples.site(package_credentials={each: f"reader-{each}" for each in ECOSYSTEMS})
BUILDS = [each for each in STAGES if each.builds]


def test_what_builds_is_test_and_build() -> None:
    assert [each.verb for each in BUILDS] == ["test", "build"]
    app = examples.app(build=Build(language="python", secrets=("npm-token",)))
    assert all(arguments_on_main(each, app, GUARDED) == {} for each in STAGES if not each.builds)


@pytest.mark.parametrize(
    ("language", "held"),
    [
        ("python", ("pypi",)),
        ("node", ("npm",)),
        ("go", ("go",)),
        ("java-maven", ("maven",)),
        ("java-gradle", ("maven",)),
        ("rust", ()),
        ("static", ()),
        ("dockerfile", ECOSYSTEMS),
    ],
)
def test_a_build_of_main_holds_what_its_language_downloads_with(
    language: Language, held: tuple[Ecosystem, ...]
) -> None:
    app = examples.app(build=Build(language=language))
    for each in BUILDS:
        expected = {f"{name}CredentialsId": f"reader-{name}" for name in held}
        assert arguments_on_main(each, app, GUARDED) == expected
        assert credentials_of(each, app, GUARDED, on_main=True) == tuple(expected.values())
        assert credentials_of(each, app, GUARDED, on_main=False) == ()


def test_a_build_of_main_holds_the_application_s_own_secrets() -> None:
    app = examples.app(build=Build(language="python", secrets=("npm-token", "licence.key")))
    for each in BUILDS:
        assert arguments_on_main(each, app, BARE) == {"secretCredentialsIds": ["npm-token", "licence.key"]}
        assert credentials_of(each, app, BARE, on_main=True) == ("npm-token", "licence.key")
        assert credentials_of(each, app, BARE, on_main=False) == ()


MIRRORED = examples.site(mirror_credentials="mirror-reader")


@pytest.mark.parametrize("stage", BUILDS, ids=lambda each: each.verb)
def test_the_mirrors_login_is_for_builds_of_main_alone_unless_it_is_for_all(stage: Stage) -> None:
    bound = {"mirrorCredentialsId": "mirror-reader"}
    assert arguments_of(stage, MIRRORED) == {}
    assert arguments_on_main(stage, examples.app(), MIRRORED) == bound
    everybody = replace(MIRRORED, mirror_for_all=True)
    assert arguments_of(stage, everybody) == bound
    assert arguments_on_main(stage, examples.app(), everybody) == {}
    for site, on_main, held in (
        (MIRRORED, True, ("mirror-reader",)),
        (MIRRORED, False, ()),
        (everybody, True, ("mirror-reader",)),
        (everybody, False, ("mirror-reader",)),
    ):
        assert credentials_of(stage, examples.app(), site, on_main=on_main) == held


def test_no_other_stage_pulls_through_the_mirror() -> None:
    everybody = replace(MIRRORED, mirror_for_all=True)
    others = [each for each in STAGES if not each.builds]
    assert all("mirrorCredentialsId" not in arguments_of(each, everybody) for each in others)
    assert all(arguments_on_main(each, examples.app(), MIRRORED) == {} for each in others)
