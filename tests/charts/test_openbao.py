"""What of OpenBao's chart only its leader may be asked; tests/real/components runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import (
    Helm,
    Object,
    check_refused,
    containers_of,
    name_of,
    pod_of,
    template_of,
    workloads,
)
from tests.pages.charts import CHARTS
from tests.real.kube import eventually

CHART = CHARTS / "openbao" / "chart"


def test_snapshots_are_asked_of_the_leader(helm: Helm, whole: Callable[[Path], Path]) -> None:
    """One that follows saves none, and takes one for itself alone: a restoration that restores nothing."""
    objects = helm.objects(whole(CHART), {}, files=[CHART / "ci" / "production-values.yaml"])
    services = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "Service"}
    everybody = min(services)
    declared = yaml.safe_load((CHART.parent / "component.yaml").read_text())
    leader = dict([declared["replace"]["leader"][0].split("=")])
    assert services[f"{everybody}-active"]["selector"] == services[everybody]["selector"] | leader


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_each_script_goes_there_before_it_logs_in(script: str) -> None:
    lines = (CHART / "files" / script).read_text().splitlines()
    assert lines.index("at_leader") < next(n for n, line in enumerate(lines) if "login" in line)
    assert 'at "$SERVERS-active"' in (CHART / "files" / "connect.sh").read_text()


TLS: list[dict[str, Any]] = [{}, {"tls": {"secret": "openbao-tls"}}]


@pytest.mark.parametrize("values", TLS, ids=["without", "with"])
def test_everything_speaks_as_the_listener_does(
    helm: Helm, whole: Callable[[Path], Path], values: dict[str, Any]
) -> None:
    scheme = "https" if values else "http"
    objects = helm.objects(
        whole(CHART), values, files=[CHART / "ci" / "single-node-values.yaml"], release="openbao"
    )
    (hcl,) = [each["data"]["openbao.hcl"] for each in objects if "openbao.hcl" in each.get("data", {})]
    assert ("tls_disable = true" in hcl) is (not values)
    assert ('tls_cert_file = "/secrets/tls/tls.crt"' in hcl) is bool(values)
    assert re.findall('leader_api_addr = "(.*)://', hcl) == [scheme]
    assert ('leader_tls_servername = "openbao.somewhere.svc"' in hcl) is bool(values)
    ports = [port for each in objects if each["kind"] == "Service" for port in each["spec"]["ports"]]
    assert {port["appProtocol"] for port in ports if port["port"] == 8200} == {scheme}
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    assert template_of(server)["metadata"]["annotations"]["prometheus.io/scheme"] == scheme
    (container,) = containers_of(server)
    reloads = template_of(server)["metadata"]["annotations"].get("pipelinekit.dev/reloads", "")
    assert (reloads, container["command"][-1].endswith("server.sh")) == (
        ("openbao-tls", True) if values else ("", False)
    )
    probes = [container[each]["httpGet"]["scheme"] for each in ("readinessProbe", "livenessProbe")]
    assert probes == [scheme.upper()] * 2
    for each in (server, *workloads(objects)):
        (container,) = containers_of(each)
        said = {one["name"]: one.get("value", "") for one in container["env"]}
        own = {key: value for key, value in said.items() if key in ("BAO_ADDR", "BAO_API_ADDR")}
        assert [value.partition("://")[0] for value in own.values()] == [scheme]
        mounted = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
        assert mounted.get("tls") == ("/secrets/tls" if values else None)
        if each is not server:
            known = {key: said[key] for key in ("BAO_CACERT", "BAO_TLS_SERVER_NAME") if key in said}
            wanted = {"BAO_CACERT": "/secrets/tls/ca.crt", "BAO_TLS_SERVER_NAME": "openbao.somewhere.svc"}
            assert known == (wanted if values else {})


def test_none_but_the_servers_gets_their_key(helm: Helm, whole: Callable[[Path], Path]) -> None:
    objects = helm.objects(
        whole(CHART), TLS[1], files=[CHART / "ci" / "single-node-values.yaml"], release="openbao"
    )
    jobs = workloads(objects)
    given = [volume["secret"] for each in jobs for volume in pod_of(each)["volumes"] if "secret" in volume]
    assert [each["items"] for each in given] == [[{"key": "ca.crt", "path": "ca.crt"}]] * len(jobs)


SERVER = """#!/bin/sh
trap 'echo read anew >> {calls}' HUP
echo "$*" >> {calls}
while :; do /bin/sleep 0.05; done
"""


def test_a_server_is_told_of_a_renewed_certificate_once(tmp_path: Path) -> None:
    calls, tls = tmp_path / "calls", tmp_path / "tls"
    for name, text in (("bao", SERVER.format(calls=calls)), ("sleep", "#!/bin/sh\n/bin/sleep 0.1\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    tls.mkdir()
    (tls / "tls.crt").write_text("one")
    script = (CHART / "files" / "server.sh").read_text().replace("/secrets/tls", str(tls))
    # Under `nohup` it would be ignored, and a shell traps nothing that it was begun to ignore.
    heard = ["/usr/bin/env", "--default-signal=HUP"]
    server = subprocess.Popen(
        [*heard, "sh", "-c", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, start_new_session=True
    )

    def said() -> list[str]:
        return calls.read_text().splitlines() if calls.exists() else []

    begun = ["server -config=/scripts/openbao.hcl"]
    try:
        assert eventually(lambda: said() == begun, 30)
        # As the kubelet does it: another file in its place, and for a moment none.
        (tls / "tls.crt").unlink()
        time.sleep(0.3)
        (tmp_path / "renewed").write_text("two")
        (tmp_path / "renewed").rename(tls / "tls.crt")
        assert eventually(lambda: said() == [*begun, "read anew"], 30)
        time.sleep(0.5)
        assert said() == [*begun, "read anew"]
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


BAO = """#!/bin/sh
echo "$BAO_ADDR" >> {calls}
case $BAO_ADDR in
    https://*) echo 'Get "x": http: server gave HTTP response to HTTPS client'; exit 1 ;;
