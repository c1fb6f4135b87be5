"""What Cassandra's chart decides, and its programs: seeds, snapshots that come and go, what cqlsh prints."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm
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
    said = helm.run("template", "x", str(chart), "--values", str(SINGLE), values=wrong)
    assert said.code != 0
    assert "values don't meet the specifications" in said.err


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
    """start.sh of a pod, in a folder instead of the root; `there`: the ordinals that have an address."""
    script = (FILES / "start.sh").read_text()
    for each in ("/etc/cassandra", "/scripts", "/conf", "/var/lib/cassandra"):
        (folder / each[1:]).mkdir(parents=True, exist_ok=True)
        script = script.replace(f"{each}/", f"{folder}{each}/")
    for name in ("logback.xml", "cassandra-rackdc.properties", "cassandra.yaml"):
        (folder / "scripts" / name).write_text("cluster_name: x\n")
    (folder / "bin").mkdir()
    programs = {
        "getent": f'case "{there}" in *"$(echo "$2" | cut -d . -f 1 | tr -dc 0-9)"*) ;; *) exit 2 ;; esac',
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


# --- the programs ----------------------------------------------------------------------------------


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """The chart's modules, by name, as its pods import them."""
    monkeypatch.syspath_prepend(str(FILES))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(FILES)):
            del sys.modules[name]


@pytest.fixture
def keeper(programs: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The keeper of a server whose files are here, and whose nodetool is `words`."""
    module = programs("keeper")
    monkeypatch.setattr(module, "DATA", tmp_path / "data")
    monkeypatch.setattr(module, "ROOM", tmp_path / "import")
    words: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "nodetool", lambda *said: words.append(said))
    module.words = words
    return module


def packed(**files: str) -> bytes:
    """An archive of these files; their names have `__` for a slash."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def test_a_snapshot_has_the_tables_of_others_and_an_end(keeper: Any, tmp_path: Path) -> None:
    for path in (
        "orders/mine-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
        "orders/mine-0a1b/snapshots/pipelinekit/manifest.json",
        "orders/mine-0a1b/snapshots/dropped-1-mine/nb-2-big-Data.db",
        "orders/mine-0a1b/nb-3-big-Data.db",
        "systematic/x-0a1b/snapshots/pipelinekit/nb-1-big-SAI+ba+by_word+Meta.db",
        "system_auth/roles-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
        "system/local-0a1b/snapshots/pipelinekit/nb-1-big-Data.db",
    ):
        (tmp_path / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / path).write_text("x")
    out = io.BytesIO()
    keeper.archived(out)
    out.seek(0)
    with tarfile.open(fileobj=out) as archive:
        found = archive.getnames()
    assert found == [
        "orders/mine/nb-1-big-Data.db",
        "systematic/x/nb-1-big-SAI+ba+by_word+Meta.db",
        "complete",
    ]


def test_what_comes_back_is_taken_over_table_by_table(keeper: Any, tmp_path: Path) -> None:
    given = packed(
        **{"a__T__nb-1-big-Data.db": "x", "a__T__nb-1-big-Index.db": "x", "a__u__nb-9-big-Data.db": "x"},
        complete="",
    )
    said = list(keeper.brought(keeper.Body(io.BytesIO(given + b"next"), len(given))))
    assert said == ["a.T: 1 files", "a.u: 1 files"]
    room = tmp_path / "import"
    assert keeper.words == [
        ("import", "--no-tokens", "a", "T", str(room / "a" / "T")),
        ("import", "--no-tokens", "a", "u", str(room / "a" / "u")),
        ("cleanup", "a"),
    ]
    assert not room.exists()


@pytest.mark.parametrize(
    "name", ["..__..__x", "a__..__x", "a__b__..__x", "__etc__passwd__x", "a__b__c__d", "a__b", "a__b__$(x)"]
)
def test_what_is_no_part_of_a_table_is_not_written(keeper: Any, tmp_path: Path, name: str) -> None:
    given = packed(**{name: "x"})
    with pytest.raises(keeper.Fault, match="no part of a table"):
        list(keeper.brought(keeper.Body(io.BytesIO(given), len(given))))
    assert keeper.words == []
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


PRINTED = """
 keyspace_name | replication
---------------+-----------------------------
        orders | {'class': 'x', 'dc1': '1'}
   system_auth | {'class': 'y'}

(2 rows)

Warnings :
 something
"""


def test_rows_are_read_as_cqlsh_prints_them(programs: Callable[[str], Any]) -> None:
    rows = programs("servers").rows
    assert rows(PRINTED) == [["orders", "{'class': 'x', 'dc1': '1'}"], ["system_auth", "{'class': 'y'}"]]
    assert rows("\n role\n------\n\n\n(0 rows)\n") == []
    assert rows("") == []


def test_an_archive_without_its_end_is_no_backup(
    programs: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    backup = programs("backup")
    monkeypatch.setattr(backup, "WORK", tmp_path)
    whole = packed(**{"a__b__nb-1-big-Data.db": "x"}, complete="")
    for content in (packed(**{"a__b__nb-1-big-Data.db": "x"}), b"", whole[:700]):
        monkeypatch.setattr(backup, "asked", lambda *_, content=content: io.BytesIO(content))
        with pytest.raises(SystemExit, match="its archive has no end"):
            backup.fetched("one", 0)
    monkeypatch.setattr(backup, "asked", lambda *_: io.BytesIO(whole))
    assert backup.fetched("one", 0) == 1
