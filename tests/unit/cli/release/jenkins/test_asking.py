from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.cli.release.jenkins import asking
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Request
from pipelinekit.steps.promotion import promote as promotion
from tests.promoting import Bench
from tests.promotions import JENKINS, person


def planned(tmp_path: Path, *, emergency: bool = False, **gates: Any) -> promotion.Planned:
    bench = Bench(
        tmp_path, production={"approvals": Approvals(count=2, groups=("release-managers",)), **gates}
    )
    bench.release("1.0.0")
    bench.promote()
    request = Request(emergency=emergency, reason="down" if emergency else "")
    where = bench.environment("production")
    return promotion.plan(bench.around(), "payments", "orders", "", where, request)


def asked(tmp_path: Path, *plans: promotion.Planned) -> list[str]:
    file = tmp_path / "asks"
    asking.tell(str(file), "sha256:feed", plans, {"version": "1.0.0"})
    first, second = file.read_text().splitlines()
    assert json.loads(second) == {"version": "1.0.0"}
    return first.split()


def test_a_word_for_each_approval_that_is_missing(tmp_path: Path) -> None:
    assert asked(tmp_path, planned(tmp_path)) == ["sha256:feed", "ask-1", "ask-2"]


def test_nothing_is_asked_where_a_yes_would_not_open_the_way(tmp_path: Path) -> None:
    assert asked(tmp_path, planned(tmp_path, change="CHG-####")) == ["sha256:feed"]


def test_nothing_is_asked_where_keys_of_people_s_own_are(tmp_path: Path) -> None:
    signed = Approvals(count=2, groups=("release-managers",), signed=True)
    assert asked(tmp_path, planned(tmp_path, approvals=signed)) == ["sha256:feed"]


def test_what_was_left_half_done_goes_on_and_nobody_is_asked_once_more(tmp_path: Path) -> None:
    """What it has done to the cluster is another plan than the one that was approved."""
    begun = replace(planned(tmp_path), goes_on=True)
    assert asked(tmp_path, begun) == ["sha256:feed"]


def test_an_emergency_asks_nobody(tmp_path: Path) -> None:
    assert asked(tmp_path, planned(tmp_path, emergency=True))[0] == "sha256:feed"


def test_a_plan_that_has_no_room_in_an_argument_is_not_kept_and_the_rest_is_told(tmp_path: Path) -> None:
    file = tmp_path / "asks"
    asking.tell(str(file), "sha256:feed", [], {"parts": {"values": "x" * asking.MOST}})
    assert file.read_text() == "sha256:feed\n{}\n"


def test_whoever_starts_a_promotion_in_jenkins_is_known() -> None:
    asking.require_starter(person("ada"))
    asking.require_starter(Writer(role="embedded"))
    asking.require_starter(Writer(role="release", person="ada", jenkins_user="ada-l"))
    with pytest.raises(Refused, match="nobody has started this"):
        asking.require_starter(JENKINS)
    with pytest.raises(Refused, match="root of Jenkins has started this"):
        asking.require_starter(Writer(role="release", jenkins_user="root"))


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "sets/../../x", "link", "a\0b"])
def test_in_jenkins_a_set_is_a_file_of_the_platform_s_repository(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to("/proc/self/environ")
    monkeypatch.chdir(tmp_path / "work")
    for each in ("PK_CONTRACT", "BRANCH_NAME", "JENKINS_URL"):
        monkeypatch.delenv(each, raising=False)
    assert asking.set_path(path) == Path(path)
    monkeypatch.setenv("PK_CONTRACT", "1")
    assert asking.set_path("sets/checkout.yaml") == Path("sets/checkout.yaml")
    with pytest.raises(Refused, match="not in the platform's repository"):
        asking.set_path(path)
