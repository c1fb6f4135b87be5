"""What Keycloak's chart declares of realm and clients: what is written where a server has something else."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import URLError

import pytest

from tests.charts.helm import Helm, check_refused
from tests.charts.programs import Slow, imported
from tests.pages.charts import CHARTS

CHART = CHARTS / "keycloak" / "chart"
CLIENT = {
    "name": "jenkins",
    "secret": "jenkins-login",
    "redirects": ["https://jenkins.example.com/a", "https://jenkins.example.com/b"],
    "audiences": ["orders"],
}


@pytest.fixture(scope="module")
def declared() -> ModuleType:
    """The module that the chart's Job runs."""
    spec = importlib.util.spec_from_file_location("declared", CHART / "files" / "declared.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_the_server_has_it(wanted: dict[str, Any]) -> dict[str, Any]:
    """With its own fields, lists in another order, and without what is empty."""
    live = copy.deepcopy(wanted)
    live["redirectUris"].reverse()
    live["attributes"] = {key: each for key, each in live["attributes"].items() if each}
    live["attributes"]["realm_client"] = "false"
    live["protocolMappers"].reverse()
    for place, mapper in enumerate(live["protocolMappers"]):
        mapper["id"] = str(place)
        mapper["config"]["introspection.token.claim"] = "true"
    return {key: each for key, each in live.items() if each != ""} | {"id": "1", "secret": "word"}


def test_what_is_as_declared_is_not_written(declared: ModuleType) -> None:
    wanted = {**declared.wanted_client(CLIENT), "secret": "word"}
    assert declared.changes(as_the_server_has_it(wanted), wanted) == {}


def test_what_somebody_changed_is_put_back_and_nothing_else_with_it(declared: ModuleType) -> None:
    wanted = {**declared.wanted_client(CLIENT), "secret": "word"}
    live = as_the_server_has_it(wanted)
    live["redirectUris"].append("https://evil.example.com/")
    live["implicitFlowEnabled"] = True
    live["secret"] = "guessed"
    live["attributes"]["theirs"] = "kept"
    found = declared.changes(live, wanted)
    assert found == {
        "redirectUris": CLIENT["redirects"],
        "webOrigins": [],
        "implicitFlowEnabled": False,
        "secret": "word",
    }
    line = declared.told("client jenkins", live, found, wanted)
    assert "put back what somebody changed" in line
    assert "https://evil.example.com/" in line
    assert "guessed" not in line
    assert "webOrigins" not in line
    assert "word" not in line


def test_attributes_and_mappers_of_others_stay(declared: ModuleType) -> None:
    wanted = declared.wanted_client(CLIENT)
    live = as_the_server_has_it(wanted)
    live["attributes"] |= {"theirs": "kept", "post.logout.redirect.uris": "https://evil.example.com/"}
    live["protocolMappers"] += [
        {"name": "theirs", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": {}},
        {"name": "audience-gone", "protocolMapper": "oidc-audience-mapper", "config": {}},
    ]
    found = declared.changes(live, wanted)
    assert found["attributes"]["theirs"] == "kept"
    assert found["attributes"]["post.logout.redirect.uris"] == ""
    names = sorted(each["name"] for each in found["protocolMappers"])
    assert names == ["audience-orders", "groups", "theirs"]
    assert all(each.get("id") for each in found["protocolMappers"] if each["name"] != "theirs")


def test_a_change_of_the_values_is_not_called_somebody_s(declared: ModuleType) -> None:
    live = as_the_server_has_it(declared.wanted_client(CLIENT))
    wanted = declared.wanted_client({**CLIENT, "title": "Jenkins"})
    found = declared.changes(live, wanted)
    assert set(found) == {"name", "attributes"}
    assert "changed as the values say: name was null" in declared.told("client jenkins", live, found, wanted)


def test_what_a_server_says_is_bounded_and_has_no_control_characters(declared: ModuleType) -> None:
    said = declared.short("\x1b[2J" + "x" * 1000)
    assert "\x1b" not in said
    assert len(said) < 250


WRONG: list[dict[str, Any]] = [
    {"hostname": "login.example.com"},
    {"hostname": "https://login.example.com/?x=$(id)"},
    {"realm": {"name": "master"}},
    {"realm": {"settings": {"realm": "master"}}},
    {"realm": {"settings": {"smtpServer": {"password": "word"}}}},
    {"realm": {"settings": {"displayNameHtml": "a\nb"}}},
    {"clients": [{"name": "a"}]},
    {"clients": [{"name": "a", "secret": "s"}]},
    {"clients": [{"name": "a", "secret": "s", "redirects": ["https://a.example.com/*"]}]},
    {"clients": [{"name": "a", "secret": "s", "redirects": ["javascript:alert(1)"]}]},
    {"clients": [{"name": "a", "public": True, "secret": "s", "redirects": ["https://a.example.com/"]}]},
    {"clients": [{"name": "a", "public": True, "grants": ["client_credentials"]}]},
    {"clients": [{"name": "a", "secret": "s", "grants": ["implicit"]}]},
    {"clients": [{"name": "admin-cli", "secret": "s", "grants": ["password"]}]},
    {"clients": [{"name": "../a", "secret": "s", "grants": ["password"]}]},
    {"proxy": {"trusted": ["everybody"]}},
    {"java": ["-Dx=$(id)"]},
    {"database": {"name": "x?sslmode=disable"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_a_client_twice_and_no_hostname_are_refused_by_name(
    helm: Helm, whole: Callable[[Path], Path]
) -> None:
    there = str(whole(CHART))
    file = CHART / "ci" / "single-node-values.yaml"
    one = {"name": "a", "secret": "s", "grants": ["password"]}
    said = helm.run("template", "x", there, "--values", str(file), values={"clients": [one, one]})
    assert "clients: a is there twice" in said.err
    said = helm.run("template", "x", there, "--values", str(file), values={"hostname": ""})
    assert "hostname is empty: give the address" in said.err


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (URLError(ConnectionRefusedError(111, "Connection refused")), 2),
        # Whoever hung up may have done it.
        (ConnectionResetError(104, "Connection reset by peer"), 1),
    ],
    ids=["nobody", "hung up"],
)
def test_what_nobody_got_is_asked_again(monkeypatch: pytest.MonkeyPatch, fault: OSError, asked: int) -> None:
    heard = []

    def send(request: object) -> tuple[int, object]:
        heard.append(request)
        if len(heard) == 2:
            return 200, {}
        raise fault

    with imported(CHART / "files", monkeypatch) as program:
        module = program("provision")
        monkeypatch.setattr(module, "PAUSE", 0.01)
        monkeypatch.setattr(module, "send", send)
        server = module.Server("http://keycloak:8080", "word")
        if asked == 1:
            with pytest.raises(module.Failed, match=r"PUT realms/platform: .*reset by peer"):
                server.ask("PUT", "realms/platform", {})
        else:
            assert server.ask("PUT", "realms/platform", {}) == {}
    assert len(heard) == asked


def test_who_is_let_through_to_nobody_is_told_so_before_the_job_s_time_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a policy drops takes each try half a minute; the Job has five."""
    with imported(CHART / "files", monkeypatch) as program:
        module = program("provision")
        clock = Slow(URLError(TimeoutError("timed out")))
        monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(module, "send", clock.send)
        server = module.Server("http://keycloak:8080", "word")
        for ask in (server.login, lambda: server.ask("GET", "realms/platform")):
            before = clock.now
            with pytest.raises(module.Failed, match="timed out"):
                ask()
            assert 120 <= clock.now - before < 160
