"""YAML as Helm and Kubernetes read it: by Go's reader, which follows neither YAML 1.1 nor 1.2.

`y` and `n` are truth values as `yes` and `no` are, `0o17`, `017` and `1e3` are numbers, and dates and `12:30`
are texts. What has the value of a key is a text, for all of it goes through JSON: that of a float has the
digits of one of 32 bits. Numbers from 2**63 on are floats; values of Helm's have no other numbers.
Source: `resolve` of gopkg.in/yaml.v2, which sigs.k8s.io/yaml has in itself; held against Helm in
`tests/real/chart/test_reading.py`.
"""

from __future__ import annotations

import binascii
import math
import re
import struct
from collections.abc import Hashable
from typing import Any, ClassVar

import yaml

from pipelinekit.reading.document.growth import LOADER

_FLOAT_TAG = "tag:yaml.org,2002:float"
_NUMBER = "tag:yaml.org,2002:number"
"""Of what begins like a number: whether it is one shows when it is read."""
_MERGE = "tag:yaml.org,2002:merge"
_TRUE = re.compile(r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON")
_FALSE = re.compile(r"n|N|no|No|NO|false|False|FALSE|off|Off|OFF")
_WHOLE = re.compile(
    r"(?P<sign>[-+]?)(?:0x(?P<x>[0-9a-f]+)|0b(?P<b>[01]+)|0o?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))",
    re.IGNORECASE,
)
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEAST, _MOST, _UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1
EXACT = 2**53
"""Below it, each whole number is a float."""
_PLAIN = 6
"""From so many digits before the point on, Go's format `g` writes an exponent."""


class GoLoader(LOADER):  # type: ignore[misc]
    """For `yaml.load`: values are texts, numbers, truth values, None, lists and mappings of texts."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Keys as JSON has them, the later of two counts, whichever of them is merged.

        Raises `ConstructorError` for a list or a mapping as a key, and for what cannot be merged.
        """
        made: dict[Hashable, Any] = {}
        for name, value in node.value:
            key = self.key(name)
            if key is None:
                made |= self._merged(value)
                continue
            made[key] = self.construct_object(value, deep=deep)
        return made

    def key(self, node: Any) -> str | None:
        """A key as JSON has it; None for one that merges. Raises `ConstructorError` as above."""
        if node.tag == _MERGE:
            return None
        if node.tag == _FLOAT_TAG and isinstance(node, yaml.ScalarNode):
            return _short(float(self.construct_yaml_float(node)))
        if node.tag == _NUMBER:
            found = _resolved(str(self.construct_scalar(node)))
            if isinstance(found, int) and found > _MOST:
                raise _refused("a key that Go has no name for", node)
            return _short(found) if isinstance(found, float) else str(found)
        key = self.construct_object(node, deep=True)
        if isinstance(key, bool):
            return "true" if key else "false"
        if not isinstance(key, str):
            raise _refused("a key that is no text", node)
        return key

    def _merged(self, node: Any) -> dict[Hashable, Any]:
        several = isinstance(node, yaml.SequenceNode)
        made: dict[Hashable, Any] = {}
        for each in reversed(node.value) if several else (node,):
            found = self.construct_object(each, deep=True)
            if not isinstance(found, dict):
                raise _refused("what is merged is no mapping", each)
            made |= found
        return made


def _refused(problem: str, node: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _short(number: float) -> str:
    """The fewest digits that tell it from any other float of 32 bits, as Go's format `g` has them."""
    # Few charts have a number for a key, and most commands load this.
    from decimal import Decimal

    number = _narrowed(number)
    if not math.isfinite(number):
        return ".nan" if math.isnan(number) else ".inf" if number > 0 else "-.inf"
    texts = (f"{number:.{places}e}" for places in range(9))
    text = next(each for each in texts if _narrowed(float(each)) == number)
    return format(Decimal(text), "f") if -4 <= int(text.partition("e")[2]) < _PLAIN else text


def _narrowed(number: float) -> float:
    """The float of 32 bits that is nearest."""
    try:
        found: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return found


def _truth(loader: Any, node: Any) -> bool:
    text = loader.construct_scalar(node)
    if not (_TRUE.fullmatch(text) or _FALSE.fullmatch(text)):
        raise _refused("no truth value", node)
    return bool(_TRUE.fullmatch(text))


def _float(loader: Any, node: Any) -> float:
    value = float(loader.construct_yaml_float(node))
    if not math.isfinite(value):
        raise _refused("JSON has no such number", node)
    return value


def _number(loader: Any, node: Any) -> str | int | float:
    found = _resolved(str(loader.construct_scalar(node)))
    if isinstance(found, int):
        return found if found <= _MOST else float(found)
    # JSON has one kind of number.
    return int(found) if isinstance(found, float) and abs(found) < EXACT and found.is_integer() else found


def _resolved(text: str) -> str | int | float:
    plain = text if text.startswith(".") else text.replace("_", "")
    if match := _WHOLE.fullmatch(plain):
        base = str(match.lastgroup)
        whole = int(match["sign"] + match[base], _BASES[base])
        if _LEAST <= whole <= _UNSIGNED:
            return whole
    return text if not _FLOAT.fullmatch(plain) or math.isinf(value := float(plain)) else value


def _binary(loader: Any, node: Any) -> str:
    try:
        return binascii.a2b_base64(loader.construct_scalar(node)).decode(errors="replace")
    except ValueError as error:
        raise _refused("no base64", node) from error


def _text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


def _plain(loader: Any, node: Any) -> Any:
    """What a value is without its tag; at once, so that one that contains itself is refused."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return _text(loader, node)


for _tag, _pattern, _firsts in (
    ("bool", rf"(?:{_TRUE.pattern}|{_FALSE.pattern})\Z", "yYnNtTfFoO"),
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("float", r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z", "-+."),
    ("merge", r"<<\Z", "<"),
    ("number", r"[-+]?\.?[0-9][0-9a-zA-Z_.+-]*\Z", "-+.0123456789"),
):
    GoLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_firsts))
GoLoader.add_constructor("tag:yaml.org,2002:bool", _truth)
GoLoader.add_constructor(_FLOAT_TAG, _float)
GoLoader.add_constructor(_NUMBER, _number)
GoLoader.add_constructor("tag:yaml.org,2002:binary", _binary)
for _tag in ("timestamp", "merge"):
    GoLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _text)
# Go knows no other kinds: what has the tag of one is what it is without.
for _each in ("map", "seq", "set", "omap", "pairs"):
    GoLoader.add_constructor(f"tag:yaml.org,2002:{_each}", _plain)
GoLoader.add_constructor(None, _plain)