esac
"""


@pytest.mark.parametrize(
    ("scheme", "mode", "asked"),
    [
        ("http", "require", "http://openbao-active:8200"),
        ("https", "require", "https://openbao-active:8200"),
        ("https", "prefer", "http://openbao-active:8200"),
    ],
)
def test_a_server_that_has_no_tls_is_asked_without_it_by_a_word_alone(
    tmp_path: Path, scheme: str, mode: str, asked: str
) -> None:
    program, calls = tmp_path / "bao", tmp_path / "calls"
    program.write_text(BAO.format(calls=calls))
    program.chmod(0o755)
    words = ["sh", "-c", f'. {CHART / "files" / "connect.sh"}; at_leader; echo "$BAO_ADDR"']
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SERVERS": "openbao", "SCHEME": scheme, "TLS": mode}
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=10, check=True)
    assert done.stdout.strip() == asked
    assert calls.exists() is (mode == "prefer")


TRANSIT: dict[str, Any] = {
    "type": "transit",
    "secret": "seal",
    "key": "token",
    "transit": {"address": "https://seal.example.com:8200", "authority": "seal-authority"},
}
VAULT: dict[str, Any] = {"program": "vault", "seal": TRANSIT}


def rendered(helm: Helm, whole: Callable[[Path], Path], values: dict[str, Any]) -> list[Object]:
    file = CHART / "ci" / "production-values.yaml"
    return helm.objects(whole(CHART), values, files=[file], release="openbao")


def test_vault_is_called_by_its_own_names_alone(helm: Helm, whole: Callable[[Path], Path]) -> None:
    mine, its = (rendered(helm, whole, each) for each in ({"seal": TRANSIT}, VAULT))
    assert [each["kind"] for each in mine] == [each["kind"] for each in its]
    text = json.dumps(its)
    assert not re.search(r"\bbao\b|BAO_|openbao-active\": ", text)
    assert {"VAULT_ADDR", "VAULT_CACERT", "VAULT_TOKEN", "VAULT_K8S_POD_NAME", "VAULT_RAFT_NODE_ID"} <= set(
        re.findall(r"VAULT_[A-Z0-9_]+", text)
    )
    (active,) = [each for each in its if name_of(each) == "Service/openbao-active"]
    declared = yaml.safe_load((CHART.parent / "component.yaml").read_text())
    (everybody,) = [each for each in its if name_of(each) == "Service/openbao"]
    (leader,) = active["spec"]["selector"].items() - everybody["spec"]["selector"].items()
    assert "=".join(leader) in declared["replace"]["leader"]
    (hcl,) = [each["data"]["openbao.hcl"] for each in its if "openbao.hcl" in each.get("data", {})]
    assert "disable_mlock = true" in hcl
    # What OpenBao alone knows.
    assert not re.search(r"audit|disable_standby_reads|static", hcl)


@pytest.mark.parametrize("program", ["bao", "vault"])
def test_the_token_of_the_seal_is_the_servers_alone(
    helm: Helm, whole: Callable[[Path], Path], program: str
) -> None:
    objects = rendered(helm, whole, {"program": program, "seal": TRANSIT})
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    (container,) = containers_of(server)
    given = {each["name"]: each.get("valueFrom", {}).get("secretKeyRef") for each in container["env"]}
    assert given[f"{'BAO' if program == 'bao' else 'VAULT'}_TOKEN"] == {"name": "seal", "key": "token"}
    volumes = {each["name"]: each.get("secret", {}).get("secretName") for each in pod_of(server)["volumes"]}
    assert ("seal" in volumes, volumes["authority"]) == (False, "seal-authority")
    assert '"name": "seal"' not in json.dumps(workloads(objects))


@pytest.mark.parametrize(
    "wrong",
    [
        {"program": "vault"},
        {"program": "vault", "seal": {"type": "static"}},
        {"program": "consul"},
        {"seal": {"type": "transit"}},
        {"seal": {"type": "shamir"}},
        {"seal": {"type": "transit", "transit": {"address": 'https://x" }\nseal "static" {'}}},
        {"seal": {"type": "transit", "transit": {"address": "https://x", "mount": "a/../sys"}}},
    ],
    ids=str,
)
def test_a_seal_that_the_program_has_not_is_refused(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)
