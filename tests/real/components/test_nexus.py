"""Nexus as a component, its program being the double: a beginning with it, drift, kill, restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.real.components.callers import called
from tests.real.components.nexus import ADMIN, NAME, SECTION, WORDS, Beginning, made_beginning
from tests.real.kube import eventually
from tests.real.platform import wait_until

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def beginning(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginning]:
    with made_beginning(tmp_path_factory.mktemp(NAME), testbed) as made:
        called(made.site, "ingress", {})
        made.site.space("ingress", {"pipelinekit.dev/role": "ingress"})
        called(made.site, "strangers", {"app.kubernetes.io/component": "web"})
        yield made


@pytest.mark.matrix("components")
def test_a_platform_begins_with_it_and_a_second_run_changes_nothing(beginning: Beginning) -> None:
    platform = beginning.site.platform
    planned = platform.must("bootstrap", "--plan").out
    assert f"nexus: images from {platform.registry}" in planned
    said = platform.must("bootstrap", "--yes", "--json", patience=600).json()
    states = {each["component"]: each["state"] for each in said["components"]}
    assert states == {"store": "deployed", NAME: "deployed", "jenkins": "deployed"}
    assert beginning.rest("system/eula")["accepted"] is True
    assert beginning.rest("security/anonymous")["enabled"] is False
    assert beginning.rest("security/realms/active") == ["NexusAuthenticatingRealm", "DockerToken"]
    assert {each["name"] for each in beginning.rest("repositories")} == {"images", "charts", "files"}
    (team,) = beginning.rest("security/users?userId=nexus-payments")
    assert team["roles"] == ["nexus-payments"]
    again = platform.must("bootstrap", "--yes", patience=300)
    assert "has taken over: nothing was done" in again.out
    assert platform.states("--only", NAME) == {NAME: "unchanged"}
    assert beginning.site.job(NAME, "nexus-apply", "again").endswith("is as the document says already\n")


@pytest.mark.matrix("components")
def test_pipelines_publish_and_nodes_read_by_the_ingress_and_nobody_else_does(beginning: Beginning) -> None:
    path = "/repository/files/a.txt"
    push, pull = (f"pipelinekit-{each}:{WORDS[each]}" for each in ("push", "pull"))
    assert beginning.ask(path, push, method="PUT", body="one")[0] == 201
    assert beginning.ask(path, pull) == (200, "one")
    assert beginning.ask(path, pull, method="PUT", body="two")[0] == 403
    assert beginning.ask(path)[0] == 401
    assert beginning.ask(path, push, space="strangers")[0] == 0


@pytest.mark.matrix("components")
def test_what_somebody_changed_is_told_and_put_back(beginning: Beginning) -> None:
    anonymous = {"enabled": True, "userId": "anonymous", "realmName": "NexusAuthorizingRealm"}
    beginning.rest("security/anonymous", method="PUT", body=anonymous)
    told = beginning.site.platform.verb("verify", "--only", NAME)
    assert told.code == 5, told.err
    logs = beginning.site.kubectl(NAME, "logs", "nexus-test")
    assert "change anonymous access: enabled is true, wanted false" in logs
    assert beginning.rest("security/anonymous")["enabled"] is True, "who looks changes nothing"
    beginning.site.job(NAME, "nexus-apply", "back")
    assert beginning.rest("security/anonymous")["enabled"] is False
    beginning.site.platform.must("verify", "--only", NAME)


@pytest.mark.matrix("components")
def test_one_that_is_killed_comes_back_with_what_was_published(beginning: Beginning) -> None:
    beginning.site.kubectl(NAME, "delete", "pod", "nexus-0", "--grace-period=0", "--force")
    pull = f"pipelinekit-pull:{WORDS['pull']}"
    assert eventually(lambda: beginning.ask("/repository/files/a.txt", pull) == (200, "one"), 120)


@pytest.mark.matrix("components")
def test_a_change_of_the_document_makes_a_backup_first_and_is_there_afterwards(beginning: Beginning) -> None:
    more = [*SECTION["repositories"], {"name": "more", "format": "raw", "kind": "hosted"}]
    beginning.on({"repositories": more})
    said = beginning.site.platform.must("deploy", "--only", NAME, patience=600)
    assert "backup" in said.err
    assert "more" in {each["name"] for each in beginning.rest("repositories")}


@pytest.mark.matrix("components")
def test_a_restore_waits_until_no_server_is_there_and_makes_all_what_it_was(beginning: Beginning) -> None:
    site, push = beginning.site, f"pipelinekit-push:{WORDS['push']}"
    assert "backup" in site.job(NAME, "nexus-backup", "by-hand")
    for name, text in (("a", "changed"), ("b", "new")):
        beginning.ask(f"/repository/files/{name}.txt", push, method="PUT", body=text)
    site.kubectl(NAME, "create", "job", "restored", "--from=cronjob/nexus-restore")
    phase = (
        "get",
        "pods",
        "--selector",
        "job-name=restored",
        "--output",
        "jsonpath={.items[*].status.phase}",
    )
    wait_until(lambda: site.kubectl(NAME, *phase) == "Pending")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=0")
    site.kubectl(NAME, "wait", "--for=condition=complete", "--timeout=120s", "job/restored")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=1")
    pull = f"pipelinekit-pull:{WORDS['pull']}"
    assert eventually(lambda: beginning.ask("/repository/files/a.txt", pull) == (200, "one"), 120)
    assert beginning.ask("/repository/files/b.txt", pull)[0] == 404
    assert site.job(NAME, "nexus-apply", "restored-apply").endswith("is as the document says already\n")


@pytest.mark.matrix("components")
def test_another_password_of_the_administrator_is_changed_from_the_former_one(beginning: Beginning) -> None:
    site = beginning.site
    site.secret(NAME, "nexus-admin", password="other", former=ADMIN)
    site.job(NAME, "nexus-apply", "password")
    assert beginning.ask("/service/rest/v1/security/realms/active", "admin:other")[0] == 200
    assert beginning.ask("/service/rest/v1/security/realms/active", f"admin:{ADMIN}")[0] == 401
