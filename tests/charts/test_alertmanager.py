"""Alertmanager's chart: where its secrets are, and what its values may say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.alertmanager import CHART, Made, configured, maker
from tests.charts.helm import Helm, Object, check_refused, containers_of, pod_of, template_of


@pytest.fixture(scope="module")
def made(helm: Helm, whole: Callable[[Path], Path]) -> Made:
    return maker(helm, whole(CHART))


def server_of(objects: list[Object]) -> Object:
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    return server


# --- secrets --------------------------------------------------------------------------------------


def test_what_is_secret_is_named_by_its_file_and_each_file_is_there(made: Made, tmp_path: Path) -> None:
    objects = made({})
    text = configured(objects, tmp_path).read_text()
    keys = re.findall(r"\b(\w*(?:url|password|credentials)\w*):", text)
    assert keys
    assert all(each.endswith("_file") for each in keys)
    pod = pod_of(server_of(objects))
    (volume,) = [each["projected"] for each in pod["volumes"] if each["name"] == "secrets"]
    there = {
        f"/secrets/{item['path']}": (each["secret"]["name"], item["key"])
        for each in volume["sources"]
        for item in each["secret"]["items"]
    }
    assert set(re.findall(r"/secrets/[^\"]+", text)) == set(there)
    assert there["/secrets/pager/token"] == ("pager", "token")
    assert len({each["secret"]["name"] for each in volume["sources"]}) == len(volume["sources"])
    pod = pod_of(server_of(made({}, "single-node")))
    assert [each["name"] for each in pod["volumes"]] == ["configuration"]


# --- values ---------------------------------------------------------------------------------------

CHAT = {"name": "chat", "webhooks": [{"secret": "chat", "key": "url"}]}
TOLD: dict[str, dict[str, Any]] = {
    "receiver: there is no receiver caht; there are: chat": {"receivers": [CHAT], "receiver": "caht"},
    "receiver: there is no receiver chat; there are: none": {"receiver": "chat"},
    "teams: shop: there is no receiver x; there are: chat": {
        "receivers": [CHAT],
        "teams": [{"name": "shop", "receiver": "x"}],
    },
    "teams: shop is there twice": {
        "receivers": [CHAT],
        "teams": [{"name": "shop", "receiver": "chat"}] * 2,
    },
    "receivers: chat is there twice": {"receivers": [CHAT, CHAT]},
    "receivers: mail gets emails: give email.host and email.from": {
        "receivers": [{"name": "mail", "emails": [{"to": "a@b.c"}]}]
    },
}


@pytest.mark.parametrize(("why", "values"), TOLD.items(), ids=TOLD)
def test_what_would_keep_it_from_starting_is_told_before(
    helm: Helm, whole: Callable[[Path], Path], why: str, values: dict[str, Any]
) -> None:
    chart = whole(CHART)
    file = chart / "ci" / "single-node-values.yaml"
    said = helm.run("template", "x", str(chart), "--values", str(file), values=values)
    assert said.code != 0
    assert why in said.err


WRONG: list[dict[str, Any]] = [
    {"receivers": [{"name": "nobody"}]},
    {"receivers": [{"name": "platform/nobody", "emails": [{"to": "a@b.c"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a", "key": "b", "url": "https://c.example.com"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a"}]}]},
    {"receivers": [{"name": "x", "webhooks": [{"secret": "a", "key": "../b"}]}]},
    {"receivers": [{"name": "x", "webhooks": []}]},
    {"receivers": [{"name": "x", "slacks": [{"secret": "a", "key": "b", "channel": "{{ x }}"}]}]},
    {"receivers": [{"name": "x", "emails": [{"to": "{{ x }}@b.c"}]}]},
    {"teams": [{"name": "x", "receiver": "y", "namespaces": ["a|.*"]}]},
    {"email": {"host": "smtp.example.com"}},
    {"email": {"password": "word"}},
    {"group": {"by": []}},
    {"group": {"wait": "30"}},
    {"address": "javascript:x"},
    {"replicas": 0},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: json.dumps(each)[:60])
def test_a_wrong_value_is_refused(helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_each_server_knows_all_of_them_and_no_other_cluster(made: Made) -> None:
    (container,) = containers_of(server_of(made({})))
    peers = [each for each in container["command"] if each.startswith("--cluster.peer=")]
    wanted = [f"--cluster.peer=alertmanager-{place}.alertmanager-internal:9094" for place in range(3)]
    assert peers == wanted
    assert "--cluster.label=somewhere/alertmanager" in container["command"]


@pytest.mark.parametrize("more", [{"receiver": "payments"}, {"group": {"repeat": "1h"}}])
def test_another_configuration_is_another_pod(made: Made, more: dict[str, Any]) -> None:
    before, after = (
        template_of(server_of(made(each)))["metadata"]["annotations"]["pipelinekit.dev/configuration"]
        for each in ({}, more)
    )
    assert before != after
