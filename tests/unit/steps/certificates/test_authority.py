from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.certificate import AUTHORITY, CA, CRT, KEY
from pipelinekit.steps.certificates import authority, survey
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
    assert town.states() == {HOME: "lost", "web/web-tls": "untrusted"}
    found = survey.survey(town.world, ())
    assert (found.todo(renew=True), found.spread) == ((), ()), "nothing would be made"
    with pytest.raises(Refused) as caught:
        town.work()
    fault = caught.value.faults[0]
    assert (fault.code, fault) == ("authority-lost", authority.stop(town.world, found).faults[0])
    assert "and web/web-tls was signed by it" in fault.problem
    assert AT not in town.secrets.there


def test_what_gives_a_lost_one_back_names_each_secret_in_commands_that_run() -> None:
    town = Town()
    town.want(WEB, replace(WEB, name="second"), replace(WEB, namespace="shop"))
    town.work()
    town.want(*town.wanted.secrets, replace(WEB, name="absent"), replace(WEB, name="theirs"))
    theirs = {"kind": "Secret", "metadata": {"name": "theirs", "labels": {}, "resourceVersion": "7"}}
    town.secrets.there["web", "Secret", "theirs"] = theirs
    del town.secrets.there[AT]
    with pytest.raises(Refused) as caught:
        town.work()
    lines = caught.value.faults[0].hint.splitlines()
    assert lines[0] == "put Secret pipelinekit-authority back from the copy that you keep:"
    assert lines[-1] == "`pipelinekit platform certificates renew --env dev`"
    assert [each for each in lines if each.startswith("kubectl")] == [
        "kubectl --namespace pipelinekit-authority apply --server-side --force-conflicts --filename COPY",
        "kubectl --namespace web delete secret web-tls second",
        "kubectl --namespace shop delete secret web-tls",
    ]


def test_a_map_of_somebody_else_s_is_told_by_who_looks_as_by_who_writes() -> None:
    town = Town()
    town.work()
    place = ("web", "ConfigMap", AUTHORITY)
    town.secrets.there[place] = {**town.secrets.there[place], "metadata": {"resourceVersion": "1"}}
    assert survey.survey(town.world, ()).taken == {}
    assert town.work() == ((), ()), "whoever has written it, it says what it should"
    town.secrets.there[place]["data"] = {CA: "another"}
    found = survey.survey(town.world, ())
    assert (found.taken, found.spread) == ({"web": "somebody else's"}, ())
    _, (error,) = town.work()
    assert isinstance(error, Refused)
    assert "platform.yaml" not in error.faults[0].hint, "what it is called nobody can choose"


def test_what_has_its_name_and_is_somebody_s_is_refused() -> None:
    town = Town()
    theirs = {"kind": "Secret", "metadata": {"name": AUTHORITY, "labels": {}, "resourceVersion": "1"}}
    town.secrets.there[AT] = theirs
    with pytest.raises(Refused):
        town.work()
    assert town.secrets.there == {AT: theirs}
    assert survey.survey(town.world, ()).todo(renew=True) == ()


@pytest.mark.parametrize("deed", ["issue", "renew"])
@pytest.mark.parametrize("key", ["", "garbage", "key-of-another"])
@pytest.mark.parametrize("days", [0, 3300], ids=["fine", "due"])
def test_one_whose_key_is_not_its_own_is_told_before_it_has_to_sign(deed: str, key: str, days: int) -> None:
    town = Town()
    town.work()
    town.secrets.there[AT]["stringData"][KEY] = key
    before = town.secrets.there[AT]["stringData"][CA]
    town.now += days * DAY
    found = survey.survey(town.world, ())
    assert (found.authority.state, found.todo(renew=True)) == ("lost", ())
    assert found.authority.why.startswith("its tls.key is ")
    with pytest.raises(ToolFailed) as caught:
        town.work(renew=deed == "renew")
    fault = caught.value.faults[0]
    assert (fault.code, fault) == ("authority-unreadable", authority.stop(town.world, found).faults[0])
    assert town.secrets.there[AT]["stringData"][CA] == before


@pytest.mark.parametrize("damage", ["unreadable", "expired"])
def test_one_that_is_no_good_signs_nothing_and_is_told_to_nobody(damage: str) -> None:
    town = Town()
    town.work()
    good = town.secrets.there["web", "ConfigMap", AUTHORITY]
    before = town.states()["web/web-tls"]
    if damage == "expired":
        town.now += 3650 * DAY
    else:
        town.secrets.there[AT]["stringData"][CRT] = "no certificate"
    town.want(WEB, replace(WEB, name="another"))
    assert (before, town.states()["web/web-tls"] != "unreadable") == ("fine", True), (
        "what is wrong is not its own"
    )
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
