from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.app import App, Reach
from pipelinekit.reading.app import read_app
from pipelinekit.reading.flows import reach_of

HEAD = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
"""


def read(text: str) -> App:
    return read_app(HEAD + text)


def said(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(DocumentInvalid) as caught:
        read(text)
    return [(each.code, each.path, each.problem) for each in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "to", "port"),
    [
        ("internet:443", "internet", 443),
        ("10.2.0.0/16:5432", "10.2.0.0/16", 5432),
        ("10.2.0.7:5432", "10.2.0.7/32", 5432),
        ("[2001:db8::/32]:443", "2001:db8::/32", 443),
        ("[2001:db8::7]:1", "2001:db8::7/128", 1),
    ],
)
def test_a_way_out_is_a_network_and_a_port(text: str, to: str, port: int) -> None:
    assert reach_of(text) == Reach(to=to, port=port)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("api.example.com:443", "addresses, no names"),
        ("Internet:443", "addresses, no names"),
        ("10.2.0.1/16:5432", "the network is 10.2.0.0/16"),
        ("10.2.0.0/33:5432", "is no network"),
        ("internet:0", "no port 0"),
        ("internet:65536", "no port 65536"),
        ("0.0.0.0/0:443", "the cluster itself included"),
        ("[::/0]:443", "the cluster itself included"),
        ("169.254.169.254:80", "on the node itself"),
        ("127.0.0.1:80", "on the node itself"),
        ("[::1]:80", "on the node itself"),
    ],
)
@pytest.mark.parametrize("place", ["reaches", "environments.dev.reaches"])
def test_what_is_no_way_out_is_told_at_its_place(text: str, problem: str, place: str) -> None:
    listed = f'reaches: ["internet:443", "{text}"]\n'
    document = listed if place == "reaches" else f"environments: {{dev: {{{listed.strip()}}}}}\n"
    ((code, path, words),) = said(document)
    assert (code, path) == ("reach-unknown", f"{place}[1]")
    assert problem in words


def test_an_environment_has_ways_out_of_its_own_or_those_of_the_application() -> None:
    app = read('reaches: ["internet:443"]\nenvironments: {dev: {reaches: []}, staging: {replicas: 2}}\n')
    assert app.reaches == (Reach(to="internet", port=443),)
    assert app.elsewhere == {"dev": ()}


def test_ports_for_callers_are_the_main_one_of_web_and_the_named_ones_but_metrics() -> None:
    app = read(
        "run: {port: 80, ports: {admin: 81, metrics: 82}}\n"
        "processes: {worker: {port: 90, ports: {metrics: 91, feed: 92}}}\n"
        "environments: {dev: {ports: {admin: 85}}}\n"
    )
    assert app.callable_ports() == {"": 80, "admin": 81, "feed": 92}
    assert app.callable_ports("dev")["admin"] == 85


def test_metrics_may_have_a_port_without_a_main_one() -> None:
    assert read("run: {metrics: /m, ports: {metrics: 91}}\n").processes["web"].metrics == "/m"
    assert said("run: {metrics: /m, ports: {other: 91}}\n")[0][0] == "port-missing"


@pytest.mark.parametrize(
    ("text", "code", "path", "problem"),
    [
        ("run: {port: 80, ports: {a: 80}}", "port-twice", "run.ports.a", "80 is 'port' already"),
        ("run: {ports: {a: 80, b: 80}}", "port-twice", "run.ports.b", "80 is 'a' already"),
        ("environments: {dev: {port: 81}}\nrun: {port: 80, ports: {a: 81}}", "port-twice",
         "environments.dev.port", "81 is"),
        ("run: {ports: {a: 80}}\nprocesses: {w: {ports: {a: 81}}}", "port-twice", "run.ports.a", "'w'"),
        ("run: {ports: {http: 80}}", "bad-name", "run.ports.http", "http is the main port's name"),
        ("run: {ports: {averyveryverylong: 80}}", "bad-name", "run.ports.averyveryverylong", ""),
        ("processes: {n: {schedule: '@daily', ports: {a: 80}}}", "schedule-excludes",
         "processes.n.ports", "no 'ports'"),
        ('accepts: ["shop:admin"]', "port-unknown", "accepts[0]", "no process has a port 'admin'"),
        ('accepts: ["shop:metrics"]', "port-closed", "accepts[0]", "Prometheus' alone"),
        ('calls: ["stock:metrics"]', "port-closed", "calls[0]", "Prometheus' alone"),
        ('calls: ["orders:admin"]', "calls-itself", "calls[0]", "always reaches itself"),
        ("calls: [payments/orders]", "calls-itself", "calls[0]", "always reaches itself"),
    ],
)  # fmt: skip
def test_ports_and_partners_that_make_no_sense_are_told(
    text: str, code: str, path: str, problem: str
) -> None:
    ((found, at, words),) = said(text + "\n")
    assert (found, at) == (code, path)
    assert problem in words


def test_a_near_port_is_suggested() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read('run: {port: 80, ports: {admin: 81}}\naccepts: ["shop:admim"]\n')
    assert caught.value.faults[0].hint == "did you mean 'admin'?"
