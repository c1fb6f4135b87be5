"""PostgreSQL with a certificate of the platform's authority: issued before it, served by it, renewed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.real.components.site import Site, made_site
from tests.real.components.test_postgresql import NAME, PASSWORD, values

pytestmark = pytest.mark.matrix("components", sample=True)


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("postgresql-tls"), testbed) as made:
        made.take(NAME)
        made.space(NAME)
        made.secret(NAME, NAME, password=PASSWORD)
        made.volume()
        made.volume()
        write(made, host(made))
        yield made


def host(site: Site) -> str:
    return f"{NAME}.{site.namespace(NAME)}.svc"


def write(site: Site, *names: str) -> None:
    """platform.yaml with the component, and one certificate for these names."""
    site.on(postgresql=values(site, databases=[], tls={"secret": "postgresql-tls"}))
    path = site.platform.folder / "platform.yaml"
    one = {
        "name": "postgresql-tls",
        "namespace": site.namespace(NAME),
        "names": list(names),
        "served": {"service": NAME, "port": 5432, "protocol": "postgresql"},
    }
    said = {"authority": {"namespace": site.namespace("authority")}, "secrets": [one]}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"certificates": said}))


def status(site: Site) -> Any:
    return site.platform.verb("certificates", "status", "--json").json()["certificates"][0]


def asked(site: Site, mode: str, name: str) -> str:
    """What a client is told who asks under that name for TLS of that kind, and trusts the authority alone."""
    script = (
        "cp /secrets/tls/ca.crt /tmp/ca.crt; "
        'PGPASSWORD="$1" psql "host=$2 hostaddr=127.0.0.1 user=postgres sslmode=$3 sslrootcert=/tmp/ca.crt" '
        '-At -c "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()" 2>&1 || true'
    )
    words = ("exec", f"{NAME}-0", "-c", NAME, "--", "sh", "-c", script, "sh", PASSWORD, name, mode)
    return site.kubectl(NAME, *words).strip()


def test_it_is_issued_before_the_server_served_by_it_and_nobody_gets_in_without(site: Site) -> None:
    site.platform.must("certificates", "issue")
    site.deploy()
    assert status(site)["state"] == "fine"
    assert [each["pod"] for each in status(site)["shown"]] == [f"{NAME}-0"]
    assert asked(site, "verify-full", host(site)) == "t"
    assert "does not match host name" in asked(site, "verify-full", "another.example.com")
    assert "no encryption" in asked(site, "disable", host(site))


def test_it_is_renewed_and_that_is_no_drift_for_the_component(site: Site) -> None:
    before = status(site)["serial"]
    write(site, host(site), "second.example.com")
    said = site.platform.must("certificates", "renew")
    assert f"StatefulSet/{NAME} gets new pods" in said.err
    after = status(site)
    assert (after["state"], after["serial"] != before) == ("fine", True)
    assert asked(site, "verify-full", "second.example.com") == "t"
    assert site.platform.states() == {NAME: "unchanged"}
    assert status(site) == after
