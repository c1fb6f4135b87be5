from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.receipts import ChartPublished, Deployed, Receipt
from pipelinekit.model.release import Key
from pipelinekit.steps.artefacts.before import required
from tests import examples
from tests.doubles import Receipts

KEY = examples.KEY
NEXT = replace(KEY, commit="f" * 40)
PLACE = replace(KEY, platform="with its place")
OF = {each.verb: each for each in examples.RECEIPTS}
LINE = ("build", "push", "package", "publish")


def kept(*verbs: str, damaged: str = "") -> Receipts:
    receipts = Receipts()
    for each in verbs:
        receipts.save(OF[each])
    if damaged:
        receipts.texts[damaged, ""] = "{"
    return receipts


def said(receipts: Receipts) -> str:
    with pytest.raises(Refused) as caught:
        required(receipts, ChartPublished, KEY, "deploy")
    return caught.value.faults[0].hint


@pytest.mark.parametrize(
    ("there", "hint"),
    [
        ((), "run `pipelinekit build` first, then push, package, publish"),
        (("build",), "run `pipelinekit push` first, then package, publish"),
        (("build", "push"), "run `pipelinekit package` first, then publish"),
        (("package",), "run `pipelinekit publish` first"),
    ],
)
def test_the_earliest_verb_that_lacks_is_named_and_the_short_way(there: tuple[str, ...], hint: str) -> None:
    short = "; on the main branch `pipelinekit run --until deploy` runs them all" if "," in hint else ""
    assert said(kept(*there)) == hint + short


def test_a_damaged_receipt_before_it_is_one_that_lacks() -> None:
    assert said(kept(damaged="push")).startswith("run `pipelinekit build` first, then push")


def test_after_a_change_the_earliest_stale_one_is_named() -> None:
    receipts = kept(*LINE)
    with pytest.raises(Refused, match="another commit") as caught:
        required(receipts, ChartPublished, NEXT, "deploy")
    assert caught.value.faults[0].hint.startswith(
        "run `pipelinekit build` again, then push, package, publish; "
    )
    receipts.save(replace(OF["build"], key=NEXT))
    with pytest.raises(Refused) as caught:
        required(receipts, ChartPublished, NEXT, "deploy")
    assert caught.value.faults[0].hint.startswith("run `pipelinekit push` again, then package, publish; ")


@pytest.mark.parametrize(
    ("key", "deployed", "hint"),
    [
        (KEY, None, "run `pipelinekit deploy` first"),
        (NEXT, None, "run `pipelinekit build` first, then push, package, publish, deploy; "),
        (KEY, NEXT, "run `pipelinekit deploy` again"),
        (NEXT, KEY, "run `pipelinekit build` again, then push, package, publish, deploy; "),
    ],
)
def test_what_comes_before_a_deployment_has_a_key_without_its_place(
    key: Key, deployed: Key | None, hint: str
) -> None:
    receipts = kept(*LINE)
    if deployed:
        receipts.save(replace(OF["deploy"], key=replace(deployed, platform=PLACE.platform)), "dev")
    place = replace(key, platform=PLACE.platform)
    with pytest.raises(Refused) as caught:
        required(receipts, Deployed, place, "verify", name="dev", line=key)
    assert caught.value.faults[0].hint.startswith(hint)


def test_one_of_this_revision_is_taken_whatever_is_before_it() -> None:
    taken: Receipt = required(kept("publish"), ChartPublished, KEY, "deploy")
    assert taken == OF["publish"]
