"""Snapshots by the Jobs of the component logs: made, kept, put back, refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, check_refused, containers_of
from tests.charts.programs import imported
from tests.charts.test_logs import CHART
from tests.doubles.elastic import served
from tests.doubles.snapshots import Kept

STREAM, BESIDE = "kubernetes", "restored-kubernetes"
OLD = ("logs-20260101t031700z", "logs-20260102t031700z", "logs-20260103t031700z")


class Job:
    """The chart's program with the values of `values`, and the server that it asks."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, program: Callable[[str], Any]) -> None:
        self.server, self.folder, self.program = Kept(), folder, program
        self.server.repositories["backups"] = {}
        self.server.streams[STREAM] = 1
        self.values = yaml.safe_load((CHART / "values.yaml").read_text())
        self.values["snapshots"].update(repository="backups", keep=2)
        (folder / "login").mkdir()
        (folder / "login" / "password").write_text("word\n")
        for module in ("server", "provision"):
            patch.setattr(program(module), "SECRETS", folder)
        patch.setattr(program("server"), "TRIES", 0)
        patch.setattr(program("snapshots"), "PAUSE", 0.0)
        patch.setattr(program("snapshots"), "Path", lambda _: folder / "logs.json")

    def run(self, mode: str) -> str:
        """What it says in the end."""
        with served(self.server) as address:
            self.values["elasticsearch"]["address"] = address
            (self.folder / "logs.json").write_text(json.dumps(self.values))
            said: str = self.program("snapshots").main(mode)
            return said

    def refused(self, mode: str) -> str:
        """What it ends with."""
        with pytest.raises(self.program("server").Failed) as error:
            self.run(mode)
        return str(error.value)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    with imported(CHART / "files", monkeypatch) as program:
        yield Job(tmp_path, monkeypatch, program)


def test_one_is_made_of_all_and_the_last_ones_stay(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (*OLD, "logs-20260102t120000z"):
        job.server.have(name)
    job.server.have("somebody-s")
    job.server.have("logs-20260101t120000z", "PARTIAL")
    said = job.run("backup")
    assert re.fullmatch(r"made logs-\d{8}t\d{6}z: 1 indices", said)
    assert sorted(job.server.snapshots) == sorted({OLD[2], "somebody-s", said.split()[1].strip(":")})
    assert capsys.readouterr().out.splitlines() == [
        f"removed {each}" for each in (OLD[0], "logs-20260101t120000z", OLD[1], "logs-20260102t120000z")
    ]


@pytest.mark.parametrize("state", ["PARTIAL", "FAILED"])
def test_one_that_is_not_whole_is_told_and_takes_no_other_one_s_place(job: Job, state: str) -> None:
    for name in OLD:
        job.server.have(name)
    job.server.ends = [state]
    assert f" is {state}, and not removed: " in job.refused("backup")
    assert set(OLD) < set(job.server.snapshots)


def test_without_so_many_that_are_whole_none_goes(job: Job) -> None:
    job.server.have(OLD[0], "PARTIAL")
    job.run("backup")
    assert OLD[0] in job.server.snapshots


def test_what_comes_back_is_beside_what_is_there(job: Job) -> None:
    for name in OLD[:2]:
        job.server.have(name)
    job.server.have(OLD[2], "PARTIAL")
    assert job.run("restore") == f"restored {STREAM} of {OLD[1]} as {BESIDE}"
    (asked,) = job.server.restored
    assert asked["ignore_index_settings"] == ["index.lifecycle.name"]
    assert set(job.server.streams) == {STREAM, BESIDE}
    assert job.refused("restore").endswith(f"DELETE _data_stream/{BESIDE}")


def test_where_nothing_is_it_comes_back_in_its_place(job: Job) -> None:
    job.server.have(OLD[0])
    job.server.have(OLD[1])
    job.server.streams.clear()
    job.values["restore"]["from"] = OLD[0]
    assert job.run("restore") == f"restored {STREAM} of {OLD[0]} as {STREAM}"
    (asked,) = job.server.restored
    assert not {"rename_pattern", "ignore_index_settings"} & set(asked)


def test_what_cannot_be_read_is_told_and_not_waited_for(job: Job) -> None:
    job.server.have(OLD[0])
    job.server.damaged.add(OLD[0])
    said = job.refused("restore")
    assert said.startswith(f"{BESIDE} is not all that {OLD[0]} has: .ds-{BESIDE}-000001: ")
    assert "failed to be restored" in said
    assert said.endswith(f"DELETE _data_stream/{BESIDE}")
    assert set(job.server.streams) == {STREAM, BESIDE}


def test_one_that_is_not_there_is_named_with_those_that_are(job: Job) -> None:
    assert job.refused("restore") == "there is no snapshot yet: there are: none"
    job.server.have(OLD[0], streams=("other",))
    assert "has no data stream kubernetes" in job.refused("restore")
    job.values["restore"]["from"] = OLD[2]
    assert job.refused("restore") == f"there is no snapshot {OLD[2]}: there are: {OLD[0]}"


def test_a_repository_that_is_not_there_is_the_server_s_word(job: Job) -> None:
    job.server.repositories.clear()
    assert "refuses PUT _snapshot/backups/logs-" in job.refused("backup")


def test_there_are_such_jobs_where_a_repository_is_named(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHART)
    found = []
    for said in (
        {},
        {"repository": "b"},
        {"repository": "b", "type": "url"},
        {"repository": "b", "suspend": True},
    ):
        file = chart / "ci" / "single-node-values.yaml"
        objects = helm.objects(chart, {"snapshots": said}, files=[file], release="logs")
        jobs = {each["metadata"]["name"]: each for each in objects if each["kind"] == "CronJob"}
        del jobs["logs-keep"]
        found.append({name: each["spec"]["suspend"] for name, each in jobs.items()})
        for name, each in jobs.items():
            (container,) = containers_of(each)
            assert container["command"][2:] == ["/scripts/snapshots.py", name.removeprefix("logs-")]
    both = {"logs-backup": False, "logs-restore": True}
    assert found == [{}, both, {"logs-restore": True}, {"logs-backup": True, "logs-restore": True}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"snapshots": {"schedule": "1 2 3 4 5\nx"}},
        {"snapshots": {"keep": 0}},
        {"restore": {"from": "*"}},
        {"restore": {"from": "logs-20260101t031700z,x"}},
    ],
    ids=str,
)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)
