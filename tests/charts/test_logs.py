"""What the Job for log lines makes of Elasticsearch and Kibana: made, put back, told, refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, check_refused
from tests.charts.programs import imported
from tests.charts.test_wrappers import NETWORK, platform, stand_in
from tests.doubles.elastic import Elasticsearch, Kibana, served
from tests.pages.charts import CHARTS

CHART = CHARTS / "logs" / "chart"
FIRST = [
    "policy kubernetes: made",
    "component template kubernetes-settings: made",
    "component template kubernetes-mappings: made",
    "index template kubernetes: made",
    "snapshot repository backups: made",
    "data stream kubernetes: made",
    "role fluent-bit: made",
    "user fluent-bit: made",
]


class Job:
    """The chart's program with the values of `values`, and the two servers that it asks."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, program: Callable[[str], Any]) -> None:
        self.elasticsearch, self.kibana = Elasticsearch(), Kibana()
        self.folder, self.program = folder, program
        self.values = yaml.safe_load((CHART / "values.yaml").read_text())
        self.values["snapshots"] = {"repository": "backups", "type": "s3", "settings": {"bucket": "b"}}
        for name, word in (("login", "word"), ("writer", "theirs")):
            (folder / name).mkdir()
            (folder / name / "password").write_text(f"{word}\n")
        for module in ("server", "provision"):
            patch.setattr(program(module), "SECRETS", folder)
        patch.setattr(program("server"), "TRIES", 0)
        patch.setattr(program("provision"), "Path", lambda _: folder / "logs.json")

    def run(self, mode: str = "apply") -> int:
        """The exit code."""
        with served(self.elasticsearch) as one, served(self.kibana) as other:
            self.values["elasticsearch"]["address"] = one
            self.values["kibana"]["address"] = other if self.values["kibana"]["address"] else ""
            (self.folder / "logs.json").write_text(json.dumps(self.values))
            code: int = self.program("provision").main(mode)
            return code

    def refused(self) -> str:
        """What it ends with."""
        with pytest.raises(self.program("server").Failed) as error:
            self.run()
        return str(error.value)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    with imported(CHART / "files", monkeypatch) as program:
        yield Job(tmp_path, monkeypatch, program)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_what_is_not_there_is_made_and_a_second_run_writes_nothing(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.run("check") == 1
    assert said(capsys) == [f"not done: {each}" for each in FIRST]
    assert job.elasticsearch.written == []
    assert job.run() == 0
    assert said(capsys) == FIRST
    written = len(job.elasticsearch.written)
    assert (job.run(), job.run("check")) == (0, 0)
    assert said(capsys) == ["as declared: data stream kubernetes, and 5 that it needs"] * 2
    assert len(job.elasticsearch.written) == written


def test_lines_are_kept_for_the_days_of_the_values_and_only_added(job: Job) -> None:
    job.run()
    phases = job.elasticsearch.policies["kubernetes"]["policy"]["phases"]
    assert phases["hot"]["actions"]["rollover"] == {"max_age": "1d", "max_primary_shard_size": "30gb"}
    assert phases["delete"]["min_age"] == "14d"
    index = job.elasticsearch.parts["kubernetes-settings"]["template"]["settings"]["index"]
    assert index["lifecycle"] == {"name": "kubernetes"}
    (rights,) = job.elasticsearch.roles["fluent-bit"]["indices"]
    assert (rights["names"], rights["privileges"]) == (["kubernetes"], ["auto_configure", "create_doc"])
    assert job.elasticsearch.users["fluent-bit"]["roles"] == ["fluent-bit"]
    assert job.elasticsearch.passwords["fluent-bit"] == "theirs"


def test_without_days_and_without_a_writer_neither_policy_nor_user_is_asked_for(job: Job) -> None:
    job.values["retention"]["days"], job.values["writer"]["secret"] = 0, ""
    assert job.run() == 0
    there = job.elasticsearch
    assert (there.policies, there.users, there.roles) == ({}, {}, {})
    assert "lifecycle" not in there.parts["kubernetes-settings"]["template"]["settings"]["index"]


def test_what_somebody_changed_is_put_back_and_told(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.run()
    said(capsys)
    there = job.elasticsearch
    phases = there.policies["kubernetes"]["policy"]["phases"]
    phases["delete"]["min_age"] = "365d"
    phases["warm"] = {"min_age": "1d", "actions": {}}
    there.parts["kubernetes-mappings"]["template"]["mappings"]["dynamic"] = "true"
    there.roles["fluent-bit"]["indices"][0]["names"] = ["*"]
    there.users["fluent-bit"]["roles"] = ["superuser"]
    there.repositories["backups"]["settings"]["bucket"] = "theirs"
    there.passwords["fluent-bit"] = "guessed"
    assert job.run() == 0
    lines = said(capsys)
    put = "put back what somebody changed"
    other = 'phases.delete.min_age was "365d"; phases.warm was {"min_age": "1d", "actions": {}}'
    assert lines == [
        f"policy kubernetes: {put}: {other}",
        f'component template kubernetes-mappings: {put}: template.mappings.dynamic was "true"',
        f'snapshot repository backups: {put}: settings.bucket was "theirs"',
        "data stream kubernetes: the next lines go to a new index, as the templates say",
        f'role fluent-bit: {put}: indices.0.names.0 was "*"',
        f'user fluent-bit: {put}: roles.0 was "superuser"',
        "user fluent-bit: its password was not the Secret's",
    ]
    assert "theirs" not in "".join(lines).replace('"theirs"', "")
    assert there.streams == {"kubernetes": 2}
    assert (job.run(), there.passwords["fluent-bit"]) == (0, "theirs")
    assert len(said(capsys)) == 1


def test_a_change_of_the_values_is_not_called_somebody_s(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.run()
    said(capsys)
    job.values["retention"]["days"] = 30
    job.run()
    assert said(capsys) == ['policy kubernetes: changed as the values say: phases.delete.min_age was "14d"']


def test_what_a_server_adds_by_itself_is_no_difference(job: Job) -> None:
    job.run()
    job.elasticsearch.templates["kubernetes"]["ignore_missing_component_templates"] = []
    job.elasticsearch.repositories["backups"]["settings"]["compress"] = "true"
    assert job.run("check") == 0


def test_a_server_that_says_no_is_told_with_the_next_step(job: Job) -> None:
    job.elasticsearch.passwords["elastic"] = "other"
    assert "401" in (told := job.refused())
    assert "mend the Secret" in told
    job.elasticsearch.passwords["elastic"] = "word"
    job.elasticsearch.closed = ("_ilm",)
    assert 'refuses PUT _ilm/policy/kubernetes: 403 "action is unauthorized' in (told := job.refused())
    assert "elastic may not do that" in told
    job.elasticsearch.closed = ()
    job.elasticsearch.indices.add("kubernetes")
    # Also where the templates are as declared by now.
    for _ in range(2):
        assert "kubernetes is an index, made by who wrote before there was a template" in job.refused()


def test_views_are_imported_into_kibana_and_put_back(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.values["kibana"]["address"] = "on"
    assert job.run() == 0
    kinds = sorted(kind for kind, _ in job.kibana.saved)
    assert kinds == ["dashboard", "index-pattern", "search", *["visualization"] * 3]
    fields = {"team", "application", "level", "@timestamp"}
    text = json.dumps(list(job.kibana.saved.values()))
    assert all(each in text for each in fields)
    said(capsys)
    assert job.run() == 0
    assert len(job.kibana.written) == 1
    assert said(capsys)[0].startswith("as declared")
    job.kibana.saved[("dashboard", "kubernetes-dashboard")]["attributes"]["title"] = "Mine"
    job.kibana.saved[("search", "kubernetes-search")]["references"][0]["id"] = "other"
    del job.kibana.saved[("visualization", "kubernetes-levels")]
    assert job.run("check") == 1
    assert len(said(capsys)) == 3
    assert job.run() == 0
    assert said(capsys) == [
        "Kibana's search kubernetes-search: put back as declared: references",
        "Kibana's visualization kubernetes-levels: made",
        "Kibana's dashboard kubernetes-dashboard: put back as declared: title",
    ]
    assert job.run("check") == 0


def test_kibana_s_no_is_told(job: Job) -> None:
    job.values["kibana"]["address"] = "on"
    job.kibana.unknown = ("visualization",)
    told = job.refused()
    assert 'refuses 3 of 6 views: "visualization" "kubernetes-teams" {"type": "unsupported_type"}' in told
    assert len(job.kibana.saved) == 3
    job.kibana.saved.clear()
    # Without a search the dashboard lacks one, and Kibana takes nothing of it all.
    job.kibana.unknown = ("search",)
    assert 'refuses 2 of 6 views: "search" "kubernetes-search"' in (told := job.refused())
    assert '"dashboard" "kubernetes-dashboard" {"type": "missing_references"}' in told
    assert job.kibana.saved == {}
    job.kibana.passwords["elastic"] = "other"
    assert "the login of Kibana is not known there" in job.refused()


def test_every_reference_of_a_view_is_to_one_of_them(job: Job) -> None:
    found = job.program("views").objects("kubernetes")
    there = {(each["type"], each["id"]) for each in found}
    named = {(one["type"], one["id"]) for each in found for one in each["references"]}
    assert named <= there
    (board,) = [each for each in found if each["type"] == "dashboard"]
    panels = json.loads(board["attributes"]["panelsJSON"])
    assert {f"{each['panelIndex']}:{each['panelRefName']}" for each in panels} == {
        each["name"] for each in board["references"]
    }


def test_fluent_bit_writes_what_the_templates_are_for() -> None:
    values = yaml.safe_load((CHARTS / "fluent-bit" / "values.yaml").read_text())
    ours = yaml.safe_load((CHART / "values.yaml").read_text())
    said = dict(
        line.split(maxsplit=1) for line in values["config"]["outputs"].splitlines() if line.startswith("  ")
    )
    assert (said["Index"], said["Write_Operation"]) == (ours["stream"], "create")
    assert (said["Suppress_Type_Name"], said["Replace_Dots"]) == ("On", "On")
    assert "Logstash_Format" not in said


def test_it_reaches_both_servers_and_nobody_else(helm: Helm, tmp_path: Path) -> None:
    names = ("elasticsearch", "kibana")
    for each in names:
        stand_in(tmp_path / "platform-charts" / each, each)
    shutil.copytree(CHARTS / "logs", tmp_path / "platform-charts" / "logs")
    shutil.copy(CHART / "ci" / "production-values.yaml", tmp_path / "logs.yaml")
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "r:5000"},
        "charts": {"repository": "oci://r:5000/charts"},
        "clusters": [{"name": "one", "network": NETWORK}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
        "components": [*({"name": each} for each in names), {"name": "logs", "values": "logs.yaml"}],
    }
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    proof = json.loads(platform(helm, tmp_path, "network", "--check", "--json"))
    assert (proof["holds"], proof["findings"]) == (True, [])


WRONG: list[dict[str, Any]] = [
    {"stream": "kubernetes*"},
    {"stream": "../x"},
    {"retention": {"days": -1}},
    {"retention": {"rollover": {"size": "much"}}},
    {"template": {"json": "object"}},
    {"elasticsearch": {"address": "https://user:word@e.example.com"}},
    {"snapshots": {"settings": {"secret_key": "x"}}},
    {"snapshots": {"type": "hdfs"}},
    {"writer": {"password": "word"}},
    {"kibana": {"address": "kibana"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_settings_of_no_repository_are_refused_by_name(helm: Helm, whole: Callable[[Path], Path]) -> None:
    file = CHART / "ci" / "single-node-values.yaml"
    values = {"snapshots": {"settings": {"bucket": "b"}}}
    told = helm.run("template", "x", str(whole(CHART)), "--values", str(file), values=values)
    assert "snapshots.settings without snapshots.repository" in told.err
