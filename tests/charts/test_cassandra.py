"""What Cassandra's chart decides: of values, and when a server starts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, check_refused
from tests.pages.charts import CHARTS

CHART = CHARTS / "cassandra" / "chart"
FILES = CHART / "files"
SINGLE = CHART / "ci" / "single-node-values.yaml"


# --- values ----------------------------------------------------------------------------------------

WRONG: list[dict[str, Any]] = [
    {"replicas": 2},
    {"cluster": "a\nb"},
    {"datacenter": "a: b"},
    {"settings": {"authenticator": "AllowAllAuthenticator"}},
    {"settings": {"seed_provider": "x"}},
    {"settings": {"x": "a\nb"}},
    {"settings": {"x: y": 1}},
    {"superuser": {"role": "cassandra"}},
    {"keyspaces": [{"name": "system_auth", "secret": "s"}]},
    {"keyspaces": [{"name": 'x"; DROP ROLE y', "secret": "s"}]},
    {"keyspaces": [{"name": "x", "role": "cassandra", "secret": "s"}]},
    {"keyspaces": [{"name": "a|b", "secret": "s"}]},
    {"restore": {"from": "../../etc"}},
]


@pytest.fixture
def chart(whole: Callable[[Path], Path]) -> Path:
    return whole(CHART)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_no_value_is_taken_that_files_or_cql_take_for_more(
    helm: Helm, chart: Path, wrong: dict[str, Any]
) -> None:
    check_refused(helm, chart, wrong)


def test_the_superuser_is_nobody_s_keyspaces_role(helm: Helm, chart: Path) -> None:
    wrong = {"keyspaces": [{"name": "orders", "role": "admin", "secret": "s"}]}
    said = helm.run("template", "x", str(chart), "--values", str(SINGLE), values=wrong)
    assert said.code != 0
    assert "orders has the superuser for its role: give it another `role`" in said.err


@pytest.mark.parametrize(
    ("settings", "period"),
    [({}, "10000ms"), ({"commitlog_sync_period": "1s"}, "1s"), ({"commitlog_sync": "batch"}, None)],
    ids=str,
)
def test_settings_change_what_is_usual_and_not_what_is_decided(
    helm: Helm, chart: Path, settings: Mapping[str, str], period: str | None
) -> None:
    objects = helm.objects(chart, {"settings": settings}, files=[SINGLE], release="cassandra")
    (text,) = [each["data"]["cassandra.yaml"] for each in objects if "cassandra.yaml" in each.get("data", {})]
    found = yaml.safe_load(text)
    assert found.get("commitlog_sync_period") == period
    assert (found["authenticator"], found["authorizer"]) == ("PasswordAuthenticator", "CassandraAuthorizer")


# --- the start -------------------------------------------------------------------------------------


def started(folder: Path, ordinal: int, replicas: int, there: str) -> subprocess.CompletedProcess[str]:
    """start.sh of a pod, in a folder instead of the root; `there`: which others have an address."""
    script = (FILES / "start.sh").read_text()
    for each in ("/etc/cassandra", "/scripts", "/conf", "/var/lib/cassandra"):
        (folder / each[1:]).mkdir(parents=True, exist_ok=True)
        script = script.replace(f"{each}/", f"{folder}{each}/")
    for name in ("logback.xml", "cassandra-rackdc.properties", "cassandra.yaml"):
        (folder / "scripts" / name).write_text("cluster_name: x\n")
    (folder / "bin").mkdir()
    asked = '"$(echo "$2" | cut -d . -f 1 | tr -dc 0-9)"'
    programs = {
        "getent": f'case "{there}{ordinal}" in *{asked}*) ;; *) exit 2 ;; esac',
        "cassandra": "true",
        "sleep": "true",
    }
    for name, text in programs.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / "bin" / name).chmod(0o755)
    env = {
        "PATH": f"{folder}/bin:/usr/bin:/bin",
        "HOSTNAME": f"cassandra-{ordinal}",
        "REPLICAS": str(replicas),
        "SERVERS": "cassandra",
        "POD_IP": "10.0.0.9",
        "MEMORY": "2048",
    }
    return subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("ordinal", "replicas", "there", "data", "seeds"),
    [
        (0, 1, "", False, "10.0.0.9"),
        (0, 1, "", True, "10.0.0.9"),
        (0, 3, "", False, "10.0.0.9"),
        (0, 3, "", True, "10.0.0.9"),
        (0, 3, "12", True, "10.0.0.9 1 2"),
        # It has lost its volume: as one of its own seeds it would be a member without any rows.
        (0, 3, "12", False, "1 2"),
        (1, 3, "0", False, "0"),
        (1, 3, "2", True, "2"),
        (2, 3, "01", True, "0 1"),
        (4, 5, "0123", True, "0 1 2"),
    ],
)
def test_only_who_founds_the_cluster_is_its_own_seed(
    tmp_path: Path, ordinal: int, replicas: int, there: str, data: bool, seeds: str
) -> None:
    if data:
        (tmp_path / "var" / "lib" / "cassandra" / "data" / "system").mkdir(parents=True)
    done = started(tmp_path, ordinal, replicas, there)
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load((tmp_path / "conf" / "cassandra.yaml").read_text())
    names = {each: f"cassandra-{each}.cassandra-internal" for each in "012"}
    wanted = ",".join(names.get(each, each) for each in seeds.split())
    assert made["seed_provider"][0]["parameters"] == [{"seeds": wanted}]
    assert (made["listen_address"], made["broadcast_rpc_address"]) == ("10.0.0.9", "10.0.0.9")
    options = (tmp_path / "conf" / "jvm-server.options").read_text().splitlines()
    assert options[:3] == ["-Xms1024M", "-Xmx1024M", "-XX:MaxDirectMemorySize=512M"]


def test_who_does_not_found_it_waits_for_the_others_and_says_so(tmp_path: Path) -> None:
    done = started(tmp_path, 1, 3, "")
    assert (done.returncode, done.stderr) == (1, "no other server has an address\n")
