from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.sync.values import FOLDER, sync_of, synced, takes, words

PROGRAMS = {"fill": "FILL", "run": "RUN", "receive": "RECEIVE"}
OWN = {
    "develop": {},
    "processes": {
        "web": {"resources": {"memory": "64Mi"}},
        "big": {"resources": {"memory": "1.5Gi"}},
        "nightly": {"resources": {"memory": "64Mi"}, "schedule": "0 3 * * *"},
    },
}


def test_each_lasting_process_gets_room_for_what_keeps_it() -> None:
    found = synced("python", PROGRAMS, "/app", ["python", "-m", "orders"], "b", OWN)
    memory = {name: each["resources"]["memory"] for name, each in found["processes"].items()}
    assert memory == {"web": "256Mi", "big": "1728Mi"}
    sync = sync_of(found)
    assert sync["fill"] == ["python", "-c", "FILL", "/app", "/draft-sources"]
    assert sync["run"] == ["python", "-c", "RUN", FOLDER]
    assert sync["command"] == ["python", "-m", "orders"]


def test_words_after_a_program_are_the_programs() -> None:
    assert words("node", "X", "--a") == ["node", "-e", "X", "--", "--a"]


def test_values_without_it_have_none() -> None:
    assert takes(OWN)
    assert not takes({"image": {}})
    odd: list[dict[str, object]] = [{}, {"develop": {}}, {"develop": {"sync": None}}, {"develop": ""}]
    for each in odd:
        assert sync_of(each) == {}


@pytest.mark.parametrize(
    "processes",
    [None, "", [], {"web": None}, {"web": {}}, {"web": {"resources": None}}, {"web": {"resources": {}}}],
)
def test_a_chart_of_ones_own_may_bound_no_memory(processes: Any) -> None:
    assert synced("python", PROGRAMS, "/app", [], "b", {"processes": processes})["processes"] == {}


def test_what_serves_files_is_not_begun_again() -> None:
    given = synced("sh", {"fill": "F", "receive": "R"}, "/html", ["nginx", "-g", "x"], "b", OWN)
    assert given["processes"] == {}
    sync = given["develop"]["sync"]
    assert (sync["run"], sync["command"]) == ([], ["nginx", "-g", "x"])
    assert sync["fill"] == ["sh", "-c", "F", "sh", "/html", "/draft-sources"]
