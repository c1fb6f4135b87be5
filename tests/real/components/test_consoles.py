"""The consoles of Prometheus' chart, by the real server: they say what series say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.real.components.consoles import PAGES, Page, asked, page, server
from tests.real.components.series import HOSTILE, KNOWN, hostile

NOTHING = "\N{EN DASH}"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server(tmp_path_factory.mktemp("known"), KNOWN) as address:
        yield address


@pytest.mark.matrix("components")
def test_the_overview_and_nodes_say_what_the_series_say(known: str) -> None:
    found = page(known, "index.html")
    assert found.figures == {
        "Alerts, critical": "2",
        "Alerts, others": "1",
        "Targets down": "1",
        "Nodes not ready": "1",
        "Pods pending": "1",
        "Restarts in an hour": "13",
        "Fullest volume": "95 %",
        "Pipelines that fail": "1",
    }
    alerts = [each for each in found.rows if each[1] in ("TargetDown", "NodeNotReady", "PodPending")]
    assert [each[:3] for each in alerts] == [
        ["critical", "NodeNotReady", "nodeb"],
        ["warning", "TargetDown", "namespaceshop-dev"],
    ]
    assert [each[3].split()[0] for each in alerts] == ["10m", "2h"]
    assert ["pods", "10.0.0.2:80", "shop-dev", "cart-2"] in found.rows
    assert ["pods", "2", "1", "321"] in found.rows
    assert "No rule has been evaluated" not in found.words
    assert "<b>test" in found.words
    nodes = page(known, "nodes.html")
    assert nodes.figures["Memory in use"] == "75 %"
    assert nodes.figures["CPU in use"] == "25 %"
    assert nodes.figures["Volumes above 90 %"] == "1"
    assert ["a", "ready", "25%", "75%", "1"] in nodes.rows
    assert ["b", "not readyDiskPressure", NOTHING, NOTHING, NOTHING] in nodes.rows
    assert ["db", "data", "95%", "512MiB", "10GiB"] in nodes.rows
    assert ["shop-dev", "cart-1", "64MiB", "0.25"] in nodes.rows


@pytest.mark.matrix("components")
def test_pipelines_and_teams_say_what_the_series_say(known: str) -> None:
    found = page(known, "pipelines.html")
    assert found.figures["Pipelines that fail"] == "1"
    assert found.figures["Pipelines"] == "3"
    assert found.figures["Builds that run"] == "2"
    assert found.figures["Builds that wait"] == "3"
    assert (found.figures["Agents online"], found.figures["Agents offline"]) == ("1", "1")
    builds = [each[:2] + each[3:4] for each in found.rows if each[0].startswith("apps/")]
    assert builds == [
        ["apps/shop/cart/main", "failed", "1m 35s"],
        ["apps/shop/till/main", "unstable", NOTHING],
        ["apps/shop/desk/main", "succeeded", NOTHING],
    ]
    assert ["shop-dev", "cart", "2"] in found.rows
    assert ["db", "postgresql", "1"] in found.rows
    assert found.figures["Rollouts that are not done"] == "2"
    assert ["shop-dev", "cart-before", "1h 30m"] in found.rows
    team = page(known, "team.html?team=shop")
    row = ["shop-dev", "cart", "web", "1.4.2", "1", "2", "3", "4", "20", "5 %", "0.25", "64MiB"]
    assert row in team.rows
    assert ["shop-dev", "cart", "nightly", "", "5h 0m", NOTHING] in team.rows
    assert [each[1] for each in team.rows if each[0] == "warning"] == ["TargetDown"]
    assert [each for each in team.links if each.startswith("team.html?")] == ["team.html?team=shop"]
    assert "cart" not in page(known, "team.html").words


@pytest.mark.matrix("components")
def test_backups_and_certificates_say_what_the_series_say(known: str) -> None:
    found = page(known, "upkeep.html")
    assert found.figures["Backups too old or never made"] == "1"
    assert found.figures["Backups suspended"] == "1"
    assert found.figures["Certificates that end in two weeks"] == "1"
    assert ["db", "postgresql-backup", "3d 1h", "2h 1m", "too old"] in found.rows
    assert ["vault", "openbao-backup", NOTHING, NOTHING, "suspended"] in found.rows
    ends = [["shop-dev/cart-tls", "3d 0h"], ["https://example.com", "60d 0h"], ["kubeleta", "200d 0h"]]
    assert [each for each in found.rows if each in ends] == ends


TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "nav",
        "main",
        "h1",
        "h2",
        "p",
        "div",
        "span",
        "small",
    ),
    *("a", "b", "br", "table", "tr", "th", "td", "meter"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "title", "href", "colspan"),
    *("aria-label", "aria-current", "min", "max", "low", "high", "optimum", "value"),
}


def check_quiet(found: Page) -> None:
    """It has nothing that runs, and nothing of another host."""
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    assert found.links
    for link in found.links:
        assert link.startswith(("../", "team.html")) or link in PAGES, link
        assert not link.startswith("..//")
    assert "default-src 'none'; style-src 'unsafe-inline'" in found.text


@pytest.mark.matrix("components")
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_no_other_host_is_asked(known: str, name: str) -> None:
    check_quiet(page(known, f"{name}?team=shop"))


@pytest.mark.matrix("components")
def test_hostile_labels_are_texts(tmp_path_factory: pytest.TempPathFactory) -> None:
    with server(tmp_path_factory.mktemp("hostile"), hostile()) as address:
        for name in PAGES:
            found = page(address, name)
            check_quiet(found)
            if name != "team.html":
                shown = {text for row in found.rows for text in row}
                for value in HOSTILE:
                    assert any(value.strip() in text for text in shown), (name, value)
        for value in HOSTILE:
            found = page(address, f"team.html?team={quote(value)}")
            check_quiet(found)
            # Its own, and nobody else's.
            rows = [row for row in found.rows if row[1:2] == [value.strip()]]
            assert len(rows) == 2, (value, found.rows)
            assert {row[0] for row in found.rows if len(row) == 12} == {"Namespace", value.strip()}
        assert page(address, "team.html?team=%ff%00").rows


@pytest.mark.matrix("components")
def test_where_nothing_is_known_a_page_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with server(tmp_path_factory.mktemp("empty"), {}) as address:
        for name in PAGES:
            found = page(address, f"{name}?team=shop")
            check_quiet(found)
            assert set(found.figures.values()) <= {"0", NOTHING}
            # Below each table's head it has one line of words, or none.
            assert {len(row) for row in found.rows[1::2]} <= {1}
        assert "No rule has been evaluated" in page(address, "index.html").words
        assert asked(address, "/consoles/other.html")[0] == 404
