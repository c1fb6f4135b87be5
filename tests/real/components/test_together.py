"""All that can run here of the platform, by one `platform deploy`: cold, again, a kill amid, removal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from tests.real.components import test_keycloak, test_prometheus
from tests.real.components.together import NAMES, Together, made_together
from tests.real.kube import eventually

pytestmark = pytest.mark.story

ALL = f"{len(NAMES)} components"
# Of the others none declares figures, or the program in its place has none.
SCRAPED = {
    *("alertmanager", "keycloak", "minio", "openbao", "postgresql"),
    *("prometheus", "service-broker"),
}


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


@pytest.mark.matrix("components")
def test_prometheus_reads_what_each_declares(platform: Together) -> None:
    def up() -> set[str]:
        jobs = [each["metric"]["job"].split("/") for each in test_prometheus.asked(platform.site, "up == 1")]
        return {each[1] for each in jobs if each[0] == "components"}

    assert eventually(lambda: up() >= SCRAPED, 60), test_prometheus.asked(platform.site, "up == 0")


@pytest.mark.matrix("components")
def test_the_database_is_killed_while_one_that_needs_it_changes(platform: Together) -> None:
    site = platform.site
    before = site.platform.pods("keycloak")
    changing = re.compile("keycloak [0-9.]+ to dev").search
    platform.on(keycloak=test_keycloak.values(site, gracePeriod=50))
    with site.platform.begun("deploy", "--timeout", "600") as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            if changing(line) and not changing(said):
                site.kubectl("postgresql", "delete", "pod", "postgresql-0", "--grace-period=0", "--force")
            said += line
        assert (process.wait(30), bool(changing(said))) == (0, True), said
    assert not set(before.values()) & set(site.platform.pods("keycloak").values())
    assert site.platform.states() == dict.fromkeys(NAMES, "unchanged")
    assert site.platform.must("status").out.splitlines()[-1].startswith(f"{ALL} are ready")


@pytest.mark.matrix("components")
def test_they_go_in_the_order_of_who_needs_whom(platform: Together) -> None:
    words = [word for name in NAMES for word in ("--only", name)]
    said = platform.site.platform.must("remove", *words, patience=900)
    gone = [line.partition(":")[0] for line in said.out.splitlines() if "is removed" in line]
    assert sorted(gone) == sorted(NAMES)
    for needed, by in (
        ("postgresql", ("keycloak", "service-broker")),
        ("elasticsearch", ("fluent-bit", "logs")),
    ):
        assert gone.index(needed) > max(gone.index(each) for each in by), gone
    kinds = ("get", "daemonsets,deployments,statefulsets", "--all-namespaces", "--output", "json")
    left = json.loads(platform.site.platform.kubectl(*kinds))["items"]
    spaces = {platform.site.namespace(each) for each in NAMES}
    assert [each for each in left if each["metadata"]["namespace"] in spaces] == []


@pytest.mark.matrix("components")
def test_everything_declared_between_them_is_open_and_nothing_else_is(platform: Together) -> None:
    proof = platform.site.platform.must("network", "--check", "--env", "dev", "--json").json()
    assert (proof["holds"], proof["components"]) == (True, len(NAMES))
