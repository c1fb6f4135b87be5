"""Frozen dataclasses that cost nothing until they are used.

`dataclasses.dataclass` writes and compiles six functions for each class while its module is loaded: a quarter
of the time in which a command starts went there, for classes of which most commands make no instance. Here a
frozen class with slots gets functions that are the same for all, and its `__init__` with the first instance.
What the standard library reads of a dataclass (`replace`, `fields`, `asdict`) it makes itself, when it asks.

To a reader and to mypy it is the standard library's: the same words, the same meaning. Every other kind of
class is handed on to that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

__all__ = ["dataclass"]

_OPTIONS = {"frozen", "slots", "kw_only", "eq"}
_OWN = ("__init__", "__eq__", "__hash__", "__setattr__", "__delattr__")
"""What a class has of its own is no longer the same for all."""
_SHAPE = "__record__"
_ABSENT: Any = object()


class _Entry(NamedTuple):
    """A field: its annotation, its default (or `MISSING`, or what `field` gave), and how it is passed."""

    type: object
    default: Any
    kw_only: bool


class _Late:
    """What the standard library would have made of a class, for those who ask for it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, _: object, __: type) -> object:
        shape: Mapping[str, _Entry] = getattr(self.owner, _SHAPE)
        body = {name: each.default for name, each in shape.items() if each.default is not MISSING}
        types = {name: each.type for name, each in shape.items()}
        body |= {"__annotations__": types, "__module__": self.owner.__module__}
        plain: type = dataclasses.dataclass(frozen=True, kw_only=True)(type(self.owner.__name__, (), body))
        made: object = getattr(plain, self.name)
        setattr(self.owner, self.name, made)
        return made


def _record(cls: type, *, kw_only: bool = False, eq: bool = True) -> type:
    """The class again, with slots and what a frozen dataclass can do.

    Raises `TypeError` and `ValueError` for the same mistakes as the standard library's.
    """
    own = {
        name: _Entry(kind, vars(cls).get(name, MISSING), kw_only)
        for name, kind in vars(cls).get("__annotations__", {}).items()
        if not str(kind).startswith("ClassVar")
    }
    for name, each in own.items():
        if type(each.default).__hash__ is None:
            raise ValueError(f"mutable default {type(each.default)} for field {name} is not allowed")
    inherited = {
        name: each for base in cls.__mro__[:0:-1] for name, each in vars(base).get(_SHAPE, {}).items()
    }
    shape = inherited | own
    body = {name: each for name, each in vars(cls).items() if name not in own and name not in _LEFT}
    shown = tuple(name for name, each in shape.items() if _flag(each, "repr"))
    body |= {
        "__slots__": tuple(name for name in own if name not in inherited),
        "__match_args__": tuple(name for name, each in shape.items() if not each.kw_only),
        "__qualname__": cls.__qualname__,
        "__init__": _first,
        "__setattr__": _set,
        "__delattr__": _delete,
        "__getstate__": lambda self: [getattr(self, name) for name in shape],
        "__setstate__": _restore,
        "__dataclass_fields__": _Late(),
        "__dataclass_params__": _Late(),
        _SHAPE: shape,
    }
    if "__repr__" not in body:
        body["__repr__"] = lambda self: _told(self, shown)
    if eq:
        body["__eq__"], body["__hash__"] = _compared(
            [name for name in shape if _flag(shape[name], "compare")]
        )
    return type(cls)(cls.__name__, cls.__bases__, body)


_LEFT = ("__dict__", "__weakref__")


def _flag(entry: _Entry, name: str) -> bool:
    return bool(getattr(entry.default, name)) if isinstance(entry.default, Field) else True


def _compared(names: list[str]) -> tuple[Callable[..., Any], Callable[..., int]]:
    key: Callable[[object], Any] = attrgetter(*names) if names else lambda _: ()

    def equal(self: object, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    return equal, lambda self: hash(key(self))


def _told(self: object, names: tuple[str, ...]) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


def _set(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: object, values: list[object]) -> None:
    for name, value in zip(getattr(self, _SHAPE), values, strict=True):
        object.__setattr__(self, name, value)


def _first(self: Any, /, *given: object, **named: object) -> None:
    """Write the `__init__` of the class, and call it in place of this one from now on.

    Another thread may have done so since this one was called.
    """
    owner = next(each for each in type(self).__mro__ if _SHAPE in vars(each))
    made = vars(owner)["__init__"]
    if made is _first:
        owner.__init__ = made = _written(owner)  # type: ignore[misc]
    made(self, *given, **named)


def _written(owner: type) -> Callable[..., None]:
    """A function that takes the fields as the standard library's takes them, and fills the slots."""
    shape: Mapping[str, _Entry] = getattr(owner, _SHAPE)
    known: dict[str, Any] = {"_ABSENT": _ABSENT}
    given: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for name, entry in shape.items():
        word, value, default = name, name, entry.default
        known[f"_set_{name}"] = getattr(owner, name).__set__
        factory: Any = MISSING
        if isinstance(entry.default, Field):
            default, factory = entry.default.default, entry.default.default_factory
        if factory is not MISSING:
            known[f"_new_{name}"], default = factory, _ABSENT
            value = f"_new_{name}() if {name} is _ABSENT else {name}"
        if default is not MISSING:
            known[f"_else_{name}"] = default
            word += f"=_else_{name}"
        given[entry.kw_only].append(word)
        lines.append(f" _set_{name}(self, {value})")
    if hasattr(owner, "__post_init__"):
        lines.append(" self.__post_init__()")
    words = ["self", *given[False], *(["*", *given[True]] if given[True] else [])]
    exec("\n".join((f"def __init__({', '.join(words)}):", *lines, " return None")), known)  # noqa: S102 names of fields
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{owner.__qualname__}.__init__"
    return made


def _alike(cls: type, options: Mapping[str, object]) -> bool:
    """Whether what is the same for all will do for it."""
    strange = any("__dataclass_fields__" in vars(each) and _SHAPE not in vars(each) for each in cls.__mro__)
    return (
        bool(options.get("frozen") and options.get("slots"))
        and options.keys() <= _OPTIONS
        and not strange
        and not any(name in vars(cls) for name in _OWN)
    )


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, **options):
        """As `dataclasses.dataclass`."""

        def made(cls):
            if not _alike(cls, options):
                return dataclasses.dataclass(**options)(cls)
            return _record(cls, kw_only=options.get("kw_only", False), eq=options.get("eq", True))

        return made if cls is None else made(cls)
