from __future__ import annotations

from pipelinekit.model.lock import Lock
from tests import examples


def test_locks_are_the_same_whatever_the_order_of_their_files() -> None:
    one = Lock(tool="1", site=examples.site(), files={"a": "1", "b": "2"})
    assert one == Lock(tool="1", site=examples.site(), files={"b": "2", "a": "1"})


def test_a_generation_on_its_way_is_no_finished_one() -> None:
    done = Lock(tool="1", site=examples.site(), files={"a": "2"})
    assert done != Lock(tool="1", site=examples.site(), files={"a": "2"}, was={"a": "1"})
