from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.needs import (
    Described,
    as_entered,
    check_components,
    describe,
    held_back,
    lacking,
    rolled_out,
)
from pipelinekit.reading.platform.document import read_platform_with_places

PLATFORM = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: c}]
environments: [{name: dev, cluster: c, namespace: "{team}"}]
"""


def part(name: str, more: str = "chart: chart\n") -> Described:
    text = (
        f"apiVersion: pipelinekit/v1\nkind: Component\nmetadata: {{name: {name}}}\nnamespace: {name}\n{more}"
    )
    return describe(text, f"{name}.yaml", name)


def said(entries: str, *parts: Described, known: tuple[str, ...] = ()) -> list[str]:
    platform, source = read_platform_with_places(f"{PLATFORM}components: [{entries}]\n", "p.yaml")
    found = {each.component.name: each for each in parts}
    faults = check_components(platform, source, found, known)
    return [f"{each}; {each.hint}" if each.hint else str(each) for each in faults]


def test_what_fits_is_no_fault() -> None:
    a, b = part("a"), part("b", "chart: chart\nneeds: [a]\noptional: [c]\n")
    assert said("{name: b}, {name: a}, {name: c, enabled: false}", a, b, part("c")) == []


def test_a_platforms_ways_out_are_beside_those_of_the_component() -> None:
    entry = '{name: a, reaches: ["192.0.2.0/24:9000"]}'
    platform, _ = read_platform_with_places(f"{PLATFORM}components: [{entry}]\n", "p.yaml")
    own = part("a", 'chart: chart\nreaches: ["internet:443"]\n').component
    found = as_entered(own, platform.components[0])
    assert found.flows.reaches == ("internet:443", "192.0.2.0/24:9000")


def test_images_that_were_made_for_a_platform_are_beside_those_of_the_component() -> None:
    made = "r.example.com:5000/platform/agent@sha256:" + "a" * 64
    entry = f'{{name: a, images: ["{made}", "docker.io/a/b:1"]}}'
    platform, _ = read_platform_with_places(f"{PLATFORM}components: [{entry}]\n", "p.yaml")
    own = part("a", "chart: chart\nimages: [docker.io/a/b:1]\n").component
    assert as_entered(own, platform.components[0]).images == ("docker.io/a/b:1", made)


def test_a_platforms_way_out_that_is_none_is_told_at_its_place() -> None:
    entry = '{name: a}, {name: b, reaches: ["s3.example.com:443"]}'
    with pytest.raises(DocumentInvalid) as caught:
        read_platform_with_places(f"{PLATFORM}components: [{entry}]\n", "p.yaml")
    told = [(each.code, each.path) for each in caught.value.faults]
    assert told == [("reach-unknown", "components[1].reaches[0]")]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (
            "{name: vualt}",
            "p.yaml:8:15: components[0].name: there is no component 'vualt'; did you mean 'vault'?",
        ),
        (
            "{name: zebra}",
            "p.yaml:8:15: components[0].name: there is no component 'zebra'; known are: ",
        ),
        (
            "{name: asker}",
            "asker.yaml:5:9: needs[0]: 'vault' is not among the platform's components; turn it on in ",
        ),
        ("{name: asker}, {name: vault, enabled: false}", "asker.yaml:5:9: needs[0]: 'vault' is off"),
        ("{name: typo}", "typo.yaml:5:9: needs[0]: there is no 'vualt'; did you mean 'vault'?"),
        ("{name: wish}", "wish.yaml:5:12: optional[0]: there is no 'vualt'; did you mean 'vault'?"),
        ("{name: caller}", "caller.yaml:5:9: calls[0]: 'vault' does not offer 'ipa'; known are: api"),
        (
            "{name: lost}",
            "lost.yaml:5:11: accepts[0]: there is no 'aplications'; did you mean 'applications'?",
        ),
        ("{name: later}", "p.yaml:8:15: components[0].name: 'later' is to be defined: what counts"),
    ],
)
def test_what_is_nowhere_is_told_at_its_place(entries: str, expected: str) -> None:
    later = describe(
        "apiVersion: pipelinekit/v1\nkind: Component\nmetadata: {name: later}\nextension: what counts\n",
        "later.yaml",
        "later",
    )
    parts = (
        later,
        part("vault", "chart: c\noffers: [{name: api, service: vault, port: 1}]\n"),
        part("asker", "needs: [vault]\nchart: c\n"),
        part("typo", "needs: [vualt]\nchart: c\n"),
        part("wish", "optional: [vualt]\nchart: c\n"),
        part("caller", "calls: ['vault:ipa']\nchart: c\n"),
        part("lost", "accepts: [aplications]\nchart: c\n"),
    )
    (one,) = said(entries, *parts)
    assert one.startswith(expected)


def test_whoever_is_not_a_component_may_be_accepted_by_name() -> None:
    gate = part("gate", "accepts: [anybody, ingress, applications]\nchart: c\n")
    assert said("{name: gate}", gate) == []


def test_a_folder_that_could_not_be_read_is_told_once() -> None:
    assert said("{name: broken}", known=("broken",)) == []
    flows = part("a", "chart: chart\ncalls: [broken, 'broken:api']\naccepts: [broken]\n")
    assert said("{name: a}", flows, known=("broken",)) == []


def test_a_circle_is_named_whole_and_once() -> None:
    a = part("a", "chart: x\nneeds: [c]\n")
    b = part("b", "chart: x\nneeds: [a]\n")
    c = part("c", "chart: x\noptional: [b]\n")
    d = part("d", "chart: x\nneeds: [a]\n")
    (one,) = said("{name: a}, {name: b}, {name: c}, {name: d}", a, b, c, d)
    assert one.startswith("a.yaml:6:9: needs[0]: goes in a circle: a needs c needs b needs a")


def test_a_circle_through_what_is_off_is_none() -> None:
    a = part("a", "chart: x\noptional: [b]\n")
    b = part("b", "chart: x\nneeds: [a]\n")
    assert said("{name: a}, {name: b, enabled: false}", a, b) == []


def test_one_that_is_nowhere_may_be_written() -> None:
    own = "one of your own is platform-charts/zebra/component.yaml beside this document"
    assert said("{name: zebra}", part("vault"))[0].endswith(f"known are: vault; {own}")


FIRST = "chart: chart\nprerequisite: {}\n"


def test_a_prerequisite_is_rolled_out_by_its_word_alone() -> None:
    entries = "{name: a}, {name: b, install: true}, {name: c, install: true, enabled: false}, {name: d}"
    platform, _ = read_platform_with_places(f"{PLATFORM}components: [{entries}]\n", "p.yaml")
    found = {name: part(name, FIRST) for name in "abc"} | {"d": part("d")}
    told = [rolled_out(each, found[each.name].component) for each in platform.components]
    assert told == [False, True, False, True]
    (line,) = held_back(platform, found)
    assert line.startswith("a is a prerequisite: `platform preflight` looks for it")


def test_what_wants_values_is_told_as_long_as_it_is_off() -> None:
    wants = "chart: chart\nwants: [{value: /key/name, what: a key}, {value: /where, what: a region}]\n"
    agent = part("agent", wants)
    for entries, lines in (
        ("{name: agent, enabled: false}", ("agent is off: it wants a key, a region, in its values",)),
        ("{name: agent}", ()),
        ("{name: nowhere, enabled: false}", ()),
    ):
        platform, _ = read_platform_with_places(f"{PLATFORM}components: [{entries}]\n", "p.yaml")
        assert held_back(platform, {"agent": agent}) == lines
    for values, missing in (
        ({}, ["a key", "a region"]),
        ({"key": {"name": ""}, "where": None}, ["a key", "a region"]),
        ({"key": "x", "where": "eu1"}, ["a key"]),
        ({"key": {"name": "secret"}, "where": "eu1"}, []),
    ):
        assert [each.what for each in lacking(agent.component, values)] == missing


def test_prerequisites_wait_for_nothing_else_and_only_where_they_are_installed() -> None:
    net = part("net", FIRST + "needs: [kinds]\n")
    kinds, store = part("kinds", FIRST), part("store", "chart: chart\nneeds: [net]\n")
    # Only looked for: what it would need does not count, and who needs it may go on.
    assert said("{name: net}, {name: store}", net, kinds, store) == []
    assert said("{name: net, install: true}, {name: kinds, install: true}", net, kinds) == []
    (off,) = said("{name: net, install: true}", net, kinds)
    assert "'kinds' is not among the platform's components" in off
    (idle,) = said("{name: net, install: true}, {name: kinds}", net, kinds)
    assert "needs[0]: 'kinds' is only looked for; install: true in its entry" in idle
    late = part("net", FIRST + "optional: [store]\n")
    (line,) = said("{name: net, install: true}, {name: store}", late, part("store"))
    assert "optional[0]: 'store' waits for every prerequisite, and this is one" in line
    (word,) = said("{name: store, install: true}", part("store"))
    assert "components[0].install: 'store' is no prerequisite: it is installed where it is on" in word
