"""What `records` makes is held against what the standard library makes of the same class."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

import pipelinekit
from pipelinekit.records import dataclass


def _loaded() -> list[type]:
    """Every record of the package."""
    found = {}
    for each in pkgutil.walk_packages(pipelinekit.__path__, "pipelinekit."):
        module = importlib.import_module(each.name)
        for one in vars(module).values():
            if isinstance(one, type) and "__record__" in vars(one):
                found[f"{one.__module__}.{one.__qualname__}"] = one
    return [found[name] for name in sorted(found)]


RECORDS = _loaded()
PACKAGE = Path(pipelinekit.__file__).parent
GIVEN = ("repr", "compare", "default", "default_factory")


def _plain(record: Any) -> Any:
    """The same by the standard library, in one class, with its bases' fields first."""
    shape = vars(record)["__record__"]
    body: dict[str, Any] = {"__annotations__": {name: each.type for name, each in shape.items()}}
    for name, each in shape.items():
        given = each.default if isinstance(each.default, dataclasses.Field) else None
        words = {"kw_only": each.kw_only}
        if given is not None:
            words |= {
                word: getattr(given, word) for word in ("repr", "compare", "default", "default_factory")
            }
        elif each.default is not dataclasses.MISSING:
            words["default"] = each.default
        body[name] = field(**words)
    made = type(record.__name__, (), body)
    made.__qualname__ = record.__qualname__
    return dataclasses.dataclass(frozen=True, slots=True)(made)


def _values(record: type) -> dict[str, Any]:
    return {name: f"<{name}>" for name in vars(record)["__record__"]}


def _held(one: Any) -> dict[str, Any]:
    return {each.name: getattr(one, each.name) for each in dataclasses.fields(one)}


def test_there_are_records() -> None:
    assert len(RECORDS) > 300


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: f"{each.__module__[12:]}.{each.__name__}")
def test_a_record_is_what_the_standard_library_makes(record: Any) -> None:
    plain, values = _plain(record), _values(record)
    mine, theirs = record(**values), plain(**values)
    if "__repr__" not in vars(record) or record.__repr__.__module__ == "pipelinekit.records":
        assert repr(mine) == repr(theirs)
    assert record.__match_args__ == plain.__match_args__
    assert dataclasses.asdict(mine) == dataclasses.asdict(theirs) == values
    ours = inspect.signature(record.__init__).parameters.values()
    assert [(each.name, each.kind) for each in ours] == [
        (each.name, each.kind) for each in inspect.signature(plain.__init__).parameters.values()
    ]
    needed = {
        name: f"<{name}>"
        for name, each in inspect.signature(plain).parameters.items()
        if each.default is inspect.Parameter.empty
    }
    assert _held(record(**needed)) == _held(plain(**needed))
    assert not hasattr(mine, "__dict__")
    for name in values:
        other, same = {**values, name: "other"}, replace(mine)
        assert (record(**other) == mine) == (plain(**other) == theirs)
        if record.__eq__ is not object.__eq__:
            assert same == mine
            assert hash(same) == hash(mine)
        with pytest.raises(FrozenInstanceError):
            setattr(mine, name, "changed")
        with pytest.raises(FrozenInstanceError):
            delattr(mine, name)
    moved = pickle.loads(pickle.dumps(mine))  # noqa: S301 our own
    assert _held(copy.copy(mine)) == _held(moved) == values


def test_no_module_takes_the_slow_one_for_a_class_that_a_record_can_be() -> None:
    slow = [
        str(each.relative_to(PACKAGE))
        for each in PACKAGE.rglob("*.py")
        if re.search(r"@dataclass\(frozen=True, slots=True", each.read_text())
        and "from pipelinekit.records import dataclass" not in each.read_text()
    ]
    assert slow == []


@dataclass(frozen=True, slots=True)
class Below:
    kind: ClassVar[str] = "below"
    a: int
    b: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Above(Below):
    c: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    aside: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.a < 0:
            raise ValueError("negative")


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    a: int


def test_a_record_takes_its_bases_fields_first() -> None:
    one = Above(1, (2,), secret="s")
    assert (one.a, one.b, one.c, one.kind) == (1, (2,), {}, "below")
    assert repr(one) == "Above(a=1, b=(2,), c={}, aside=0)"
    assert one.c is not Above(1).c
    assert one == replace(one, aside=5)
    assert one != Below(1, (2,))
    assert replace(one, a=3).a == 3
    assert [each.name for each in dataclasses.fields(Above)] == ["a", "b", "c", "secret", "aside"]
    with pytest.raises(ValueError, match="negative"):
        replace(one, a=-1)


def test_those_without_equality_are_one_each() -> None:
    assert Apart(1) != Apart(1)
    assert len({Apart(1), Apart(1)}) == 2


@pytest.mark.parametrize("words", [{}, {"a": 1, "d": 2}, {"a": 1, "b": (), "c": {}, "e": 0}])
def test_wrong_words_are_a_type_error(words: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Above\.__init__\(\)"):
        Above(**words)


def test_a_default_that_can_be_changed_is_refused() -> None:
    body = {"__annotations__": {"a": "list[int]"}, "a": []}
    made: Callable[[type], type] = dataclass(frozen=True, slots=True)
    with pytest.raises(ValueError, match="mutable default"):
        made(type("Shared", (), body))


def test_another_kind_of_class_is_the_standard_librarys() -> None:
    @dataclass
    class Changing:
        a: int = 0

    one = Changing()
    one.a = 5
    assert one == Changing(5)


def test_a_module_that_is_loaded_compiles_no_function() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        a: int

    assert Fresh.__init__.__module__ == "pipelinekit.records"
    assert Fresh(1).a == 1
    assert Fresh.__init__.__code__.co_filename == "<string>"


def test_another_thread_may_have_made_one_first() -> None:
    @dataclass(frozen=True, slots=True)
    class Base:
        a: int

    @dataclass(frozen=True, slots=True)
    class One(Base):
        b: int = 2

    # As a thread has it that was stopped between the look at the class and the call.
    early = One.__init__
    assert One(1) == One(1, 2)
    late: One = object.__new__(One)
    early(late, 1)
    assert late == One(1)
    assert Base(3).a == 3
