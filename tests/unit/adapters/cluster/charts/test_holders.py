from __future__ import annotations

import time

import pytest

from pipelinekit.adapters.cluster.charts import holders


def left_on_a_record(timeout: int) -> dict[str, str]:
    return dict(each.split("=") for each in holders.labels(timeout).split(","))


@pytest.mark.parametrize("jump", [-3600.0, 86400.0])
def test_a_living_owner_on_this_machine_has_its_time_whatever_becomes_of_the_date(
    monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    labels, real = left_on_a_record(60), time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    alive, until = holders.read(labels)
    assert alive
    assert until - time.time() == pytest.approx(60 + holders.GRACE, abs=5)


def test_of_an_owner_elsewhere_the_date_is_all_that_is_known() -> None:
    labels = left_on_a_record(60) | {holders.OWNER_LABEL: "elsewhere.1.2"}
    alive, until = holders.read(labels)
    assert alive is None
    assert until == float(labels[holders.UNTIL_LABEL])


def test_a_record_without_labels_is_nobodys() -> None:
    assert holders.read({}) == (None, 0.0)
