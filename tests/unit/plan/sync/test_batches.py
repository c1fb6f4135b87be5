from __future__ import annotations

from pipelinekit.model.sources import Batch, Entry
from pipelinekit.plan.sync.batches import difference, digest_of, told
from tests.developers import file


def test_a_batch_makes_one_tree_of_another() -> None:
    before = {"a": file("1"), "b": file("2"), "old/c": file("3"), "old": Entry("d", "-", "")}
    now = {
        "a": file("1"),
        "b": Entry("f", "x", file("2").what),
        "new": Entry("d", "-", ""),
        "new/c": file("3"),
    }
    assert difference(before, now) == Batch(put=("b", "new", "new/c"), gone=("old", "old/c"))
    assert not difference(now, now)


def test_a_digest_knows_content_mode_kind_and_path() -> None:
    plain = {"a": file("1")}
    others: tuple[dict[str, Entry], ...] = (
        {"a": file("2")},
        {"b": file("1")},
        {"a": Entry("f", "x", file("1").what)},
        {"a": Entry("l", "-", file("1").what)},
        {},
    )
    assert len({digest_of(each) for each in (plain, *others)}) == 6
    assert digest_of({"b": file("2"), "a": file("1")}) == digest_of({"a": file("1"), "b": file("2")})


def test_one_path_is_told_by_name_and_several_by_number() -> None:
    assert told(Batch(put=("a.py",))) == "a.py"
    assert told(Batch(put=("a.py",), gone=("b.py",))) == "2 paths"
