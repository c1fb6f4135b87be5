"""The bootstrap authority: made, trusted by clients, renewed, and never in the way of a foreign Secret."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography import x509

from pipelinekit.cli.verbs import CONTRACT
from tests.real.app import BIN
from tests.real.certificates.site import CertificateSite, made_site
from tests.real.kube import eventually


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertificateSite]:
    with made_site(tmp_path_factory.mktemp("certificates"), testbed) as made:
        made.write(web(made))
        yield made


def web(site: CertificateSite, **more: Any) -> dict[str, Any]:
    """What the server needs."""
    return {
        "name": "web-tls",
        "namespace": "web",
        "names": [f"web.{site.namespace('web')}.svc", "web"],
        "served": {"service": "web", "port": 8443},
        **more,
    }


def serial(site: CertificateSite) -> str:
    """The serial in the Secret."""
    return site.verb("status", "--json").json()["certificates"][0]["serial"]  # type: ignore[no-any-return]


def test_it_is_planned_made_and_trusted_by_clients(site: CertificateSite) -> None:
    said = site.must("plan", "--env", "dev")
    assert "would be made: " in said.out
    assert site.platform.prefix not in site.platform.kubectl("get", "namespaces", "--output", "name")
    assert site.states() == {"authority": "missing", "web-tls": "missing"}
    assert site.verb("status").code == 1
    assert "2 made" in site.must("issue", "--env", "dev").out
    assert "nothing was done" in site.must("issue").out
    assert site.states() == {"authority": "fine", "web-tls": "unserved"}, "nobody serves it yet"
    assert "nothing was done" in site.must("renew", "--env", "dev").out
    site.serve("web-tls")
    assert site.ask(site.root) == f"{serial(site)} 200"
    site.platform.must("certificates", "--env", "dev")
    site.must("status", "--within", "1d", "--json")
    assert site.must("status", "--env", "dev").out.endswith("1 certificate and the authority: all fine\n")
    assert site.ask(site.root, "web") == f"{serial(site)} 200"
    assert "Hostname mismatch" in site.ask(site.root, f"web.{site.namespace('web')}")
    assert "refused" in site.ask(other_root())
    found = site.secret("authority", "pipelinekit-authority")
    assert found["type"] == "kubernetes.io/tls"
    level = site.kubectl("authority", "get", "namespace", site.namespace("authority"), "--output", "json")
    assert json.loads(level)["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def other_root() -> str:
    from pipelinekit.adapters.certificates.x509 import Authorities

    return Authorities().authority("another", int(time.time()), 3600).certificate


def test_what_is_due_is_renewed_served_and_then_left_alone(site: CertificateSite) -> None:
    before, pods = serial(site), site.platform.pods("web")
    assert site.states("--within", "91d")["web-tls"] == "due"
    assert site.verb("status", "--within", "91d").code == 1
    site.write(web(site, duration="10m", renewBefore="1m"))
    assert "nothing was done" in site.must("renew").out, "what is there lasts longer, and is not due"
    site.write(web(site, renewBefore="90d", duration="91d"))
    said = site.must("renew")
    assert "web-tls: renewed, for it ends in 89 d" in said.err
    assert "Deployment/web gets new pods" in said.err
    after = serial(site)
    assert after != before
    assert site.ask(site.root) == f"{after} 200"
    assert site.platform.pods("web").keys() & pods.keys() == {"client"}
    pods = site.platform.pods("web")
    assert "nothing was done" in site.must("renew").out
    assert (serial(site), site.platform.pods("web")) == (after, pods)


def test_one_that_has_ended_is_told_and_renewed(site: CertificateSite) -> None:
    site.write(web(site, names=[f"web.{site.namespace('web')}.svc"], duration="30s", renewBefore="1s"))
    assert site.states()["web-tls"] == "other"
    # On a busy machine it may have ended before its server shows it.
    site.verb("renew")
    assert eventually(lambda: site.states()["web-tls"] == "expired", 60)
    assert site.ask(site.root) == "refused certificate has expired"
    site.write(web(site))
    assert site.states()["web-tls"] == "expired"
    site.must("renew")
    assert site.ask(site.root) == f"{serial(site)} 200"


def test_what_a_server_shows_is_what_counts(site: CertificateSite) -> None:
    """The Secret is renewed, and nobody has told the server: as after a kill between the two."""
    before = site.ask(site.root).split()[0]
    site.write(web(site, restart=False, names=[f"web.{site.namespace('web')}.svc", "new"]))
    said = site.verb("renew", "--timeout", "3")
    assert said.code == 5
    assert "after 3 s it is not served" in said.err
    assert site.states()["web-tls"] == "unserved"
    status = site.verb("status")
    assert status.code == 1
    assert f"shows {before}" in status.out
    site.write(web(site, names=[f"web.{site.namespace('web')}.svc", "new"]))
    after = serial(site)
    said = site.must("renew")
    assert "nothing was done" in said.out, "the certificate was good, only its server was behind"
    assert "Deployment/web gets new pods" in said.err
    assert serial(site) == after == site.ask(site.root).split()[0]


def test_without_a_port_to_ask_the_pods_age_tells_who_is_behind(site: CertificateSite) -> None:
    said = {key: each for key, each in web(site, names=["one.example.com"]).items() if key != "served"}
    site.write(said)
    pods = site.platform.pods("web")
    assert "Deployment/web gets new pods" in site.must("renew").err
    site.kubectl("web", "rollout", "status", "deployment/web", "--timeout=90s")
    assert site.platform.pods("web") != pods
    pods = site.platform.pods("web")
    assert "gets new pods" not in site.must("renew").err
    assert site.platform.pods("web") == pods
    site.write(web(site))
    site.must("renew")


def test_a_secret_of_somebody_else_is_refused_and_not_touched(site: CertificateSite) -> None:
    site.kubectl("web", "create", "secret", "generic", "theirs", "--from-literal=tls.crt=mine")
    before = site.secret("web", "theirs")
    fine = {"name": "second", "namespace": "web", "names": ["second.example.com"]}
    site.write(web(site), {**fine, "name": "theirs"}, fine)
    assert site.states() == {"authority": "fine", "web-tls": "fine", "theirs": "foreign", "second": "missing"}
    assert site.verb("plan").code == 6
    said = site.verb("renew")
    assert said.code == 6
    assert "theirs" in said.err
    assert site.secret("web", "theirs") == before
    assert site.states()["second"] == "fine", "one that is refused stops no other"
    site.write(web(site))


def test_two_at_once_end_with_one_certificate_that_is_served(site: CertificateSite) -> None:
    site.write(web(site, names=[f"web.{site.namespace('web')}.svc", "together"]))
    before = serial(site)
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda _: site.verb("renew"), range(2)))
    assert [each.code for each in said] == [0, 0], [each.err for each in said]
    assert sum("1 made" in each.out for each in said) == 1
    assert serial(site) != before
    assert site.ask(site.root) == f"{serial(site)} 200"


def test_the_authority_is_renewed_with_its_key_so_that_old_clients_trust_what_is_new(
    site: CertificateSite,
) -> None:
    old = site.root
    site.write(web(site), authority={"duration": "3651d", "renewBefore": "3650d"})
    assert site.states()["authority"] == "due"
    said = site.must("renew")
    assert "renewed, with the same key" in said.err
    new = site.root
    assert new != old
    keys = [x509.load_pem_x509_certificate(each.encode()).public_key() for each in (old, new)]
    assert keys[0] == keys[1]
    assert site.ask(old) == site.ask(new) == f"{serial(site)} 200"
    site.write(web(site))
    assert "nothing was done" in site.must("renew").out


def test_a_lost_authority_is_not_replaced_in_silence(site: CertificateSite) -> None:
    kept = site.kubectl("authority", "get", "secret", "pipelinekit-authority", "--output", "json")
    site.kubectl("authority", "delete", "secret", "pipelinekit-authority")
    said = site.verb("renew")
    assert said.code == 6
    assert "can sign nothing: there is no such Secret, and" in said.err
    planned = site.verb("plan")
    assert (planned.code, planned.err) == (6, said.err), "what is planned is what is done"
    assert "would be made" not in planned.out
    assert site.states()["authority"] == "lost"
    secret = json.loads(kept)
    secret["metadata"] = {key: secret["metadata"][key] for key in ("name", "namespace", "labels")}
    site.apply("authority", secret)
    assert "nothing was done" in site.must("renew").out


def test_the_job_s_words_are_understood(site: CertificateSite) -> None:
    said = {"action": "certificates", "platform": str(site.platform.folder), "environment": "dev"}
    for deed, expected in (
        ("plan", "nothing is to be done"),
        ("status", "all fine"),
        ("renew", "nothing was"),
    ):
        done = subprocess.run(
            [str(BIN / "pipelinekit"), "platform", "--args-env", "PK_ARGS"],
            env={
                **os.environ,
                **site.platform.env,
                "PK_CONTRACT": str(CONTRACT),
                "PK_ARGS": json.dumps({**said, "deed": deed}),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, expected in done.stdout) == (0, True), done.stderr


def test_the_names_that_are_typed_are_held_against_the_document(site: CertificateSite) -> None:
    said = site.verb("renew", "--only", "web-tsl")
    assert said.code == 2
    assert "did you mean 'web-tls'?" in said.err
    assert site.verb("renew", "--within", "3d").code == 2
    assert "nothing was done" in site.must("renew", "--only", f"{site.namespace('web')}/web-tls").out
