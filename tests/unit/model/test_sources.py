from __future__ import annotations

from pipelinekit.model.sources import Batch, Entry


def test_a_batch_is_one_when_there_is_something_to_write_or_to_remove() -> None:
    assert not Batch()
    assert Batch(put=("a",))
    assert Batch(gone=("a",))


def test_entries_are_equal_by_what_they_are() -> None:
    assert Entry("f", "-", "1") == ("f", "-", "1")
    assert Entry("f", "-", "1") != Entry("f", "x", "1")
