"""All that can run here of the platform, by one `platform deploy`: cold, and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.real.components.together import NAMES, Together, made_together

pytestmark = pytest.mark.story

ALL = f"{len(NAMES)} components"


@pytest.fixture(scope="module")
def platform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    with made_together(tmp_path_factory.mktemp("together"), testbed) as made:
        yield made


@pytest.mark.matrix("components")
def test_all_of_them_come_up_by_one_rollout(platform: Together) -> None:
    said = platform.site.platform.must("deploy", "--timeout", "900", patience=1500)
    assert said.out.splitlines()[-1] == f"{ALL}: {len(NAMES)} deployed"


@pytest.mark.matrix("components")
def test_again_nothing_is_done(platform: Together) -> None:
    assert platform.site.platform.states() == dict.fromkeys(NAMES, "unchanged")


@pytest.mark.matrix("components")
def test_all_of_it_is_ready_and_verified(platform: Together) -> None:
    site = platform.site
    assert site.platform.must("status").out.splitlines()[-1].startswith(f"{ALL} are ready")
    said = site.platform.must("verify", patience=900)
    assert said.out.splitlines()[-1] == f"{ALL}: {len(NAMES)} verified"
