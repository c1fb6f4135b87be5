from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import Place, Refused
from pipelinekit.model.receipts import Receipt, Verified, check_key, from_json, to_json
from pipelinekit.model.release import Key
from tests import examples

KINDS: tuple[Any, ...] = get_args(Receipt)


def test_the_examples_have_one_of_each_kind() -> None:
    assert [type(each) for each in examples.RECEIPTS] == list(KINDS)
    assert len({each.verb for each in examples.RECEIPTS}) == len(KINDS)


@given(st.one_of([st.from_type(kind) for kind in KINDS]))
def test_a_receipt_comes_back_as_it_was(receipt: Any) -> None:
    assert from_json(to_json(receipt), type(receipt), "r.json") == receipt


@pytest.mark.parametrize("receipt", examples.RECEIPTS, ids=lambda each: each.verb)
def test_a_receipt_says_what_it_is_and_for_what(receipt: Receipt) -> None:
    body = json.loads(to_json(receipt))
    assert (body["format"], body["verb"]) == (2, receipt.verb)
    assert body["key"] == dataclasses.asdict(examples.KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "3",
        "{}",
        '{"format": 1}',
        '{"format": 1, "verb": "verify", "key": {}}',
        '{"format": 1, "verb": "verify", "key": "text", "version": "1", "environment": "dev", "revision": 1}',
        '{"format": 1, "verb": "verify", "key": null, "version": "1", "environment": "dev", "revision": 1}',
        "[" * 100_000,
    ],
)
def test_a_damaged_receipt_is_refused_with_its_file_and_the_way_out(text: str) -> None:
    with pytest.raises(Refused) as caught:
        from_json(text, Verified, "verify-dev.json")
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("receipt-damaged", Place("verify-dev.json"))
    assert fault.hint == "run `pipelinekit verify` again"


@pytest.mark.parametrize("receipt", examples.RECEIPTS, ids=lambda each: each.verb)
def test_a_receipt_of_another_verb_or_format_is_refused(receipt: Receipt) -> None:
    for other in KINDS:
        if other is not type(receipt):
            with pytest.raises(Refused, match="cannot be read"):
                from_json(to_json(receipt), other, "r.json")
    kind: Any = type(receipt)
    with pytest.raises(Refused, match="cannot be read"):
        from_json(to_json(receipt).replace('"format": 2', '"format": 1'), kind, "r.json")


@given(st.data())
def test_a_receipt_with_a_field_cut_out_is_refused(data: st.DataObject) -> None:
    receipt: Any = data.draw(st.sampled_from(examples.RECEIPTS))
    body = json.loads(to_json(receipt))
    del body[data.draw(st.sampled_from(sorted(body)))]
    with pytest.raises(Refused):
        from_json(json.dumps(body), type(receipt), "r.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", "4"),
        ("revision", True),
        ("version", 1),
        ("version", None),
        ("environment", ["dev"]),
        ("key", {"commit": 1, "descriptor": "d", "platform": "p"}),
    ],
)
def test_a_field_of_another_type_is_refused(field: str, value: object) -> None:
    verified = examples.RECEIPTS[-1]
    body = json.loads(to_json(verified)) | {field: value}
    with pytest.raises(Refused, match="cannot be read"):
        from_json(json.dumps(body), Verified, "r.json")


@pytest.mark.parametrize("receipt", examples.RECEIPTS, ids=lambda each: each.verb)
def test_a_receipt_of_this_key_is_taken(receipt: Receipt) -> None:
    check_key(receipt, examples.KEY)


@pytest.mark.parametrize(
    ("key", "differs"),
    [
        (
            replace(examples.KEY, commit="f" * 40),
            "another commit is checked out (c0ffeec0ffee then, ffffffffffff now)",
        ),
        (
            replace(examples.KEY, descriptor="sha256:" + "e" * 64),
            "any more: app.yaml has changed",
        ),
        (replace(examples.KEY, platform="local:r"), "the platform gives it another address"),
        (replace(examples.KEY, platform=""), "the platform gives it another address"),
        (Key("f" * 40, "sha256:" + "e" * 64, examples.KEY.platform), "now); app.yaml has changed"),
    ],
)
@pytest.mark.parametrize("receipt", examples.RECEIPTS, ids=lambda each: each.verb)
def test_a_stale_receipt_is_refused_and_the_refusal_names_what_differs(
    receipt: Receipt, key: Key, differs: str
) -> None:
    with pytest.raises(Refused) as caught:
        check_key(receipt, key)
    (fault,) = caught.value.faults
    assert fault.code == "receipt-stale"
    assert differs in fault.problem
    assert f"`{receipt.verb}`" in fault.problem
    assert fault.hint == f"run `pipelinekit {receipt.verb}` again"


@given(st.from_type(Key), st.from_type(Key))
def test_a_receipt_is_taken_with_its_own_key_only(one: Key, other: Key) -> None:
    receipt = replace(examples.RECEIPTS[0], key=one)
    if one == other:
        check_key(receipt, other)
    else:
        with pytest.raises(Refused, match="does not fit any more: "):
            check_key(receipt, other)
