from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.certificate import AUTHORITY, CA, CRT, KEY
from tests.certifying import DAY, WEB, Town
from tests.unit.steps.certificates.test_work import HOME

AT = ("pipelinekit-authority", "Secret", AUTHORITY)


def test_it_is_renewed_with_its_key_and_told_to_everybody() -> None:
    town = Town()
    town.want(WEB, trusted=("shop",))
    town.work()
    before = town.secrets.there[AT]["stringData"]
    town.now += 3300 * DAY
    made, errors = town.work()
    assert (made, errors) == ((HOME, "web/web-tls"), ())
    after = town.secrets.there[AT]["stringData"]
    assert after[KEY] == before[KEY]
    assert after[CA] != before[CA]
    for namespace in ("shop", "web"):
        assert town.secrets.there[namespace, "ConfigMap", AUTHORITY]["data"][CA] == after[CA]
    assert set(town.states().values()) == {"fine"}


def test_one_that_is_lost_is_not_replaced_in_silence() -> None:
    town = Town()
    town.work()
    del town.secrets.there[AT]
    with pytest.raises(Refused) as caught:
        town.work()
    assert caught.value.faults[0].code == "authority-lost"
    assert AT not in town.secrets.there


def test_what_has_its_name_and_is_somebody_s_is_refused() -> None:
    town = Town()
    theirs = {"kind": "Secret", "metadata": {"name": AUTHORITY, "labels": {}, "resourceVersion": "1"}}
    town.secrets.there[AT] = theirs
    with pytest.raises(Refused):
        town.work()
    assert town.secrets.there == {AT: theirs}


@pytest.mark.parametrize("deed", ["issue", "renew"])
def test_one_whose_key_is_gone_is_not_replaced_by_another(deed: str) -> None:
    town = Town()
    town.work()
    town.secrets.there[AT]["stringData"][KEY] = ""
    before = town.secrets.there[AT]["stringData"][CA]
    town.now += 3300 * DAY
    if deed == "renew":
        with pytest.raises(ToolFailed) as caught:
            town.work()
        assert caught.value.faults[0].code == "authority-unreadable"
    else:
        assert town.work(renew=False) == ((), ())
    assert town.secrets.there[AT]["stringData"][CA] == before


def test_one_whose_key_is_another_s_is_not_renewed_by_it() -> None:
    town = Town()
    town.work()
    town.secrets.there[AT]["stringData"][KEY] = "key-of-another"
    town.now += 3300 * DAY
    with pytest.raises(ToolFailed) as caught:
        town.work()
    assert caught.value.faults[0].code == "authority-unreadable"


@pytest.mark.parametrize("damage", ["unreadable", "expired"])
def test_one_that_is_no_good_signs_nothing_and_is_told_to_nobody(damage: str) -> None:
    town = Town()
    town.work()
    good = town.secrets.there["web", "ConfigMap", AUTHORITY]
    if damage == "expired":
        town.now += 3650 * DAY
    else:
        town.secrets.there[AT]["stringData"][CRT] = "no certificate"
    town.want(WEB, replace(WEB, name="another"))
    with pytest.raises(Refused) as caught:
        town.work(renew=False)
    assert caught.value.faults[0].code == "authority-unfit"
    assert "certificates renew" in caught.value.faults[0].hint
    assert town.secrets.there["web", "ConfigMap", AUTHORITY] is good
    made, errors = town.work()
    assert (made[0], errors) == (HOME, ())
    assert set(town.states().values()) == {"fine"}


def test_its_namespace_is_marked_as_ours() -> None:
    town = Town()
    town.work()
    assert town.secrets.namespaces["pipelinekit-authority"]["pipelinekit.dev/platform"] == "acme"
    assert town.secrets.namespaces["web"] == {}
