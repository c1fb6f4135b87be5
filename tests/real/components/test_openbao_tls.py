"""OpenBao with a certificate of the platform's authority: from its first start, renewed, or put in later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real.components.site import Site, made_site
from tests.real.components.test_openbao import (
    NAME,
    PLAIN,
    application,
    bao,
    leader,
    prepare,
    replaced,
    servers,
    values,
    voters,
)
from tests.real.kube import eventually

pytestmark = pytest.mark.matrix("components")

SECRET = "openbao-tls"
PODS = [f"{NAME}-{place}" for place in range(3)]


def host(site: Site) -> str:
    return f"{NAME}.{site.namespace(NAME)}.svc"


def safely(site: Site) -> str:
    """How a script in a server's pod asks that one, and nobody else in its place."""
    return (
        "export BAO_ADDR=https://127.0.0.1:8200 BAO_CACERT=/secrets/tls/ca.crt "
        f"BAO_TLS_SERVER_NAME={host(site)}"
    )


def write(site: Site, *names: str, **tls: str) -> None:
    """platform.yaml with the component, and one certificate for these names."""
    site.on(openbao=values(site, tls=tls))
    path = site.platform.folder / "platform.yaml"
    one = {
        "name": SECRET,
        "namespace": site.namespace(NAME),
        "names": list(names),
        "served": {"service": NAME, "port": 8200},
    }
    authority = {"namespace": site.namespace("authority"), "trusted": [site.namespace("payments")]}
    said = {"authority": authority, "secrets": [one]}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"certificates": said}))


def status(site: Site) -> Any:
    return site.platform.verb("certificates", "status", "--json").json()["certificates"][0]


def shown(site: Site) -> dict[str, str]:
    """The serial that each pod shows."""
    return {each["pod"]: each["serial"] for each in status(site)["shown"]}


def test_servers_that_run_go_over_to_tls_one_by_one(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with made_site(tmp_path, testbed) as site:
        prepare(site)
        site.on(openbao=values(site))
        site.deploy()
        bao(site, "bao kv put secret/orders/kept a=1")
        before = leader(site)
        write(site, host(site), secret=SECRET, mode="prefer")
        site.platform.must("certificates", "issue")
        said = site.deploy()
        # The Job of this rollout had only servers without it to ask, and the backup before it too.
        assert "backup openbao-backup-" in said.err
        assert (len(replaced(said)), replaced(said)[-1]) == (3, before)
        assert bao(site, "bao kv get -field=a secret/orders/kept", ask=safely(site)) == "1"
        assert shown(site) == dict.fromkeys(PODS, status(site)["serial"])
        pods = servers(site)
        write(site, host(site), secret=SECRET)
        assert replaced(site.deploy()) == []
        assert servers(site) == pods
        assert "bytes" in site.job(NAME, "openbao-backup", "one")


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("openbao-tls"), testbed) as made:
        prepare(made)
        made.space("payments")
        write(made, host(made), secret=SECRET)
        made.platform.must("certificates", "issue")
        made.deploy()
        yield made


def test_three_servers_find_each_other_over_it_and_nobody_is_answered_without(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    assert eventually(lambda: leader(site) != "", 30)
    assert eventually(lambda: voters(site, safely(site)) == set(PODS), 30)
    site.platform.must("verify")
    assert status(site)["state"] == "fine"
    assert shown(site) == dict.fromkeys(PODS, status(site)["serial"])
    said = site.tried(NAME, "exec", f"{NAME}-0", "--", "sh", "-c", f"{PLAIN}; bao status 2>&1")
    assert "Client sent an HTTP request to an HTTPS server" in said


def test_an_application_reads_over_it_who_knows_the_authority(site: Site) -> None:
    bao(site, "bao kv put secret/orders/db password=s3cret", ask=safely(site))
    read = application(site, f"https://{host(site)}:8200", "pipelinekit-authority")
    assert eventually(lambda: read("secret/orders/db") == "s3cret", 30)
    script = "BAO_CACERT= BAO_CLIENT_TIMEOUT=10s bao status 2>&1"
    said = site.tried("payments", "exec", "orders", "--", "sh", "-c", script)
    assert "certificate signed by unknown authority" in said


def test_a_snapshot_is_restored_over_it(site: Site) -> None:
    bao(site, "bao kv put secret/orders/kept a=1", ask=safely(site))
    assert "bytes" in site.job(NAME, "openbao-backup", "one")
    bao(site, "bao kv metadata delete secret/orders/kept", ask=safely(site))
    assert "as it was at " in site.job(NAME, "openbao-restore", "back")
    assert eventually(lambda: leader(site) != "", 60)
    assert bao(site, "bao kv get -field=a secret/orders/kept", ask=safely(site)) == "1"


def test_a_renewed_one_is_served_by_each_server_and_none_is_replaced(site: Site) -> None:
    """What the daily job types is green on the day of the renewal, and nobody has to deploy anything."""
    before, first, pods = status(site)["serial"], leader(site), servers(site)
    write(site, host(site), "second.example.com", secret=SECRET)
    said = site.platform.must("certificates", "renew")
    assert f"StatefulSet/{NAME} reads it anew by itself" in said.err
    after = status(site)
    assert (after["state"], after["serial"] != before) == ("fine", True)
    assert shown(site) == dict.fromkeys(PODS, after["serial"])
    assert (leader(site), servers(site)) == (first, pods)
    assert bao(site, "bao kv get -field=a secret/orders/kept", ask=safely(site)) == "1"
    site.platform.must("certificates", "status")
    site.platform.must("certificates", "renew")
    assert site.platform.states() == {NAME: "unchanged"}


def test_one_that_lost_its_volume_joins_over_it(site: Site) -> None:
    lost = (int(leader(site)[-1]) + 1) % 3
    site.empty(NAME, f"data-{NAME}-{lost}")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-{lost}", "--wait")

    def read() -> str:
        try:
            return bao(site, "bao kv get -field=a secret/orders/kept", lost, safely(site))
        except AssertionError:
            return ""

    assert eventually(lambda: read() == "1", 90)
