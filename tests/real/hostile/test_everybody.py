"""The same rule for everybody who speaks HTTP: no password to a stranger, none without TLS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelinekit.adapters.registry.digests import digest_bytes
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.web import exchange
from pipelinekit.errors import UsageError
from pipelinekit.model.release import ImageRef
from tests.real.hostile.asked import LOGIN, NETRC, OTHERS, SECRETS, USERS, refusing, told
from tests.real.strangers import Said, World


@pytest.mark.parametrize("who", USERS)
def test_nobody_speaks_to_a_stranger_without_tls(
    world: World, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "http://other.test"
    world.serve(place, lambda _: Said(200, b"{}", (("X-Jenkins", "2"),)))
    with pytest.raises(UsageError, match=r"without TLS") as caught:
        USERS[who](place)
    assert "PIPELINEKIT_PLAIN_HTTP=other.test" in caught.value.faults[0].hint
    assert world.seen == []
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "other.test:8080")
    with pytest.raises(UsageError):
        USERS[who](place)
    monkeypatch.setenv("PIPELINEKIT_PLAIN_HTTP", "a.test, other.test")
    told(lambda: USERS[who](place))
    assert bool(world.seen) is (who != "git")


@pytest.mark.parametrize("who", ["nexus", "jenkins", "charts"])
@pytest.mark.parametrize("target", ["http://other.test", *OTHERS])
def test_everybody_leaves_the_password_at_home(world: World, who: str, target: str) -> None:
    for place in OTHERS:
        world.serve(place, refusing('Basic realm="x"'))
    world.serve("https://charts.test", lambda seen: Said(302, b"", (("Location", target + seen.path),)))
    assert told(lambda: USERS[who]("https://charts.test"))
    assert world.places_with(*SECRETS) == {"https://charts.test"}
    assert not world.places_with(NETRC)


def test_an_archive_elsewhere_gets_no_password(world: World, tmp_path: Path) -> None:
    data = b"an archive"
    listed = {"version": "1", "urls": ["https://other.test/a.tgz"], "digest": digest_bytes(data)}
    index = json.dumps({"entries": {"orders": [listed]}}).encode()
    world.serve("https://charts.test", lambda _: Said(200, index))
    world.serve("https://other.test", lambda _: Said(200, data))
    charts = HttpCharts(lambda _: LOGIN)
    charts.fetch_chart(ImageRef("https://charts.test", "orders", tag="1"), tmp_path / "a.tgz")
    assert (tmp_path / "a.tgz").read_bytes() == data
    assert world.places_with(*SECRETS) == {"https://charts.test"}


def test_a_proxy_does_not_stand_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS is fine on this machine because nobody listens there: a proxy would."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    session = exchange.Session()
    for host in ("127.0.0.1:5000", "localhost:5000", "[::1]:5000"):
        found = session.merge_environment_settings(f"http://{host}/", {}, False, True, None)
        assert "http" not in found["proxies"]
    far = session.merge_environment_settings("http://far.test/", {}, False, True, None)
    assert far["proxies"]["http"] == "http://proxy.test:3128"
    led = requests.Request("GET", "http://localhost:5000/").prepare()
    assert session.rebuild_proxies(led, {"http": "http://proxy.test:3128"}) == {}


def test_whoever_asks_this_machine_changes_no_other_thread_s_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A `no_proxy` that one thread set for a moment made others miss their proxy, or crash in between."""
    changed: list[str | None] = []
    change = requests.utils.set_environ

    def seen(name: str, value: Any) -> Any:
        changed.append(value)
        return change(name, value)

    monkeypatch.setattr(requests.utils, "set_environ", seen)
    session = exchange.Session()
    session.merge_environment_settings("http://127.0.0.1:5000/", {}, False, True, None)
    session.rebuild_proxies(requests.Request("GET", "http://127.0.0.1:5000/").prepare(), {})
    assert changed
    assert set(changed) == {None}
